//! The licence texts of everything that a package contains, in one file that travels with it.
//!
//! Taken from the sources of the locked versions: what `cargo metadata` says is compiled into the window's program, and
//! the two npm packages that the page contains.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::command::{cargo, output};
use crate::json::Json;
use crate::place;

/// The program that packages install.
const PROGRAM: &str = "waypost-desktop";
/// What is compiled into the page (docs/third-party.md).
const PAGE: [&str; 2] = ["svelte", "@tauri-apps/api"];
/// How files with licence texts begin.
const NAMES: [&str; 6] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE"];
/// Licence files of C code lie one folder deeper.
const DEEPEST: usize = 2;

/// A package of others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    licence: String,
    folder: PathBuf,
}

/// Writes the file and returns where it is.
pub fn write() -> Result<PathBuf, String> {
    let metadata = Json::parse(&output(&mut cargo(&[
        "metadata",
        "--format-version",
        "1",
        "--locked",
        "--filter-platform",
        &host()?,
    ]))?)?;
    let mut packages = compiled_in(&metadata)?;
    for name in PAGE {
        packages.insert(of_page(name)?);
    }
    let about = read(&place::root().join("docs/third-party.md"))?;
    let folder = place::target().join("notices");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let path = folder.join("THIRD-PARTY.txt");
    let text = document(&about, &packages)?;
    std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("{} packages of others in {}", packages.len(), path.display());
    Ok(path)
}

/// The platform this is built for.
fn host() -> Result<String, String> {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    output(&mut crate::command::command(&rustc, &["-vV"]))?
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))
        .ok_or_else(|| "rustc does not say for which platform it builds".into())
}

/// Everything that is reachable from the program by dependencies that are compiled in.
fn compiled_in(metadata: &Json) -> Result<BTreeSet<Package>, String> {
    let text = |value: &Json, name: &str| value.get(name).and_then(Json::text).unwrap_or_default().to_owned();
    let all: BTreeMap<String, &Json> = metadata
        .get("packages")
        .map_or(&[][..], Json::items)
        .iter()
        .map(|package| (text(package, "id"), package))
        .collect();
    let nodes: BTreeMap<String, &Json> = metadata
        .get("resolve")
        .and_then(|resolve| resolve.get("nodes"))
        .map_or(&[][..], Json::items)
        .iter()
        .map(|node| (text(node, "id"), node))
        .collect();
    let program = all
        .iter()
        .find(|(_, package)| text(package, "name") == PROGRAM)
        .ok_or_else(|| format!("cargo knows no {PROGRAM}"))?;
    let (mut seen, mut open) = (BTreeSet::new(), vec![program.0.clone()]);
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(&id).filter(|_| seen.insert(id.clone())) else {
            continue;
        };
        for dependency in node.get("deps").map_or(&[][..], Json::items) {
            let kinds = dependency.get("dep_kinds").map_or(&[][..], Json::items);
            if kinds.iter().any(|kind| kind.get("kind") == Some(&Json::Null)) {
                open.push(text(dependency, "pkg"));
            }
        }
    }
    let of_others = |package: &&Json| package.get("source") != Some(&Json::Null);
    let packages = seen.iter().filter_map(|id| all.get(id).copied()).filter(of_others);
    Ok(packages
        .map(|package| Package {
            name: text(package, "name"),
            version: text(package, "version"),
            licence: text(package, "license"),
            folder: Path::new(&text(package, "manifest_path"))
                .parent()
                .unwrap_or(Path::new(""))
                .to_path_buf(),
        })
        .collect())
}

fn of_page(name: &str) -> Result<Package, String> {
    let folder = place::ui().join("node_modules").join(name);
    let package = Json::parse(&read(&folder.join("package.json"))?)?;
    let text = |name: &str| package.get(name).and_then(Json::text).unwrap_or_default().to_owned();
    Ok(Package {
        name: name.to_owned(),
        version: text("version"),
        licence: text("license"),
        folder,
    })
}

