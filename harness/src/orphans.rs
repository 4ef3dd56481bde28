//! What a test sends that none of its routes could answer: told without a cluster.

use model::{names::INFRA, version::SuiteVersion};

use crate::{
    error::Error,
    isolation::{
        footprint::{self, Declared, Footprint},
        routing::services,
    },
    test::{Suite, Test},
};

/// What a test sends, in words, that no route of its manifests could answer, though another answer must come
/// back than is given without one: 404, or 421, which is given before routes are looked at, UNIMPLEMENTED, or a
/// connection that is closed. What goes to a listener that the test adds itself is left out.
///
/// # Errors
///
/// A manifest that is not there or cannot be read.
pub fn orphans(suite: &Suite, test: &Test, version: SuiteVersion) -> Result<Vec<String>, Error> {
    let read = |path: &str| suite.objects(path, version);
    let base = read(Suite::BASE)?;
    let mut objects = Vec::new();
    for path in test.all_manifests() {
        objects.extend(read(path)?);
    }
    let (listeners, mut known) = (footprint::listeners(&base), services(&base));
    known.extend(services(&objects));
    let sends: Vec<_> = test.sends.iter().filter(|it| it.is_of(version)).copied().collect();
    let declared =
        Declared { infra: INFRA, exclusive: test.exclusive, sends: &sends, alone: test.alone };
    let footprint = Footprint::read(&objects, &listeners, &known, declared);
    Ok(footprint.unanswered().map(str::to_owned).collect())
}
