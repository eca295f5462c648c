//! Who may depend on whom, asked of cargo itself.

use std::collections::BTreeMap;

use crate::command::{cargo, output};

/// What each package of ours may use of ours (dev-dependencies are free).
const MAY_USE: [(&str, &[&str]); 10] = [
    ("waypost-media", &[]),
    ("waypost-mapillary", &[]),
    ("waypost-wire", &[]),
    ("waypost-sandbox", &[]),
    ("waypost-generator", &[]),
    ("waypost-xtask", &[]),
    (
        "waypost-core",
        &["waypost-media", "waypost-mapillary", "waypost-wire"],
    ),
    (
        "waypost-cli",
        &[
            "waypost-core",
            "waypost-generator",
            "waypost-mapillary",
            "waypost-sandbox",
            "waypost-wire",
        ],
    ),
    (
        "waypost-desktop",
        &["waypost-core", "waypost-sandbox", "waypost-wire"],
    ),
    ("waypost-e2e", &["waypost-generator", "waypost-sandbox"]),
];

/// What the core must never see, however far below.
const NOT_IN_CORE: [&str; 4] = ["tauri", "wry", "tao", "clap"];

/// Checks the packages of the workspace.
pub fn check() -> Result<Vec<String>, String> {
    let mut breaches = Vec::new();
    for (package, allowed) in MAY_USE {
        let tree = tree(package, &["--depth", "1"])?;
        breaches.extend(breaches_of(package, allowed, &names(&tree)));
    }
    let members = output(&mut cargo(&[
        "tree",
        "--workspace",
        "--depth",
        "0",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))?;
    for member in names(&members) {
        if !MAY_USE.iter().any(|(package, _)| *package == member) {
            breaches.push(format!(
                "{member} is in the workspace and has no line in the walls (xtask, walls/crates.rs)"
            ));
        }
    }
    let core: Vec<String> = names(&tree("waypost-core", &[])?);
    for foreign in NOT_IN_CORE
        .iter()
        .filter(|foreign| core.iter().any(|name| name == *foreign))
    {
        breaches.push(format!(
            "waypost-core depends on {foreign}: the core knows no window and no command line"
        ));
    }
    Ok(breaches)
}

fn tree(package: &str, more: &[&str]) -> Result<String, String> {
    let arguments = [
        "tree",
        "--package",
        package,
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    output(cargo(&arguments).args(more))
}

/// The direct third-party dependencies of every package of ours, for ARCHITECTURE.md.
pub fn third_party() -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut all = BTreeMap::new();
    for (package, _) in MAY_USE {
        let arguments = [
            "tree",
            "--package",
            package,
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--depth",
            "1",
        ];
        let foreign = names(&output(&mut cargo(&arguments))?)
            .into_iter()
            .filter(|name| !name.starts_with("waypost-"))
            .collect();
        all.insert(package.to_owned(), foreign);
    }
    Ok(all)
}

fn names(tree: &str) -> Vec<String> {
    tree.lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

fn breaches_of(package: &str, allowed: &[&str], used: &[String]) -> Vec<String> {
    used.iter()
        .filter(|name| {
            name.starts_with("waypost-") && *name != package && !allowed.contains(&name.as_str())
        })
        .map(|name| {
            format!("{package} depends on {name}: nothing points upward (ARCHITECTURE.md, walls)")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_upward_is_a_breach() {
        let tree = "waypost-media v0.1.0 (somewhere)\nquick-xml v0.42.0\nwaypost-core v0.1.0 (somewhere)\n";
        let breaches = breaches_of("waypost-media", &[], &names(tree));
        assert_eq!(breaches.len(), 1);
        assert!(breaches[0].starts_with("waypost-media depends on waypost-core"));
        assert!(breaches_of("waypost-media", &["waypost-core"], &names(tree)).is_empty());
    }
}
