//! Who may depend on whom, asked of cargo itself.

use std::collections::{BTreeMap, BTreeSet};

use crate::command::{cargo, output};
use crate::json::Json;

/// What each package of ours may be built from of ours. Dev-dependencies are free: tests may contradict each other.
const MAY_USE: [(&str, &[&str]); 12] = [
    ("waypost-md5", &[]),
    ("waypost-media", &[]),
    ("waypost-mapillary", &[]),
    ("waypost-wire", &[]),
    ("waypost-sandbox", &[]),
    ("waypost-generator", &[]),
    ("waypost-testkit", &[]),
    ("waypost-xtask", &["waypost-testkit"]),
    (
        "waypost-core",
        &["waypost-mapillary", "waypost-md5", "waypost-media", "waypost-wire"],
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
    ("waypost-desktop", &["waypost-core", "waypost-sandbox", "waypost-wire"]),
    (
        "waypost-e2e",
        &["waypost-generator", "waypost-sandbox", "waypost-testkit"],
    ),
];

/// Packages that nothing depends on, not even tests: they are the ends of the house.
const ENDS: [&str; 4] = ["waypost-cli", "waypost-desktop", "waypost-e2e", "waypost-xtask"];

/// What must not be below a package, however deep.
const NEVER_BELOW: [(&str, &[&str]); 2] = [
    ("waypost-core", &["tauri", "wry", "tao", "gtk", "clap"]),
    ("waypost-cli", &["tauri", "wry", "tao", "gtk"]),
];

/// The direct dependencies of the packages of the workspace.
#[derive(Debug)]
pub struct Manifests(BTreeMap<String, Vec<Dependency>>);

#[derive(Debug)]
struct Dependency {
    name: String,
    is_for_tests: bool,
}

impl Manifests {
    /// Asks cargo.
    pub fn read() -> Result<Self, String> {
        Self::parse(&output(&mut cargo(&[
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
        ]))?)
    }

    fn parse(metadata: &str) -> Result<Self, String> {
        let metadata = Json::parse(metadata)?;
        let text = |json: &Json, name: &str| json.get(name).and_then(Json::text).map(str::to_owned);
        let mut packages = BTreeMap::new();
        for package in metadata.get("packages").map(Json::items).unwrap_or_default() {
            let dependencies = package.get("dependencies").map(Json::items).unwrap_or_default();
            let dependencies = dependencies.iter().filter_map(|dependency| {
                let is_for_tests = text(dependency, "kind").as_deref() == Some("dev");
                text(dependency, "name").map(|name| Dependency { name, is_for_tests })
            });
            packages.insert(text(package, "name").unwrap_or_default(), dependencies.collect());
        }
        if packages.is_empty() {
            return Err("cargo metadata names no package".into());
        }
        Ok(Self(packages))
    }

    /// Every direct dependency that is not ours, with the packages that have it.
    pub fn third_party(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut users: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (package, dependencies) in &self.0 {
            for dependency in dependencies
                .iter()
                .filter(|dependency| !self.0.contains_key(&dependency.name))
            {
                users.entry(&dependency.name).or_default().insert(package);
            }
        }
        users
    }
}

/// Checks the packages of the workspace, and what is below those that must stay clean.
pub fn check(manifests: &Manifests) -> Result<Vec<String>, String> {
    let mut breaches = directions(manifests);
    for (package, foreign) in NEVER_BELOW {
        let tree = output(&mut cargo(&[
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]))?;
        breaches.extend(below(package, foreign, &tree));
    }
    Ok(breaches)
}

fn directions(manifests: &Manifests) -> Vec<String> {
    let mut breaches = Vec::new();
    for (package, dependencies) in &manifests.0 {
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| name == package) else {
            breaches.push(format!(
                "{package} is in the workspace and has no line in the walls (xtask, walls/crates.rs)"
            ));
            continue;
        };
        for Dependency { name, is_for_tests } in dependencies {
            if !manifests.0.contains_key(name) {
                continue;
            }
            let is_upward = !is_for_tests && !allowed.contains(&name.as_str());
            if is_upward || ENDS.contains(&name.as_str()) {
                breaches.push(format!(
                    "{package} depends on {name}: nothing points upward (ARCHITECTURE.md, walls)"
                ));
            }
        }
    }
    breaches
}

fn below(package: &str, foreign: &[&str], tree: &str) -> Vec<String> {
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let found = foreign.iter().filter(|name| names.contains(**name));
    found
        .map(|name| format!("{package} is built from {name}, somewhere below: it runs without a window"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifests(packages: &[(&str, &[(&str, &str)])]) -> Manifests {
        let packages: Vec<String> = packages
            .iter()
            .map(|(name, dependencies)| {
                let dependencies: Vec<String> = dependencies
                    .iter()
                    .map(|(name, kind)| format!(r#"{{"name": "{name}", "kind": {kind}, "target": null}}"#))
                    .collect();
                format!(r#"{{"name": "{name}", "dependencies": [{}]}}"#, dependencies.join(", "))
            })
            .collect();
        Manifests::parse(&format!(r#"{{"packages": [{}]}}"#, packages.join(", "))).unwrap()
    }

    #[test]
    fn an_arrow_upward_is_a_breach_and_one_from_a_test_is_none() {
        let media = (
            "waypost-media",
            &[("waypost-core", "null"), ("waypost-generator", "\"dev\"")][..],
        );
        let core = ("waypost-core", &[("waypost-media", "null"), ("serde", "null")][..]);
        let generator = ("waypost-generator", &[("waypost-wire", "\"build\"")][..]);
        let house = manifests(&[media, core, generator, ("waypost-wire", &[])]);
        let breaches = directions(&house);
        assert_eq!(breaches.len(), 2, "{breaches:?}");
        assert!(breaches[0].starts_with("waypost-generator depends on waypost-wire"));
        assert!(breaches[1].starts_with("waypost-media depends on waypost-core"));
    }

    #[test]
    fn nothing_depends_on_an_end_of_the_house_and_no_package_is_without_a_rule() {
        let core = ("waypost-core", &[("waypost-cli", "\"dev\"")][..]);
        let breaches = directions(&manifests(&[core, ("waypost-cli", &[]), ("waypost-extra", &[])]));
        assert_eq!(breaches.len(), 2, "{breaches:?}");
        assert!(breaches[0].starts_with("waypost-core depends on waypost-cli"));
        assert!(breaches[1].starts_with("waypost-extra is in the workspace and has no line"));
    }

    #[test]
    fn a_window_deep_below_the_core_is_a_breach() {
        let tree = "waypost-core v0.1.0 (somewhere)\nserde v1.0.0\ntauri v2.12.5\ntaurine v1.0.0\n";
        let breaches = below("waypost-core", &["tauri", "wry"], tree);
        assert_eq!(
            breaches,
            ["waypost-core is built from tauri, somewhere below: it runs without a window"]
        );
    }

    #[test]
    fn dependencies_that_are_not_ours_are_listed_with_their_users() {
        let core = ("waypost-core", &[("waypost-media", "null"), ("serde", "null")][..]);
        let house = manifests(&[core, ("waypost-media", &[("serde", "\"dev\"")])]);
        let expected = BTreeMap::from([("serde", BTreeSet::from(["waypost-core", "waypost-media"]))]);
        assert_eq!(house.third_party(), expected);
    }
}
