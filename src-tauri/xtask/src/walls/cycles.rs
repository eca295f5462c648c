//! No two files import each other in a circle: top-level modules of a crate, and files of the window.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::files::{files_below, shown};

type Graph = BTreeMap<String, BTreeSet<String>>;

/// Circles that are known and wanted: none.
const CRATES: [&str; 8] = [
    "media",
    "mapillary",
    "core",
    "wire",
    "cli",
    "sandbox",
    "generator",
    "xtask",
];

/// Looks for circles in every crate and in the window.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for name in CRATES {
        let folder = root.join("src-tauri").join(name).join("src");
        if let Some(circle) = find_circle(&rust_graph(&folder)?) {
            breaches.push(format!(
                "the modules of {name} import each other in a circle: {}",
                circle.join(" → ")
            ));
        }
    }
    if let Some(circle) = find_circle(&ui_graph(&root.join("ui/src"))?) {
        breaches.push(format!(
            "files of the window import each other in a circle: {}",
            circle.join(" → ")
        ));
    }
    Ok(breaches)
}

/// Which top-level module of a crate names which other, outside tests.
fn rust_graph(folder: &Path) -> Result<Graph, String> {
    let mut graph = Graph::new();
    for path in files_below(folder, &[".rs"]) {
        let name = shown(folder, &path);
        if name.ends_with("tests.rs") || name.contains("/tests/") {
            continue;
        }
        let module = name
            .split('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs")
            .to_owned();
        if module == "lib" || module == "main" {
            continue;
        }
        let text = std::fs::read_to_string(&path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let edges = graph.entry(module.clone()).or_default();
        for line in text
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default())
        {
            edges.extend(crate_names(line).filter(|other| *other != module));
        }
    }
    let known: BTreeSet<String> = graph.keys().cloned().collect();
    for edges in graph.values_mut() {
        edges.retain(|other| known.contains(other));
    }
    Ok(graph)
}

/// The modules after `crate::` in a line of code.
fn crate_names(line: &str) -> impl Iterator<Item = String> + '_ {
    line.split("crate::").skip(1).map(|rest| {
        rest.chars()
            .take_while(|letter| letter.is_alphanumeric() || *letter == '_')
            .collect()
    })
}

/// Which file of the window imports which other.
fn ui_graph(folder: &Path) -> Result<Graph, String> {
    let mut graph = Graph::new();
    let files = files_below(folder, &[".ts", ".svelte"]);
    let names: BTreeSet<String> = files.iter().map(|path| shown(folder, path)).collect();
    for path in &files {
        let name = shown(folder, path);
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let edges = graph.entry(name.clone()).or_default();
        // Types alone vanish when the page is built; they make no circle.
        for line in text
            .lines()
            .filter(|line| !line.trim_start().starts_with("import type"))
        {
            let Some(start) = line.find("from \"./").or_else(|| line.find("from \"../")) else {
                continue;
            };
            let target = line
                .get(start + 6..)
                .unwrap_or_default()
                .split('"')
                .next()
                .unwrap_or_default();
            if let Some(found) = resolve(&name, target, &names) {
                edges.insert(found);
            }
        }
    }
    Ok(graph)
}

fn resolve(from: &str, target: &str, names: &BTreeSet<String>) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    ["", ".ts", ".svelte", ".svelte.ts", "/index.ts"]
        .iter()
        .map(|ending| format!("{path}{ending}"))
        .find(|candidate| names.contains(candidate))
}

/// The first circle, from a module back to itself.
fn find_circle(graph: &Graph) -> Option<Vec<String>> {
    let mut finished = BTreeSet::new();
    graph
        .keys()
        .find_map(|start| visit(graph, start, &mut Vec::new(), &mut finished))
}

fn visit(
    graph: &Graph,
    node: &str,
    way: &mut Vec<String>,
    finished: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(place) = way.iter().position(|earlier| earlier == node) {
        let mut circle = way.get(place..).unwrap_or_default().to_vec();
        circle.push(node.to_owned());
        return Some(circle);
    }
    if finished.contains(node) {
        return None;
    }
    way.push(node.to_owned());
    let circle = graph
        .get(node)
        .into_iter()
        .flatten()
        .find_map(|next| visit(graph, next, way, finished));
    way.pop();
    finished.insert(node.to_owned());
    circle
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::walls::sources::tests::house;

    #[test]
    fn modules_in_a_circle_are_named_in_order() {
        let root = house(
            "cycles",
            &[
                ("src-tauri/core/src/lib.rs", "//! Core.\n"),
                ("src-tauri/core/src/a.rs", "//! A.\nuse crate::b::B;\n"),
                (
                    "src-tauri/core/src/b/mod.rs",
                    "//! B. Not crate::d.\npub mod c;\n",
                ),
                (
                    "src-tauri/core/src/b/c.rs",
                    "//! C.\nuse crate::a::A;\n#[cfg(test)]\nmod t { use crate::d::D; }\n",
                ),
                ("src-tauri/core/src/d.rs", "//! D.\nuse crate::a::A;\n"),
                (
                    "ui/src/one.ts",
                    "import { two } from \"./two\";\nimport type { X } from \"./three\";\n",
                ),
                ("ui/src/two.ts", "export const two = 2;\n"),
                ("ui/src/three.ts", "import { one } from \"./one\";\n"),
            ],
        );
        let breaches = check(&root).unwrap();
        assert_eq!(
            breaches,
            ["the modules of core import each other in a circle: a → b → a"]
        );
    }

    #[test]
    fn files_of_the_window_in_a_circle_are_found_through_folders() {
        let root = house(
            "ui-cycles",
            &[
                (
                    "ui/src/views/A.svelte",
                    "<script>\nimport B from \"../parts/B.svelte\";\n</script>",
                ),
                (
                    "ui/src/parts/B.svelte",
                    "<script>\nimport { x } from \"../state\";\n</script>",
                ),
                (
                    "ui/src/state/index.ts",
                    "import A from \"../views/A.svelte\";\n",
                ),
            ],
        );
        let breaches = check(&root).unwrap();
        assert_eq!(breaches.len(), 1, "{breaches:?}");
        assert!(
            breaches[0]
                .contains("parts/B.svelte → state/index.ts → views/A.svelte → parts/B.svelte")
        );
    }
}
