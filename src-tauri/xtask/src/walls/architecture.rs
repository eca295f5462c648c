//! ARCHITECTURE.md says why each direct dependency is here.

use std::collections::{BTreeMap, BTreeSet};

use super::crates::Manifests;
use super::tree::Tree;

const PAGE: &str = "ARCHITECTURE.md";

/// Checks the page against the manifests.
pub fn check(tree: &Tree, manifests: &Manifests) -> Vec<String> {
    match tree.text(PAGE) {
        Some(page) => missing(page, &manifests.third_party()),
        None => vec![format!("{PAGE} is missing")],
    }
}

fn missing(page: &str, used: &BTreeMap<&str, BTreeSet<&str>>) -> Vec<String> {
    used.iter()
        .filter(|(name, _)| !page.contains(&format!("`{name}`")))
        .map(|(name, users)| {
            let users: Vec<&str> = users.iter().copied().collect();
            format!(
                "{PAGE} does not say why `{name}` is here; {} depends on it",
                users.join(", ")
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_that_earns_no_line_is_a_breach() {
        let users = BTreeSet::from(["waypost-cli", "waypost-core"]);
        let used = BTreeMap::from([("serde", users.clone()), ("left-pad", users)]);
        let breaches = missing("| `serde` | everywhere | data; no left-pad |", &used);
        let expected = "ARCHITECTURE.md does not say why `left-pad` is here; waypost-cli, waypost-core depends on it";
        assert_eq!(breaches, [expected]);
    }
}
