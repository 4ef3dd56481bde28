//! The rooms of the harness.

use std::collections::BTreeMap;

use crate::{disk::root, imports::imports};

/// Which rooms each of them may use. A file at the root is a room of its own; what is not here composes the
/// others.
const ROOMS: [(&str, &[&str]); 10] = [
    ("error", &[]),
    ("options", &[]),
    ("manifests", &["error"]),
    ("context", &["error", "manifests", "options"]),
    ("isolation", &["context"]),
    ("verbs", &["context", "isolation"]),
    ("test", &["error", "manifests", "verbs"]),
    ("own", &["error", "manifests", "test", "verbs"]),
    ("orphans", &["error", "isolation", "test"]),
    ("run", &["context", "error", "isolation", "options", "test", "verbs"]),
];

#[test]
fn the_rooms_of_the_harness_use_each_other_downwards_only() {
    let rooms = BTreeMap::from(ROOMS);
    let room = |file: &str| file.split(['/', '.']).next().unwrap_or_default().to_owned();
    let imports = imports(&root().join("harness/src/lib.rs"));
    for (file, used) in &imports {
        let Some(may_use) = rooms.get(room(file).as_str()) else { continue };
        for other in used {
            let is_inside = room(other) == room(file);
            assert!(
                is_inside || may_use.contains(&room(other).as_str()),
                "harness/src/{file} must not use {other}"
            );
        }
    }
    for room in rooms.keys() {
        assert!(imports.keys().any(|file| file.starts_with(room)), "there is no room {room}");
    }
}
