//! No two top-level modules of a crate use each other in a circle: by `crate::…`, by `super::…`, or by a name that
//! the crate's root hands on (`pub use error::Error`).

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, circles};
use super::rust_code;
use super::rust_paths::{Named, paths};
use super::tree::{Tree, is_test_file};

/// Checks every crate below src-tauri, the shell included.
pub fn check(tree: &Tree) -> Vec<String> {
    let mut roots = BTreeSet::new();
    for (name, _) in tree.below("src-tauri", &["/src/lib.rs", "/src/main.rs"]) {
        roots.extend(name.rsplit_once('/').map(|(folder, _)| folder));
    }
    let mut breaches = Vec::new();
    for root in roots {
        for circle in circles(&graph_of(tree, root)) {
            breaches.push(format!("modules of {root} use each other in a circle: {circle}"));
        }
    }
    breaches
}

fn graph_of(tree: &Tree, root: &str) -> Graph {
    let files: Vec<(Vec<String>, Vec<Named>)> = tree
        .below(root, &[".rs"])
        .filter(|(name, _)| !is_test_file(name))
        .map(|(name, text)| (module_of(root, name), paths(&rust_code::read(text).code)))
        .collect();
    let mut graph: Graph = files
        .iter()
        .filter_map(|(module, _)| module.first())
        .map(|module| (module.clone(), BTreeSet::new()))
        .collect();
    let handed_on = handed_on(&files, &graph);
    for (module, named) in &files {
        let Some(top) = module.first() else { continue };
        for path in named {
            let Some(first) = first_from_root(module, &path.parts) else {
                continue;
            };
            let target = if graph.contains_key(first) {
                Some(first)
            } else {
                handed_on.get(first).map(String::as_str)
            };
            if let Some(target) = target.filter(|target| *target != top) {
                graph.entry(top.clone()).or_default().insert(target.to_owned());
            }
        }
    }
    graph
}

/// `src/a/b.rs` is `["a", "b"]`, `src/a/mod.rs` is `["a"]`, `src/lib.rs` is `[]`.
fn module_of(root: &str, name: &str) -> Vec<String> {
    let path = name
        .strip_prefix(root)
        .unwrap_or(name)
        .trim_start_matches('/')
        .trim_end_matches(".rs");
    let mut parts: Vec<String> = path.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] || parts == ["main"] {
        parts.pop();
    }
    parts
}

/// Names that the crate's root imports, with the top-level module each comes from.
fn handed_on(files: &[(Vec<String>, Vec<Named>)], graph: &Graph) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (_, named) in files.iter().filter(|(module, _)| module.is_empty()) {
        for path in named.iter().filter(|path| path.parts.len() > 1) {
            let parts: Vec<&str> = path
                .parts
                .iter()
                .map(String::as_str)
                .filter(|part| !["crate", "self"].contains(part))
                .collect();
            if let (Some(first), Some(last)) = (parts.first(), parts.last())
                && graph.contains_key(*first)
            {
                let name = path.alias.as_deref().unwrap_or(last);
                names.insert(name.to_owned(), (*first).to_owned());
            }
        }
    }
    names
}

/// The first part of a path below the crate's root, if it starts at a place that is known.
fn first_from_root<'a>(module: &'a [String], parts: &'a [String]) -> Option<&'a str> {
    match parts.first()?.as_str() {
        "crate" => parts.get(1).map(String::as_str),
        "super" => {
            let up = parts.iter().take_while(|part| *part == "super").count();
            match module.len().checked_sub(up)? {
                0 => parts.get(up).map(String::as_str),
                _ => module.first().map(String::as_str),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_in_a_circle_are_named_however_they_name_each_other() {
        let tree = Tree::of(&[
            (
                "src-tauri/core/src/lib.rs",
                "//! Core.\nmod a;\npub use crate::e::Thing as Other;\n",
            ),
            ("src-tauri/core/src/a.rs", "//! A.\nuse crate::{\n    d, b::B,\n};\n"),
            ("src-tauri/core/src/b/mod.rs", "//! B. Not crate::f.\npub mod c;\n"),
            (
                "src-tauri/core/src/b/c.rs",
                "//! C.\nuse super::super::a::A;\n#[cfg(test)]\nmod t { use crate::f::F; }\n",
            ),
            ("src-tauri/core/src/d.rs", "//! D.\nfn d(_: crate::Other) {}\n"),
            ("src-tauri/core/src/e.rs", "//! E.\nuse super::d::D;\n"),
            ("src-tauri/core/src/f.rs", "//! F.\nuse crate::b::B;\n"),
            ("src-tauri/wire/src/lib.rs", "//! Wire.\n"),
        ]);
        let expected = ["a → b → a", "d → e → d"]
            .map(|circle| format!("modules of src-tauri/core/src use each other in a circle: {circle}"));
        assert_eq!(check(&tree), expected);
    }

    #[test]
    fn files_of_one_module_may_use_each_other() {
        let tree = Tree::of(&[
            ("src-tauri/core/src/lib.rs", "//! Core.\n"),
            ("src-tauri/core/src/a/mod.rs", "//! A.\nmod x;\nuse x::X;\n"),
            ("src-tauri/core/src/a/x.rs", "//! X.\nuse super::A;\nuse crate::a::B;\n"),
        ]);
        assert!(check(&tree).is_empty());
    }
}
