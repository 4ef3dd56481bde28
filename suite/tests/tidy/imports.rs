//! Which files of a crate use which others of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use syn::{
    Attribute, File, Ident, Item, ItemMod, ItemUse, Macro, UseTree,
    buffer::{Cursor, TokenBuffer},
    visit::{self, Visit},
};

use crate::disk::read;

/// The files of a crate, and what each of them uses: those that define what it names. Who declares a
/// module does not use it by that, and a re-export by name is looked through. Methods that are called
/// cannot be seen.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

/// The names of a path, or of the modules from the root to one of them.
type Names = Vec<String>;

/// Reads the files of the crate with this root, without its tests.
pub fn imports(root: &Path) -> Imports {
    let mut modules = Modules::new();
    read_module(root, &root.with_file_name(""), Names::new(), &mut modules);
    let file = |module: &Names| {
        let file = modules[module].file.strip_prefix(root.parent().unwrap()).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let mut imports = Imports::new();
    for (at, module) in &modules {
        let uses = module.paths.iter().filter_map(|path| definer(&modules, at, path, 0));
        let uses: Vec<_> = uses.map(|definer| file(&definer)).collect();
        let file = file(at);
        let uses = uses.into_iter().filter(|other| *other != file).collect::<BTreeSet<_>>();
        imports.entry(file).or_default().extend(uses);
    }
    imports
}

type Modules = BTreeMap<Names, Module>;

struct Module {
    file: PathBuf,
    /// What it imports or re-exports, by the name that it has here.
    names: BTreeMap<String, Names>,
    /// All paths that it names.
    paths: Vec<Names>,
}

/// The module that defines what a path leads to from here; none where that is a module, is of this
/// module itself, or of another crate.
fn definer(modules: &Modules, from: &Names, path: &[String], depth: u32) -> Option<Names> {
    let supers = path.iter().take_while(|name| *name == "super").count();
    let (mut at, mut rest) = match path.first()?.as_str() {
        "crate" => (Names::new(), &path[1..]),
        "self" => (from.clone(), &path[1..]),
        _ => (from[..from.len().checked_sub(supers)?].to_vec(), &path[supers..]),
    };
    let is_relative = rest.len() == path.len();
    loop {
        let (name, below) = rest.split_first()?;
        let module = [&at[..], std::slice::from_ref(name)].concat();
        if !below.is_empty() && modules.contains_key(&module) {
            (at, rest) = (module, below);
            continue;
        }
        if let Some(renamed) = modules[&at].names.get(name) {
            let path = [renamed, below].concat();
            // A module and a crate of one name may lead to each other.
            return (depth < 8).then(|| definer(modules, &at, &path, depth + 1)).flatten();
        }
        // Nothing leads to a name that stands alone: it is this module's own, or another crate's.
        let stands_alone = is_relative && at == *from;
        return (!stands_alone && !modules.contains_key(&module)).then_some(at);
    }
}

/// Reads a module and those below it, which are in this folder.
fn read_module(file: &Path, folder: &Path, at: Names, modules: &mut Modules) {
    let parsed: File =
        syn::parse_file(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    read_items(file, folder, at, &parsed.items, modules);
}

fn read_items(file: &Path, folder: &Path, at: Names, items: &[Item], modules: &mut Modules) {
    let mut reader = Reader { names: BTreeMap::new(), paths: Vec::new(), below: Vec::new() };
    for item in items {
        reader.visit_item(item);
    }
    for module in reader.below {
        let name = module.ident.to_string();
        let (folder, at) = (folder.join(&name), [&at[..], &[name]].concat());
        match &module.content {
            Some((_, items)) => read_items(file, &folder, at, items, modules),
            None => read_module(&folder.with_extension("rs"), &folder, at, modules),
        }
    }
    let Reader { names, paths, .. } = reader;
    modules.insert(at, Module { file: file.to_owned(), names, paths });
}

/// Collects what a module names.
struct Reader<'a> {
    names: BTreeMap<String, Names>,
    paths: Vec<Names>,
    below: Vec<&'a ItemMod>,
}

impl Reader<'_> {
    fn import(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &Ident| match name.to_string() {
            name if name == "self" => before.to_vec(),
            name => [before, &[name]].concat(),
        };
        let (name, path) = match tree {
            UseTree::Path(path) => return self.import(&with(&path.ident), &path.tree),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|tree| self.import(before, tree));
            }
            // As if it were the name of something that the module defines.
            UseTree::Glob(_) => return self.paths.push([before, &["*".to_owned()]].concat()),
            UseTree::Name(name) => {
                let path = with(&name.ident);
                (path.last().cloned().unwrap_or_default(), path)
            }
            UseTree::Rename(rename) => (rename.rename.to_string(), with(&rename.ident)),
        };
        self.paths.push(path.clone());
        self.names.insert(name, path);
    }

    /// The paths among the tokens of a macro.
    fn scan(&mut self, mut rest: Cursor<'_>) {
        let (mut path, mut colons) = (Names::new(), 0);
        loop {
            if let Some((name, next)) = rest.ident() {
                if colons != 2 {
                    self.paths.push(std::mem::take(&mut path));
                }
                path.push(name.to_string());
                (rest, colons) = (next, 0);
            } else if let Some((_, next)) = rest.punct().filter(|(punct, _)| punct.as_char() == ':')
            {
                (rest, colons) = (next, colons + 1);
            } else {
                self.paths.push(std::mem::take(&mut path));
                if let Some((inner, _, _, _)) = rest.any_group() {
                    self.scan(inner);
                }
                match rest.token_tree() {
                    Some((_, next)) => (rest, colons) = (next, 0),
                    None => return,
                }
            }
        }
    }
}

impl<'a> Visit<'a> for Reader<'a> {
    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        if !module.attrs.iter().any(is_for_tests) {
            self.below.push(module);
        }
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        if item.leading_colon.is_none() {
            self.import(&[], &item.tree);
        }
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        if path.leading_colon.is_none() {
            self.paths
                .push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.scan(TokenBuffer::new2(call.tokens.clone()).begin());
        visit::visit_macro(self, call);
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.parse_args::<Ident>().is_ok_and(|name| name == "test")
}
