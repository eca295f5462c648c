//! The job of a person in the real window: sign in through the browser, drop a folder by a real drag, press Upload,
//! pull the plug in the middle, start again, and see it published. Nothing in it is simulated but the person.

use serde_json::json;
use waypost_e2e::acts::{fill, wait_for_plan_of};
use waypost_e2e::drag::drop_onto;
use waypost_e2e::process::wait_for;
use waypost_e2e::secrets::{files_with, in_environments, in_process_list};
use waypost_e2e::stage::{Stage, sha256_of, shot};
use waypost_generator::{PracticeOptions, write_practice_folder};
use waypost_testkit::canary;

#[test]
fn a_person_gets_from_a_dropped_folder_to_published_through_a_power_cut() {
    let Some(stage) = Stage::set() else { return };
    let photos = stage.home.path().join("My photos ü");
    let options = PracticeOptions {
        photos_per_sequence: 30,
        padding_bytes: 60_000,
        ..PracticeOptions::default()
    };
    let folder = write_practice_folder(&photos, &options).expect("photos to drop");
    let originals = sha256_of(&folder.good);

    let window = stage.open();
    window.click("[data-testid=welcome-start]");
    window.wait_for_text("Drop a folder");
    window.wait_for_paint();
    shot(&window, "window-1-empty");
    stage.sign_in(&window);
    shot(&window, "window-2-signed-in");
    let token = stage.token();
    assert!(token.len() >= 20, "a token worth protecting");

    // The folder, by a real drag.
    window.click("[data-testid=nav-prepare]");
    drop_onto(&stage.screen, "Waypost", &photos);
    window.wait_for_text("60");
    let button = "[data-testid=upload-button]";
    wait_for_plan_of(&window, 60);
    shot(&window, "window-3-plan");
    assert!(
        stage.server.state()["sessions"].as_array().is_some_and(Vec::is_empty),
        "nothing is sent before Upload"
    );

    // Upload, and the line breaks in the middle; then the plug is pulled.
    let cut =
        json!({"endpoint": "upload_send", "times": 0, "action": {"kind": "drop_after_body_bytes", "bytes": 300_000}});
    stage.server.add_fault(&cut);
    window.click(button);
    wait_for("part of the bytes at the server", || {
        let state = stage.server.state();
        let sessions = state["sessions"].as_array()?;
        sessions
            .iter()
            .any(|session| session["length"].as_u64() >= Some(300_000))
            .then_some(())
    });
    shot(&window, "window-4-sending");
    stage.kill_app();
    drop(window);
    assert!(
        stage.server.state()["clusters"].as_array().is_some_and(Vec::is_empty),
        "nothing was finished yet"
    );
    stage.server.clear_faults();

    // Start again: it goes on by itself.
    let window = stage.open();
    window.click("[data-testid=nav-library]");
    let rows = "[data-testid=library-row]";
    wait_for("both sequences in the library", || {
        let count = window.run(&format!("return document.querySelectorAll('{rows}').length"));
        (count == json!(2)).then_some(())
    });
    window.wait_for_text("Published");
    window.wait_for_paint();
    shot(&window, "window-5-published");
    window.click("[data-testid=nav-settings]");
    fill(&window, "#theme", "dark");
    wait_for("the dark theme", || {
        let theme = window.run("return document.documentElement.dataset.theme ?? ''");
        (theme == json!("dark")).then_some(())
    });
    window.click("[data-testid=nav-library]");
    window.wait_for_text("Published");
    window.wait_for_paint();
    shot(&window, "window-6-dark");
    let state = stage.server.state();
    let clusters = state["clusters"].as_array().expect("clusters");
    assert_eq!(clusters.len(), 2, "each sequence once: {clusters:#?}");
    assert_eq!(
        state["violations"],
        json!([]),
        "a strict server has nothing to complain about"
    );

    // The link opens in the browser, at the server's own viewer.
    window.click("[data-testid=library-row]");
    window.click("[data-testid=line-open]");
    let opened = stage.browser.next_address();
    assert!(opened.contains("/app/?pKey="), "{opened}");

    // The secrets are in the keychain and nowhere else; the originals are as they were.
    assert!(!window.dom().contains(&token), "the page never sees the token");
    let stored = window.run("return JSON.stringify({...localStorage}) + document.cookie + location.href");
    assert!(!stored.as_str().unwrap_or_default().contains(&token));
    assert_eq!(in_process_list(), Vec::<String>::new(), "a secret is in a command line");
    assert_eq!(
        in_environments(&token),
        Vec::<String>::new(),
        "a process was given the token"
    );
    drop(window);
    for secret in [&token, &stage.server.info("client_secret")] {
        let mut found = files_with(stage.home.path(), secret);
        found.retain(|path| !path.contains(&format!("/{}/", canary::SERVICE)));
        assert_eq!(found, Vec::<String>::new(), "a secret is in a file");
    }
    assert_eq!(sha256_of(&folder.good), originals, "no original was changed");
}
