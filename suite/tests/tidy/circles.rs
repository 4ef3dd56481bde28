//! No circles between the files of a crate. Files in a circle can only be read, changed and tested together,
//! whatever their number.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    imports::{Imports, imports},
    workspace::packages,
};

#[test]
fn no_files_of_a_crate_use_each_other_in_a_circle() {
    let mut found = Vec::new();
    for package in packages() {
        for target in package["targets"].as_array().unwrap() {
            let kinds = target["kind"].as_array().unwrap();
            if kinds.iter().any(|kind| kind == "lib" || kind == "bin") {
                let root = Path::new(target["src_path"].as_str().unwrap());
                let name = package["name"].as_str().unwrap();
                for circle in circles(&imports(root)) {
                    found.push(format!("{name}: {}", circle.join(" -> ")));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "files that use each other; move what both need into a file of its own, or the `impl` into \
         the file that needs more:\n{}",
        found.join("\n")
    );
}

/// The shortest circles, each with its first file at the end again. No file is in two of them.
fn circles(imports: &Imports) -> Vec<Vec<&str>> {
    let mut all: Vec<_> = imports.keys().filter_map(|file| circle(imports, file)).collect();
    all.sort_by_key(Vec::len);
    let mut found: Vec<Vec<&str>> = Vec::new();
    for circle in all {
        if !found.iter().flatten().any(|file| circle.contains(file)) {
            found.push(circle);
        }
    }
    found
}

/// The shortest way from a file back to it.
fn circle<'a>(imports: &'a Imports, file: &'a str) -> Option<Vec<&'a str>> {
    let mut seen = BTreeSet::new();
    let mut ways = vec![vec![file]];
    while !ways.is_empty() {
        let mut longer = Vec::new();
        for way in ways {
            for next in &imports[way[way.len() - 1]] {
                let way = [&way[..], &[next]].concat();
                if next == file {
                    return Some(way);
                }
                if seen.insert(next) {
                    longer.push(way);
                }
            }
        }
        ways = longer;
    }
    None
}

/// Writes a crate of these files and reads it again.
fn imports_of(files: &[(&str, &str)]) -> Imports {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    imports(&folder.path().join("lib.rs"))
}

#[test]
fn a_circle_is_found_however_it_is_written() {
    let child = ("a.rs", "mod b; pub struct A; fn f() { b::f(); }");
    for (user, way) in [
        ("use crate::a::A;", "by the path from the root"),
        ("use crate::{a::{A as B, C}};", "in braces"),
        ("use super::A;", "from the parent"),
        ("fn f() { let _ = super::A; }", "without an import"),
        ("use crate::A;", "re-exported by the root"),
        ("use crate::a; fn f(_: a::A) {}", "by an imported module"),
        ("use super::*;", "with everything else"),
        ("fn f() { use super::{A, C}; }", "within a function"),
        ("fn f() { println!(\"{:?}\", [super::A]); }", "in a macro"),
    ] {
        let imports = imports_of(&[("lib.rs", "mod a; pub use a::A;"), child, ("a/b.rs", user)]);
        assert_eq!(circles(&imports), [["a.rs", "a/b.rs", "a.rs"]], "{way}: {user}");
    }

    let root = ("lib.rs", "mod a; struct Root; fn f() { a::f(); }");
    let imports = imports_of(&[root, ("a.rs", "use crate::Root;")]);
    assert_eq!(circles(&imports), [["a.rs", "lib.rs", "a.rs"]], "what the root itself defines");
}

#[test]
fn what_is_no_circle_is_not_taken_for_one() {
    for (user, way) in [
        ("#[cfg(test)] mod tests { use super::super::A; }", "only tests use it"),
        ("#[cfg(test)] mod tests;", "the tests are in a file that is not read"),
        ("pub(in crate::a) fn f() {}", "who may use it is no use"),
        ("use std::a::A; use super::c::C;", "a crate and a sibling"),
        ("use crate::C;", "the root only re-exports"),
    ] {
        let imports = imports_of(&[
            ("lib.rs", "mod a; pub use a::c::C;"),
            ("a.rs", "mod b; pub mod c; pub struct A; fn f() { b::f(); }"),
            ("a/b.rs", user),
            ("a/c.rs", "pub struct C;"),
        ]);
        assert_eq!(circles(&imports), Vec::<Vec<&str>>::new(), "{way}: {user}");
        assert_eq!(imports["lib.rs"].len(), 1, "it was read at all");
    }
}
