//! `bundle`: installable packages, each target named: "all" would fetch tools from the network. The licence texts of what
//! they contain travel with them.

use std::path::Path;

use crate::command::run as run_command;
use crate::{notices, packages, place, ui};

/// The kinds that can be made on this system.
fn kinds() -> &'static str {
    if cfg!(target_os = "macos") {
        "app,dmg"
    } else if cfg!(windows) {
        "msi,nsis"
    } else {
        "deb,rpm"
    }
}

/// Runs it.
pub fn run() -> Result<(), String> {
    packages::install(packages::WINDOW)?;
    ui::build()?;
    let notices = notices::write()?;
    let tauri = place::ui().join("node_modules/@tauri-apps/cli/tauri.js");
    let mut command = crate::command::command("node", &[]);
    // Here and not in tauri.conf.json: a plain build would ask for files that only a package needs.
    let resources = resources(&[
        (&notices, "THIRD-PARTY.txt"),
        (&place::root().join("LICENSE-MIT"), "LICENSE-MIT"),
        (&place::root().join("LICENSE-APACHE"), "LICENSE-APACHE"),
    ]);
    run_command(
        command
            .arg(tauri)
            .args(["build", "--bundles", kinds(), "--config", &resources]),
    )?;
    println!(
        "the packages are below {}",
        place::target().join("release/bundle").display()
    );
    Ok(())
}

/// The part of the configuration that puts these files beside the program, under these names.
fn resources(files: &[(&Path, &str)]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "/").replace('"', "\\\""));
    let members: Vec<String> = files
        .iter()
        .map(|(path, name)| format!("{}:{}", quoted(&path.display().to_string()), quoted(name)))
        .collect();
    format!("{{\"bundle\":{{\"resources\":{{{}}}}}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn files_of_a_package_are_named_in_valid_json_whatever_their_folder_is_called() {
        let text = resources(&[(Path::new("/a \"b\"/THIRD-PARTY.txt"), "THIRD-PARTY.txt")]);
        let resources = Json::parse(&text).unwrap();
        let bundle = resources.get("bundle").and_then(|bundle| bundle.get("resources"));
        let name = bundle
            .and_then(|files| files.get("/a \"b\"/THIRD-PARTY.txt"))
            .and_then(Json::text);
        assert_eq!(name, Some("THIRD-PARTY.txt"));
    }
}
