//! What a published report says, whatever it is.

use model::implementation::Implementation;
use serde::Deserialize;

/// A report. What is not there is empty.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Document {
    /// The report's own version.
    pub api_version: String,
    /// When it was made.
    pub date: String,
    /// The channel of the definitions.
    #[serde(rename = "gatewayAPIChannel")]
    pub channel: String,
    /// The version of the definitions.
    #[serde(rename = "gatewayAPIVersion")]
    pub version: String,
    /// Who made what was judged.
    pub implementation: Implementation,
    /// `ConformanceReport`.
    pub kind: String,
    /// The operating mode.
    pub mode: String,
    /// The profiles.
    pub profiles: Vec<Profile>,
    /// Provisional tests that passed.
    pub succeeded_provisional_tests: Vec<String>,
}

/// A profile of a report.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Profile {
    /// The name.
    pub name: String,
    /// Both levels in one sentence each.
    pub summary: String,
    /// The tests whose features every implementation of the profile supports.
    pub core: Option<Level>,
    /// The other ones.
    pub extended: Option<Level>,
}

/// One level of a profile.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Level {
    /// `success`, `partial` or `failure`.
    pub result: String,
    /// How many tests.
    pub statistics: Statistics,
    /// The tests that failed.
    pub failed_tests: Vec<String>,
    /// The tests that have no verdict.
    pub skipped_tests: Vec<String>,
    /// The features that are claimed, of the extended level.
    pub supported_features: Vec<String>,
    /// The others.
    pub unsupported_features: Vec<String>,
}

/// How many tests of one level failed, passed and have no verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Statistics {
    pub failed: usize,
    pub passed: usize,
    pub skipped: usize,
}

impl Document {
    /// Reads a report; the second part has the keys that no report has.
    ///
    /// # Errors
    ///
    /// Where it is no report, and why.
    pub fn read(text: &str) -> Result<(Self, Vec<String>), String> {
        let mut unknown = Vec::new();
        let source = serde_yaml::Deserializer::from_str(text);
        let document = serde_ignored::deserialize(source, |key| unknown.push(key.to_string()));
        document.map(|document| (document, unknown)).map_err(|error| error.to_string())
    }

    /// The name that its file must have.
    pub fn file_name(&self) -> String {
        let Self { channel, implementation, mode, .. } = self;
        format!("{channel}-{}-{mode}-report.yaml", implementation.version)
    }

    /// The levels of all profiles, with what they are called.
    pub fn levels(&self) -> impl Iterator<Item = (String, &Level)> {
        self.profiles.iter().flat_map(|Profile { name, core, extended, .. }| {
            let core = core.iter().map(move |level| (format!("{name} core"), level));
            core.chain(extended.iter().map(move |level| (format!("{name} extended"), level)))
        })
    }
}
