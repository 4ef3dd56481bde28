//! The lists of tests and modules: they follow the folders, and are written where they do not.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    disk::{read, suite},
    test_file::TestFile,
};

#[test]
fn the_lists_of_tests_follow_the_folders() {
    let mut lists = vec![(suite().join("src/registry.rs"), registry())];
    lists.extend(modules().iter().map(|(folder, modules)| module_list(folder, modules)));
    // None is written before all can be: with half of them the crate would not compile.
    let stale: Vec<_> = lists.iter().filter_map(|(path, wanted)| refresh(path, wanted)).collect();
    assert!(stale.is_empty(), "was stale and is written; run again: {}", stale.join(", "));
}

/// The list of tests, in the order of reports: wherever a file goes, they stay as they are.
fn registry() -> String {
    let tests: BTreeMap<_, _> =
        TestFile::all().map(|file| (file.declared(), file.module())).collect();
    let mut list = String::new();
    for module in tests.values() {
        writeln!(list, "    &crate::{module}::TEST,").unwrap();
    }
    format!(
        "//! Every test, sorted by its name. `tests/tidy` keeps this list.\n\n\
         use harness::Test;\n\n\
         pub(crate) static TESTS: &[&Test] = &[\n{list}];\n"
    )
}

/// The modules in each folder below `suite/src`; the outermost has no name.
fn modules() -> BTreeMap<String, BTreeSet<String>> {
    let mut modules: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    modules.entry(String::new()).or_default().extend(["images", "registry"].map(Into::into));
    for file in TestFile::all() {
        let mut path = file.folders.clone();
        let mut module = file.stem;
        loop {
            modules.entry(path.join("/")).or_default().insert(module);
            let Some(folder) = path.pop() else { break };
            module = folder;
        }
    }
    modules
}

/// The file that lists the modules in a folder, and what it must say.
fn module_list(folder: &str, modules: &BTreeSet<String>) -> (PathBuf, String) {
    let source = suite().join("src");
    let (path, visibility) = match folder {
        "" => (source.join("lib.rs"), ""),
        folder => (source.join(format!("{folder}.rs")), "pub(crate) "),
    };
    let text = fs::read_to_string(&path).unwrap_or_default();
    let shown = path.display();
    assert!(text.starts_with("//! "), "{shown}: begin it with a line on what its tests judge");
    let mut list = String::new();
    for module in modules {
        writeln!(list, "{visibility}mod {module};").unwrap();
    }
    let wanted = with_modules(&text, &list);
    (path, wanted)
}

/// The text with these modules in place of its own, which are a block after what the file is about.
fn with_modules(text: &str, modules: &str) -> String {
    let is_module = |line: &&str| line.starts_with("mod ") || line.starts_with("pub(crate) mod ");
    let lines = || text.split_inclusive('\n');
    let before: String = lines().take_while(|line| !is_module(line)).collect();
    let after: String = lines().skip_while(|line| !is_module(line)).skip_while(is_module).collect();
    format!("{}\n\n{modules}{after}", before.trim_end())
}

/// Writes a file, and says so, if it is not as it should be.
fn refresh(path: &Path, wanted: &str) -> Option<String> {
    (read(path) != wanted).then(|| {
        fs::write(path, wanted).unwrap();
        path.display().to_string()
    })
}