/// The list of packages, then each text once with the packages that carry it.
fn document(about: &str, packages: &BTreeSet<Package>) -> Result<String, String> {
    let mut text = format!("{about}\n\n# The packages\n\n");
    let mut carried: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in packages {
        let shown = format!("{} {}", package.name, package.version);
        let texts = texts_of(&package.folder, DEEPEST);
        if texts.is_empty() && package.licence.is_empty() {
            return Err(format!("{shown} says nothing about its licence"));
        }
        let note = if texts.is_empty() {
            " (its package carries no text of it)"
        } else {
            ""
        };
        let licence = Some(package.licence.as_str()).filter(|licence| !licence.is_empty());
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{shown}: {}{note}", licence.unwrap_or("see the text below"));
        for licence in texts {
            carried.entry(licence).or_default().push(shown.clone());
        }
    }
    text.push_str("\n# The texts\n");
    for (licence, of) in &carried {
        let _ = writeln!(
            text,
            "\n{}\n{}\n\n{}",
            "=".repeat(80),
            of.join(", "),
            licence.trim_end()
        );
    }
    Ok(text)
}

/// The licence texts in a folder and `deeper` folders below it, in the order of their names.
fn texts_of(folder: &Path, deeper: usize) -> Vec<String> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let mut texts = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if path.is_dir() {
            let is_ours = name != "NODE_MODULES" && name != "TESTS";
            if deeper > 0 && is_ours {
                texts.extend(texts_of(&path, deeper - 1));
            }
        } else if NAMES.iter().any(|begin| name.starts_with(begin))
            && path.extension().is_none_or(|extension| extension != "rs")
        {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            if !text.trim().is_empty() && !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    texts
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const METADATA: &str = r#"{
        "packages": [
            {"id": "p", "name": "waypost-desktop", "version": "1", "license": "MIT", "source": null, "manifest_path": "/a/Cargo.toml"},
            {"id": "x", "name": "x", "version": "2", "license": "ISC", "source": "registry", "manifest_path": "/x/Cargo.toml"},
            {"id": "y", "name": "y", "version": "3", "license": null, "source": "registry", "manifest_path": "/y/Cargo.toml"},
            {"id": "t", "name": "t", "version": "4", "license": "MIT", "source": "registry", "manifest_path": "/t/Cargo.toml"}
        ],
        "resolve": {"nodes": [
            {"id": "p", "deps": [
                {"pkg": "x", "dep_kinds": [{"kind": null}]},
                {"pkg": "t", "dep_kinds": [{"kind": "dev"}, {"kind": "build"}]}
            ]},
            {"id": "x", "deps": [{"pkg": "y", "dep_kinds": [{"kind": "build"}, {"kind": null}]}]},
            {"id": "y", "deps": [{"pkg": "x", "dep_kinds": [{"kind": null}]}]},
            {"id": "t", "deps": []}
        ]}
    }"#;

    #[test]
    fn what_is_compiled_in_is_listed_and_what_builds_and_tests_is_not() {
        let packages = compiled_in(&Json::parse(METADATA).unwrap()).unwrap();
        let names: Vec<&str> = packages.iter().map(|package| package.name.as_str()).collect();
        assert_eq!(names, ["x", "y"]);
    }

    #[test]
    fn a_text_that_many_carry_is_printed_once_and_a_package_without_any_licence_is_refused() {
        let folder = std::env::temp_dir().join(format!("waypost-notices-{}", std::process::id()));
        let package = |name: &str, licence: &str| Package {
            name: name.into(),
            version: "1".into(),
            licence: licence.into(),
            folder: folder.join(name),
        };
        for name in ["a", "b/third_party", "c"] {
            std::fs::create_dir_all(folder.join(name)).unwrap();
        }
        std::fs::write(folder.join("a/LICENSE-MIT"), "Permission is granted\r\n").unwrap();
        std::fs::write(folder.join("b/third_party/COPYING"), "Permission is granted\n").unwrap();
        let two = BTreeSet::from([package("a", "MIT"), package("b", "")]);
        let text = document("About", &two).unwrap();
        assert_eq!(text.matches("Permission is granted").count(), 1);
        assert!(text.contains("a 1, b 1") && text.contains("a 1: MIT\n"), "{text}");
        let refused = document("About", &BTreeSet::from([package("c", "")])).unwrap_err();
        assert!(refused.contains("c 1"), "{refused}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
