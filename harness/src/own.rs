//! Tests of the user's own: from the texts of a folder to tests like those of the suite.

use std::{collections::BTreeSet, fmt};

use cluster::{Key, Kind, Object, OwnKind, manifest, permissions::Permission};
use model::{
    exchange::Through,
    extension::Extension,
    own::{self, Named, OwnProfile, OwnStep, OwnTest, kept},
    suggest::lookup,
    version::SuiteVersion,
};
use serde_json::Value;

use crate::{
    error::Error,
    manifests::OwnFile,
    test::{Suite, Test},
    verbs::steps::{Step, Target},
};

/// The tests of a folder.
#[derive(Clone)]
pub struct OwnTests {
    /// How their section is called.
    pub extension: Extension,
    tests: Vec<&'static Test>,
    files: Vec<OwnFile>,
}

impl fmt::Debug for OwnTests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tests of {}", self.tests.len(), self.extension)
    }
}

/// What is done with an object that is applied: it is applied and deleted, and seen to go.
const APPLIED: [&str; 5] = ["create", "delete", "list", "patch", "watch"];

/// A file, by its path and its text.
pub type File = (String, String);

impl OwnTests {
    /// Reads the tests of a folder, and makes its kinds known. What is read lives as long as the program, as the suite does.
    ///
    /// # Errors
    ///
    /// What is wrong, with the file, and with line and column where it has a place.
    pub fn read((path, profile): &File, tests: &[File]) -> Result<Self, String> {
        let at = |why: String| format!("{path}: {why}");
        let OwnProfile { profile, kinds } = OwnProfile::read(profile).map_err(at)?;
        for kind in kinds {
            learn(kind).map_err(at)?;
        }
        let extension = Extension::Own(profile.as_str().into());
        let mut own = Self { extension, tests: Vec::new(), files: Vec::new() };
        for (path, text) in tests {
            let (test, file) = read(extension, path, text)?;
            own.tests.push(test);
            own.files.push(file);
        }
        if own.tests.is_empty() {
            return Err("it has no test, a .yaml file beside profile.yaml".to_owned());
        }
        Ok(own)
    }
}

impl Suite {
    /// The suite with tests of the user's own.
    ///
    /// # Errors
    ///
    /// That two tests have one name, or that one speaks of an object that there will not be.
    pub fn with(&'static self, own: &[OwnTests]) -> Result<&'static Self, String> {
        if own.is_empty() {
            return Ok(self);
        }
        let (mut tests, mut files) = (self.tests.to_vec(), self.own.to_vec());
        for folder in own {
            for test in &folder.tests {
                if tests.iter().any(|it| it.name == test.name) {
                    return Err(format!(
                        "{}: there is a test {} already: choose another name",
                        test.manifests.concat(),
                        test.name
                    ));
                }
                tests.push(test);
            }
            files.extend(folder.files.iter().copied());
        }
        let suite: &Self =
            Box::leak(Box::new(Self { tests: tests.leak(), own: files.leak(), ..*self }));
        let base = suite.keys_of([Self::BASE])?;
        let mut tests = own.iter().flat_map(|folder| &folder.tests);
        tests.try_for_each(|test| suite.has_what_steps_name(test, &base)).map(|()| suite)
    }

    /// What is in some manifests, in any version.
    fn keys_of<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<BTreeSet<Key>, String> {
        let mut keys = BTreeSet::new();
        for path in paths {
            for version in SuiteVersion::ALL {
                let objects = self.objects(path, version).map_err(|error| error.to_string())?;
                keys.extend(objects.iter().filter_map(Key::of));
            }
        }
        Ok(keys)
    }

    /// Whether the objects that a test's steps name are applied by it, or with the base environment.
    fn has_what_steps_name(&self, test: &Test, base: &BTreeSet<Key>) -> Result<(), String> {
        let own = self.keys_of(test.all_manifests())?;
        let file = test.manifests.concat();
        for (step, number) in test.steps.iter().zip(1..) {
            let named = step.target().map(Target::as_written);
            if let Some(key) = named.filter(|key| !own.contains(key) && !base.contains(key)) {
                return Err(format!(
                    "{file}: step {number}: neither the test nor the base environment has {key}"
                ));
            }
        }
        Ok(())
    }
}

/// What a run must be allowed to do for those of these tests that are the user's own, beside what any test needs.
///
/// # Errors
///
/// A manifest that cannot be read.
pub fn needed_by_own(
    suite: &Suite,
    tests: &BTreeSet<String>,
) -> Result<BTreeSet<Permission>, Error> {
    let mut needed = BTreeSet::new();
    let own = tests.iter().filter_map(|name| suite.find(name)).filter(|test| test.is_own());
    for test in own {
        let mut verbs = BTreeSet::new();
        for path in test.all_manifests() {
            let objects = suite.objects(path, SuiteVersion::NEWEST)?;
            let kinds: BTreeSet<_> = objects.iter().filter_map(Kind::of).collect();
            verbs.extend(kinds.into_iter().flat_map(|kind| APPLIED.map(|verb| (kind, verb))));
        }
        verbs.extend(test.steps.iter().flat_map(Step::verbs));
        let verbs = verbs.into_iter();
        needed.extend(verbs.map(|(kind, it)| Permission::new(kind.group(), kind.plural(), it)));
    }
    Ok(needed)
}

fn learn(kind: own::OwnKind) -> Result<(), String> {
    let own::OwnKind { api_version, kind: name, plural, namespaced } = kind;
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    let (group, version) = (group.to_owned(), version.to_owned());
    Kind::learn(OwnKind { group, version, name, plural, namespaced }).map(drop)
}

fn read(extension: Extension, path: &str, file: &str) -> Result<(&'static Test, OwnFile), String> {
    let at = |why: String| format!("{path}: {why}");
    let own = OwnTest::read(file).map_err(at)?;
    let (declared, objects) = split(file);
    let later: Vec<_> = own.steps.iter().filter_map(|step| step.apply.as_ref()).flatten().collect();
    let later: Vec<_> = later.into_iter().map(|it| Value::Object(it.clone()).to_string()).collect();
    let own_file = OwnFile {
        path: kept(path),
        later_path: kept(&format!("{path}, applied later")),
        declared: kept(declared),
        objects: kept(&objects),
        later: kept(&later.join("\n---\n")),
    };
    for (path, text) in [(own_file.path, own_file.objects), (own_file.later_path, own_file.later)] {
        let objects = manifest::parse(path, text).map_err(|error| error.to_string())?;
        objects.iter().try_for_each(can_be_applied).map_err(at)?;
    }
    let sends: Vec<_> = own.steps.iter().filter_map(|step| step.send.as_ref()).collect();
    let sends: &'static [Through] =
        sends.into_iter().map(own::Sending::through).collect::<Vec<_>>().leak();
    let steps = steps(&own.steps, sends).map_err(at)?;
    let test = Test {
        name: kept(&own.test),
        requirement: kept(own.requirement.trim()),
        spec: kept(&own.spec),
        features: own.features.into_iter().collect::<Vec<_>>().leak(),
        extension: Some(extension),
        since: own.since,
        manifests: vec![own_file.path].leak(),
        later: if later.is_empty() { &[] } else { vec![own_file.later_path].leak() },
        alone: own.alone,
        sends,
        steps: steps.leak(),
        ..Test::DEFAULT
    };
    Ok((Box::leak(Box::new(test)), own_file))
}

/// The first document of a file, and the file with nothing in its place, so that lines and documents keep their numbers.
fn split(text: &str) -> (&str, String) {
    let (mut at, mut lines, mut has_begun) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        let is_end = line.trim_end() == "---" || line.starts_with("--- ");
        if is_end && has_begun {
            return (&text[..at], "~".to_owned() + &"\n".repeat(lines) + &text[at..]);
        }
        let content = line.trim();
        has_begun |= !is_end && !content.is_empty() && !content.starts_with('#');
        at += line.len();
        lines += 1;
    }
    (text, String::new())
}

