//! A testbed in this process and the suite on it, as each file of tests here needs them.

use gateway_conformance::SUITE;
use harness::{
    Connection, Ended, Error, Options,
    model::{
        address::StaticAddresses, event::Event, extension::Extension, plan::Selection,
        version::SuiteVersion,
    },
};
use testbed::{GATEWAY_CLASS, Testbed};
use tokio_util::sync::CancellationToken;

/// A testbed, to be judged as often as wanted.
pub struct Subject(Testbed);

impl From<Testbed> for Subject {
    fn from(testbed: Testbed) -> Self {
        Self(testbed)
    }
}

impl Subject {
    /// With the definitions of this version, and with these faults.
    pub async fn start(version: SuiteVersion, faults: &[&str]) -> Result<Self, testbed::Error> {
        let options = testbed::Options {
            bundle_version: version.name().into(),
            faults: faults.iter().map(|&name| name.into()).collect(),
            ..testbed::Options::default()
        };
        Testbed::start(options).await.map(Self)
    }

    /// How it is reached.
    pub fn connection(&self) -> Connection {
        Connection { client: self.0.client(), description: "the embedded testbed".into() }
    }

    /// All tests of its version, with the Go suite's limits.
    pub fn options(&self) -> Options {
        Options {
            selection: Selection {
                profiles: SUITE.profiles(),
                extensions: Extension::ALL.into(),
                ..Selection::default()
            },
            described: SUITE.describes_reference(),
            gateway_class: GATEWAY_CLASS.into(),
            addresses: StaticAddresses {
                usable: vec![self.0.usable_address().into()],
                unusable: vec![self.0.unusable_address().into()],
            },
            address_map: Some(self.0.address_map()),
            ..Options::default()
        }
    }

    /// Runs the suite on it.
    pub async fn judge(
        &self,
        options: Options,
        events: impl Fn(Event) + Send + Sync + 'static,
        interrupt: CancellationToken,
    ) -> Result<Ended, Error> {
        harness::run(self.connection(), &SUITE, options, events, interrupt).await
    }
}
