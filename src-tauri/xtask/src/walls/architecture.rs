//! ARCHITECTURE.md says why each direct dependency is here.

use std::collections::BTreeSet;
use std::path::Path;

use super::crates::third_party;

/// Checks the page against the manifests.
pub fn check(root: &Path) -> Result<Vec<String>, String> {
    let page = std::fs::read_to_string(root.join("ARCHITECTURE.md"))
        .map_err(|error| format!("ARCHITECTURE.md: {error}"))?;
    let used: BTreeSet<String> = third_party()?.into_values().flatten().collect();
    Ok(missing(&page, &used))
}

fn missing(page: &str, used: &BTreeSet<String>) -> Vec<String> {
    used.iter()
        .filter(|name| !page.contains(&format!("`{name}`")))
        .map(|name| format!("ARCHITECTURE.md does not say why `{name}` is a dependency"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_that_earns_no_line_is_a_breach() {
        let used = BTreeSet::from(["serde".to_owned(), "left-pad".to_owned()]);
        let breaches = missing("| `serde` | everywhere | data |", &used);
        assert_eq!(
            breaches,
            ["ARCHITECTURE.md does not say why `left-pad` is a dependency"]
        );
    }
}