/// Whether an object is of a kind that is known, and says where it is.
fn can_be_applied(object: &Object) -> Result<(), String> {
    let types = object.types.clone().unwrap_or_default();
    let name = object.metadata.name.as_deref().unwrap_or_default();
    let Some(key) = Key::of(object) else {
        return Err(format!(
            "{} {name}: the kind {} of {} is not known; tell of it in profile.yaml, under kinds",
            types.kind, types.kind, types.api_version
        ));
    };
    if key.kind.is_namespaced() && key.namespace.is_none() {
        return Err(format!("{key} says no metadata.namespace"));
    }
    Ok(())
}

fn steps(steps: &[OwnStep], sends: &'static [Through]) -> Result<Vec<Step>, String> {
    let (mut applied, mut sends) = (0, sends.iter());
    let mut all = Vec::new();
    for (step, number) in steps.iter().zip(1..) {
        let target = |named: &Named| target(named).map_err(|why| format!("step {number}: {why}"));
        all.extend(match step {
            OwnStep { expect: Some(expect), .. } => {
                Some(Step::Expect { object: target(&expect.object)?, has: expect.has.clone() })
            }
            OwnStep { send: Some(sending), .. } => sends
                .next()
                .map(|through| Step::Send { through, trust: sending.trust.as_deref().map(kept) }),
            OwnStep { apply: Some(objects), .. } => {
                let from = applied;
                applied += objects.len();
                Some(Step::Apply(from..applied))
            }
            OwnStep { patch: Some(patch), .. } => Some(Step::Patch {
                object: target(&patch.object)?,
                merge: Value::Object(patch.merge.clone()),
            }),
            OwnStep { delete: Some(named), .. } => Some(Step::Delete(target(named)?)),
            _ => None,
        });
    }
    Ok(all)
}

fn target(named: &Named) -> Result<Target, String> {
    let known: Vec<_> = Kind::known().map(|kind| (kind.name(), kind)).collect();
    let kind = lookup("kind", &named.kind, known).map_err(|error| error.to_string())?;
    Ok(Target { kind, namespace: kept(&named.namespace), name: kept(&named.name) })
}
