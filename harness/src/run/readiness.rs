//! What must be so before the first test: an accepted class, and fixtures that run.

use std::{collections::BTreeSet, time::Duration};

use cluster::{
    Key, Kind, Object,
    conditions::{freshness, satisfied},
    diagnosis::{self, PodTrouble},
    views::status_conditions,
    wait::Progress,
    watch::{Scope, Watches},
};
use model::{condition::ConditionType, feature::Feature, timeouts::Limit};
use tokio::time::Instant;

use crate::{context::session::Session, error::Error, verbs::workloads::unready};

/// How long something may be on its way before it is looked at for what holds it.
const FIRST_LOOK: Duration = Duration::from_secs(4);

/// What the class under test tells of the implementation.
pub(crate) struct AcceptedClass {
    pub(crate) controller_name: String,
    pub(crate) supported_features: BTreeSet<Feature>,
    /// Names that this suite does not know.
    pub(crate) unknown_features: Vec<String>,
}

/// Waits until a GatewayClass is accepted by its controller. `waiting` is told why it is not, if
/// that takes longer than a moment.
pub(crate) async fn accepted_class(
    watches: &Watches,
    name: &str,
    limit: Duration,
    waiting: impl Fn(&str),
) -> Result<AcceptedClass, Error> {
    let key = Key::new(Kind::GatewayClass, None, name);
    let store = watches.on(Scope::all(Kind::GatewayClass));
    let accepted = |limit| store.until(&key, limit, is_accepted);
    let met = match accepted(limit.min(FIRST_LOOK)).await {
        Err(unmet) if !unmet.never && unmet.watch_error.is_none() && limit > FIRST_LOOK => {
            waiting(&unmet.because);
            accepted(limit.saturating_sub(FIRST_LOOK)).await
        }
        met => met,
    };
    let object = met.map_err(|unmet| {
        if let Some(reason) = unmet.watch_error {
            return Error::Watch { what: "GatewayClasses", reason };
        }
        let name = name.to_owned();
        match unmet.last {
            None => {
                let classes = store.all();
                let names = classes.iter().filter_map(|class| class.metadata.name.clone());
                Error::NoGatewayClass { name, present: names.collect() }
            }
            Some(object) => Error::NotAccepted {
                name,
                controller: controller(&object),
                because: unmet.because,
                waited: limit,
            },
        }
    })?;
    let (mut supported_features, mut unknown_features) = (BTreeSet::new(), Vec::new());
    for entry in object.data["status"]["supportedFeatures"].as_array().into_iter().flatten() {
        // An entry is an object with a name; it was a plain string once.
        let name = entry["name"].as_str().or(entry.as_str()).unwrap_or_default();
        match name.parse::<Feature>() {
            // A class speaks for Gateways; what a mesh supports is said elsewhere.
            Ok(feature) if feature.is_mesh() => {}
            Ok(feature) => {
                supported_features.insert(feature);
            }
            Err(_) => unknown_features.push(name.to_owned()),
        }
    }
    Ok(AcceptedClass { controller_name: controller(&object), supported_features, unknown_features })
}

fn is_accepted(class: Option<&Object>) -> Progress<Object> {
    let Some(class) = class else { return Progress::Never("there is no such class".into()) };
    let conditions = status_conditions(class);
    let accepted = ConditionType::Accepted.yes().for_any_reason();
    freshness(class, &conditions)
        .and_then(|()| satisfied(&conditions, &accepted))
        .map_or_else(Progress::NotYet, |()| Progress::Met(class.clone()))
}

fn controller(class: &Object) -> String {
    class.data["spec"]["controllerName"].as_str().unwrap_or_default().to_owned()
}

/// Waits until every Deployment of the base environment has its Pods ready. Says what holds them
/// as soon as the cluster shows it, and ends when an image cannot be had.
pub(crate) async fn workloads_ready(session: &Session, deployments: &[Key]) -> Result<(), Error> {
    let store = session.store(Kind::Deployment);
    let began = Instant::now();
    let limit = session.timeouts().get(Limit::NamespacesMustBeReady);
    let namespaces: BTreeSet<String> =
        deployments.iter().filter_map(|key| key.namespace.clone()).collect();
    let namespaces: Vec<String> = namespaces.into_iter().collect();
    let mut told = BTreeSet::new();
    loop {
        let left = limit.saturating_sub(began.elapsed());
        let met = store.until_all(left.min(FIRST_LOOK), |objects| {
            let unready = deployments.iter().find_map(|key| {
                let object = objects.iter().find(|object| Key::of(object).as_ref() == Some(key));
                object.map_or(Some(format!("{key} does not exist")), |object| unready(key, object))
            });
            unready.map_or(Progress::Met(()), Progress::NotYet)
        });
        let Err(unmet) = met.await else { return Ok(()) };
        if let Some(reason) = unmet.watch_error {
            return Err(Error::Watch { what: "Deployments", reason });
        }
        let found = diagnosis::find_troubles(session.client(), &namespaces).await;
        let no_image = found.iter().any(|(_, trouble)| matches!(trouble, PodTrouble::Image { .. }));
        let troubles = diagnosis::sentences(found);
        // An image that was already missing at the last look is not about to come.
        let lasting = no_image && troubles.iter().any(|trouble| told.contains(trouble));
        if lasting || began.elapsed() >= limit {
            let (because, waited) = (unmet.because, began.elapsed());
            return Err(Error::Pods { because, troubles, waited });
        }
        for trouble in troubles {
            if told.insert(trouble.clone()) {
                session.notice(format!("the fixtures are waiting: {trouble}"));
            }
        }
    }
}
