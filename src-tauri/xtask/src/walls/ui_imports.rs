//! What files of the window import: Tauri only below `platform`, and nothing in a circle.

use std::collections::BTreeSet;

use super::graph::{Graph, circles};
use super::tree::Tree;

const FOLDER: &str = "ui/src";
const ENDINGS: [&str; 3] = [".ts", ".js", ".svelte"];

/// Checks every file of the window.
pub fn check(tree: &Tree) -> Vec<String> {
    let files: BTreeSet<&str> = tree.below(FOLDER, &ENDINGS).map(|(name, _)| name).collect();
    let mut breaches = Vec::new();
    let mut graph = Graph::new();
    for (name, text) in tree.below(FOLDER, &ENDINGS) {
        let imports = imports(text);
        if !name.starts_with("ui/src/platform/")
            && let Some(import) = imports.iter().find(|import| import.starts_with("@tauri-apps"))
        {
            breaches.push(format!("{name} imports {import}: only ui/src/platform knows Tauri"));
        }
        let targets = imports.iter().filter_map(|import| resolve(name, import, &files));
        graph.insert(name.to_owned(), targets.collect());
    }
    let circles = circles(&graph).into_iter();
    breaches.extend(circles.map(|circle| format!("files of the window import each other in a circle: {circle}")));
    breaches
}

/// What a file imports, types included: `import … from "x"`, `import "x"`, `export … from "x"`, `import("x")`.
fn imports(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for word in ["from", "import"] {
        for (at, _) in text.match_indices(word) {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let is_word = !before.is_some_and(|letter| letter.is_alphanumeric() || "_$.".contains(letter));
            let rest = text.get(at + word.len()..).unwrap_or_default().trim_start();
            let rest = rest.strip_prefix('(').unwrap_or(rest).trim_start();
            let Some(quote) = rest.chars().next().filter(|letter| "\"'".contains(*letter)) else {
                continue;
            };
            if let Some((path, _)) = rest[1..]
                .split_once(quote)
                .filter(|(path, _)| is_word && !path.contains('\n'))
            {
                found.push(path);
            }
        }
    }
    found
}

fn resolve(from: &str, import: &str, files: &BTreeSet<&str>) -> Option<String> {
    if !import.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in import.split('?').next().unwrap_or_default().split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    let stem = path.trim_end_matches(".js");
    [
        path.clone(),
        format!("{stem}.ts"),
        format!("{path}.svelte"),
        format!("{path}/index.ts"),
    ]
    .into_iter()
    .find(|candidate| files.contains(candidate.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_in_a_circle_are_found_through_folders_lines_and_types() {
        let tree = Tree::of(&[
            (
                "ui/src/views/A.svelte",
                "<script>\nimport B from \"../parts/B.svelte\";\n</script>",
            ),
            (
                "ui/src/parts/B.svelte",
                "<script>\nimport {\n  x,\n  y,\n} from '../state';\n</script>",
            ),
            ("ui/src/state/index.ts", "export * from './deep.svelte.ts';\n"),
            (
                "ui/src/state/deep.svelte.ts",
                "import type { T } from \"./late\";\nimport \"./alone.css\";\n",
            ),
            (
                "ui/src/state/late.ts",
                "const a = await import(\"../views/A.svelte\");\n",
            ),
            (
                "ui/src/state/free.ts",
                "import { a } from \"./index\";\nconst from = \"./free\";\n",
            ),
        ]);
        let breaches = check(&tree);
        assert_eq!(breaches.len(), 1, "{breaches:?}");
        for name in [
            "parts/B.svelte",
            "state/index.ts",
            "state/deep.svelte.ts",
            "state/late.ts",
            "views/A.svelte",
        ] {
            assert!(breaches[0].contains(name), "{name} in {}", breaches[0]);
        }
    }

    #[test]
    fn tauri_is_imported_by_the_platform_alone() {
        let tree = Tree::of(&[
            (
                "ui/src/platform/tauri.ts",
                "import { invoke } from \"@tauri-apps/api/core\";",
            ),
            (
                "ui/src/views/Queue.svelte",
                "<script>import { open } from '@tauri-apps/plugin-dialog'</script>",
            ),
            ("ui/src/views/Note.svelte", "<p>not from @tauri-apps</p>"),
        ]);
        assert_eq!(
            check(&tree),
            ["ui/src/views/Queue.svelte imports @tauri-apps/plugin-dialog: only ui/src/platform knows Tauri"]
        );
    }
}
