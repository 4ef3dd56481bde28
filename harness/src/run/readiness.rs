//! What must be so before the first test: an accepted class, and fixtures that run.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use cluster::{
    Key, Kind, Object,
    conditions::{freshness, satisfied},
    diagnosis::{self, PodTrouble},
    views::status_conditions,
    wait::Progress,
    watch::{Scope, Watches},
};
use model::{condition::ConditionType, feature::Feature, names::deployment_of, timeouts::Limit};
use tokio::time::Instant;

use crate::{context::session::Session, error::Error, verbs::workloads::unready};

/// How long something may be on its way before it is looked at for what holds it.
const FIRST_LOOK: Duration = Duration::from_secs(4);

/// For this share of `NamespacesMustBeReady`, a minute of five, an image may be missing: a registry that is busy or
/// out of reach is asked again by the kubelet after some 10 s, and 20 s after that.
const MISSING_IMAGE: f64 = 0.2;

/// What the class under test tells of the implementation.
pub(crate) struct AcceptedClass {
    pub(crate) controller_name: String,
    pub(crate) supported_features: BTreeSet<Feature>,
    /// Names of features of a mesh, for which a class does not speak.
    pub(crate) mesh_features: Vec<String>,
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
    let mut supported_features = BTreeSet::new();
    let (mut mesh_features, mut unknown_features) = (Vec::new(), Vec::new());
    for entry in object.data["status"]["supportedFeatures"].as_array().into_iter().flatten() {
        // An entry is an object with a name; it was a plain string once.
        let name = entry["name"].as_str().or(entry.as_str()).unwrap_or_default();
        match name.parse::<Feature>() {
            // A class speaks for Gateways; what a mesh supports is said elsewhere.
            Ok(feature) if feature.is_mesh() => mesh_features.push(name.to_owned()),
            Ok(feature) => {
                supported_features.insert(feature);
            }
            Err(_) => unknown_features.push(name.to_owned()),
        }
    }
    let controller_name = controller(&object);
    Ok(AcceptedClass { controller_name, supported_features, mesh_features, unknown_features })
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

/// Waits until each of these Deployments has its Pods ready. Says what holds them as soon as the
/// cluster shows it, and ends when an image of theirs cannot be had.
pub(crate) async fn workloads_ready(session: &Session, deployments: &[Key]) -> Result<(), Error> {
    let store = session.store(Kind::Deployment);
    let began = Instant::now();
    let limit = session.timeouts().get(Limit::NamespacesMustBeReady);
    let namespaces: BTreeSet<String> =
        deployments.iter().filter_map(|key| key.namespace.clone()).collect();
    let namespaces: Vec<String> = namespaces.into_iter().collect();
    let (mut told, mut missing) = (BTreeSet::new(), MissingImages::default());
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
        // Others in these namespaces, an implementation's proxies for one, are not waited for.
        let own = found.iter().filter(|(pod, _)| deployments.iter().any(|it| is_of(pod, it)));
        let own = own.map(|(_, trouble)| trouble);
        let is_hopeless = missing.are_hopeless(own, limit.mul_f64(MISSING_IMAGE));
        let troubles = diagnosis::sentences(found);
        if is_hopeless || began.elapsed() >= limit {
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

/// Whether a Pod is one of a Deployment.
fn is_of(pod: &Key, deployment: &Key) -> bool {
    pod.namespace == deployment.namespace && deployment_of(&pod.name) == Some(&deployment.name)
}

/// The images that were missing at the last look, and since when.
#[derive(Default)]
struct MissingImages(BTreeMap<String, Instant>);

impl MissingImages {
    /// Takes in what a look has found. Whether some image was missing at the last look already, and either for so
    /// long or for ever. Messages do not count: the kubelet tells in turn why it failed and that it waits.
    fn are_hopeless<'a>(
        &mut self,
        found: impl Iterator<Item = &'a PodTrouble>,
        patience: Duration,
    ) -> bool {
        let before = std::mem::take(&mut self.0);
        let mut are_hopeless = false;
        for trouble in found {
            let PodTrouble::Image { image, never, .. } = trouble else { continue };
            let since = before.get(image).copied();
            are_hopeless |= since.is_some_and(|since| *never || since.elapsed() >= patience);
            self.0.insert(image.clone(), since.unwrap_or_else(Instant::now));
        }
        are_hopeless
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    fn image(message: &str, never: bool) -> PodTrouble {
        PodTrouble::Image { image: "echo".into(), message: message.into(), never }
    }

    #[tokio::test(start_paused = true)]
    async fn an_image_is_given_up_when_it_is_missing_for_long_or_for_ever() {
        let mut missing = MissingImages::default();
        let mut look = |found: &[PodTrouble]| missing.are_hopeless(found.iter(), MINUTE);
        let (refused, waits) = ([image("429", false)], [image("Back-off", false)]);
        assert!(!look(&refused));
        advance(MINUTE / 2).await;
        assert!(!look(&waits), "the kubelet asks again");
        assert!(!look(&[]), "it came");
        advance(MINUTE).await;
        assert!(!look(&waits), "this is another time");
        advance(MINUTE).await;
        assert!(look(&refused), "it is as missing as before, whatever is told of it");

        let mut missing = MissingImages::default();
        let mut look = |found: &[PodTrouble]| missing.are_hopeless(found.iter(), MINUTE);
        assert!(!look(&[image("no such name", true)]));
        assert!(look(&[image("no such name", true)]), "nobody asks again");
    }

    #[test]
    fn only_pods_of_the_deployment_itself_are_its_own() {
        let key = |kind, name: &str| Key::new(kind, Some("infra"), name);
        let deployment = key(Kind::Deployment, "infra-backend-v1");
        for (pod, is_own) in [
            ("infra-backend-v1-69cb59b4b9-x2x4q", true),
            ("infra-backend-v1-proxy-69cb59b4b9-x2x4q", false),
            ("infra-backend-69cb59b4b9-x2x4q", false),
            ("infra-backend-v1", false),
        ] {
            assert_eq!(is_of(&key(Kind::Pod, pod), &deployment), is_own, "{pod}");
        }
        let elsewhere = Key::new(Kind::Pod, Some("web"), "infra-backend-v1-69cb59b4b9-x2x4q");
        assert!(!is_of(&elsewhere, &deployment));
    }
}
