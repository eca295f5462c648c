//! What the page may do is what is written here, and nothing more: a change of it must be wanted.

use serde_json::{Value, json};

fn file(text: &str) -> Value {
    serde_json::from_str(text).expect("valid JSON")
}

#[test]
fn the_window_may_listen_and_name_itself_and_nothing_else() {
    let capability = file(include_str!("../capabilities/main.json"));
    assert_eq!(capability["windows"], json!(["main"]));
    assert_eq!(capability["local"], json!(true));
    assert_eq!(capability["remote"], Value::Null);
    assert_eq!(
        capability["permissions"],
        json!(["core:event:default", "core:window:allow-set-title"])
    );
}

#[test]
fn the_page_loads_nothing_from_elsewhere_and_runs_no_text_as_code() {
    let configuration = file(include_str!("../../tauri.conf.json"));
    let policy = configuration["app"]["security"]["csp"].as_str().expect("a policy");
    let mut hosts = Vec::new();
    for directive in policy.split(';').map(str::trim) {
        let mut words = directive.split_whitespace();
        let name = words.next().expect("a directive");
        for source in words {
            assert!(
                !source.contains("unsafe") && source != "*" && source != "https:",
                "{name} allows {source}"
            );
            if source.contains("://") {
                hosts.push(source);
            }
        }
    }
    hosts.sort_unstable();
    // Names that the web view gives to its own channels on Windows; nothing listens there.
    assert_eq!(hosts, ["http://ipc.localhost", "http://thumb.localhost"]);
    assert_eq!(configuration["app"]["withGlobalTauri"], json!(false));
    assert_eq!(configuration["app"]["security"]["freezePrototype"], json!(true));
    assert_eq!(configuration["app"]["windows"].as_array().map(Vec::len), Some(1));
}

#[test]
fn every_bundle_target_is_named() {
    let configuration = file(include_str!("../../tauri.conf.json"));
    assert_eq!(
        configuration["bundle"]["targets"],
        json!(["deb", "rpm", "app", "dmg", "msi", "nsis"])
    );
}
