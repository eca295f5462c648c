//! A file has one purpose: it says so in its first lines, and it rarely passes 400 lines.

use super::tree::Tree;

/// More lines than this are a question.
const MANY: usize = 400;
/// More lines than this are a breach.
const TOO_MANY: usize = 600;

/// Checks every source file. The second list holds questions, which do not fail.
pub fn check(tree: &Tree) -> (Vec<String>, Vec<String>) {
    let (mut breaches, mut questions) = (Vec::new(), Vec::new());
    for (name, text) in tree.below("", &[".rs", ".ts", ".js", ".svelte", ".css"]) {
        if name.ends_with(".gen.ts") {
            continue;
        }
        let lines = text.lines().count();
        if lines > TOO_MANY {
            breaches.push(format!(
                "{name} has {lines} lines: split it by purpose ({TOO_MANY} at most)"
            ));
        } else if lines > MANY {
            questions.push(format!("{name} has {lines} lines: one purpose?"));
        }
    }
    for (name, text) in tree.below("", &[".rs"]) {
        if !text.starts_with("//!") {
            breaches.push(format!("{name} does not say in its first line (//!) why it exists"));
        }
    }
    (breaches, questions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_reason_and_a_file_without_an_end_are_breaches() {
        let lines = |count: usize| format!("//! Long.\n{}", "let a = 1;\n".repeat(count - 1));
        let tree = Tree::of(&[
            ("src/a.rs", "fn a() {}\n"),
            ("src/b.rs", &lines(601)),
            ("src/c.rs", &lines(600)),
            ("src/d.rs", &lines(400)),
            ("src/wire.gen.ts", &lines(900)),
        ]);
        let (breaches, questions) = check(&tree);
        assert_eq!(breaches.len(), 2, "{breaches:?}");
        assert!(breaches[0].contains("src/b.rs has 601 lines") && breaches[1].contains("src/a.rs"));
        assert_eq!(questions, ["src/c.rs has 600 lines: one purpose?"]);
    }
}
