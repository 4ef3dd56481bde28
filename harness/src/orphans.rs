//! Requests of a test that none of its routes could answer: told without a cluster.

use model::{
    exchange::{Answer, Exchange},
    names::INFRA,
    version::SuiteVersion,
};

use crate::{
    error::Error,
    isolation::{
        footprint::{self, Declared, Footprint},
        routing::services,
    },
    test::{Suite, Test},
};

/// What a test sends that no route of its manifests could answer, though another answer must come back than
/// 404, or than 421, which is given before routes are looked at. What goes to a listener that the test adds
/// itself is left out, and what is not HTTP.
///
/// # Errors
///
/// A manifest that is not there or cannot be read.
pub fn orphans(suite: &Suite, test: &Test, version: SuiteVersion) -> Result<Vec<Exchange>, Error> {
    let read = |path: &str| {
        let found =
            (suite.manifest)(path, version).ok_or_else(|| Error::NoManifest(path.into()))?;
        Ok::<_, Error>(cluster::manifest::parse(path, found)?)
    };
    let base = read(Suite::BASE)?;
    let mut objects = Vec::new();
    for path in test.all_manifests() {
        objects.extend(read(path)?);
    }
    let (listeners, mut known) = (footprint::listeners(&base), services(&base));
    known.extend(services(&objects));
    let sends: Vec<_> = test.sends.iter().filter(|it| it.since <= version).copied().collect();
    let declared = Declared { infra: INFRA, exclusive: test.exclusive, sends: &sends };
    let footprint = Footprint::read(&objects, &listeners, &known, declared);
    let sent: Vec<&Exchange> = sends.iter().flat_map(|through| through.exchanges.http()).collect();
    let unanswered = footprint.unanswered().map(|number| *sent[number]);
    Ok(unanswered
        .filter(|exchange| !matches!(exchange.answer, Answer::Status(404 | 421) | Answer::Failure))
        .collect())
}
