//! Desktop manners in the real window: opened with a folder, handed another one by a second start, larger by keys, in
//! another language, awake while it sends, and asking before it quits.

use std::path::{Path, PathBuf};

use serde_json::json;
use waypost_e2e::acts::{fill, press, wait_for_plan_of};
use waypost_e2e::login_manager::LoginManager;
use waypost_e2e::process::wait_for;
use waypost_e2e::stage::{Stage, shot};
use waypost_e2e::webdriver::Window;
use waypost_generator::{PracticeOptions, write_practice_folder};

fn folder(home: &Path, name: &str, photos_per_sequence: usize) -> PathBuf {
    let path = home.join(name);
    let options = PracticeOptions {
        photos_per_sequence,
        ..PracticeOptions::default()
    };
    write_practice_folder(&path, &options).expect("photos");
    path
}

fn width_of(window: &Window) -> u64 {
    window.run("return window.innerWidth").as_u64().expect("a width")
}

/// Presses Alt+F4 and waits for the question.
fn ask_to_quit(stage: &Stage) -> String {
    let screen = &stage.screen;
    let window = wait_for("the window", || {
        let found = screen.xdotool(&["search", "--onlyvisible", "--name", "^Waypost$"]);
        found.lines().last().filter(|line| !line.is_empty()).map(str::to_owned)
    });
    screen.xdotool(&["windowactivate", "--sync", &window]);
    screen.xdotool(&["key", "--clearmodifiers", "alt+F4"]);
    wait_for("the question before quitting", || {
        let found = screen.xdotool(&["search", "--onlyvisible", "--name", "Quit Waypost"]);
        found.lines().last().filter(|line| !line.is_empty()).map(str::to_owned)
    })
}

fn answer(stage: &Stage, question: &str, key: &str) {
    stage.screen.xdotool(&["windowactivate", "--sync", question]);
    stage.screen.xdotool(&["key", "--clearmodifiers", key]);
}

#[test]
fn a_desktop_hands_folders_over_is_kept_awake_and_is_asked_before_the_window_goes() {
    let Some(stage) = Stage::set() else { return };
    let login = LoginManager::start(stage.keychain.address(), stage.home.path());
    let first = folder(stage.home.path(), "First ü", 4);
    let second = folder(stage.home.path(), "-second walk", 6);

    // Opened with a folder: it is read without a click, and nothing is sent.
    let window = stage.open_with(&[first.to_str().expect("UTF-8")]);
    wait_for_plan_of(&window, 8);
    shot(&window, "desktop-1-opened-with");

    // A second start hands its folder over and ends; the window goes to it from wherever it is.
    window.click("[data-testid=nav-settings]");
    stage.start_again(&[&second]);
    wait_for_plan_of(&window, 12);
    assert!(stage.server.state()["sessions"].as_array().is_some_and(Vec::is_empty));

    // Larger by keys, as in a browser; it is a setting.
    let normal_px = width_of(&window);
    press(&window, "+", true, false);
    wait_for("the page drawn larger", || {
        (width_of(&window) < normal_px).then_some(())
    });
    press(&window, "0", true, false);
    wait_for("the page as designed", || {
        (width_of(&window) == normal_px).then_some(())
    });

    // German, at once.
    window.click("[data-testid=nav-settings]");
    fill(&window, "#language", "de");
    window.wait_for_text("Keine Verbindung zu Mapillary");
    shot(&window, "desktop-2-german");
    fill(&window, "#language", "en");
    window.wait_for_text("Not affiliated with Mapillary");

    // Awake while bytes go, free again when the person halts.
    stage.sign_in(&window);
    assert!(!login.is_held(), "nothing is sent yet: {}", login.notes());
    let stall = json!({"endpoint": "upload_send", "times": 0, "action": {"kind": "delay", "wait_ms": 3_600_000}});
    stage.server.add_fault(&stall);
    window.click("[data-testid=nav-prepare]");
    window.click("[data-testid=upload-button]");
    wait_for("the computer to be kept awake", || login.is_held().then_some(()));
    assert!(login.notes().contains("Waypost block"), "{}", login.notes());

    // Quit is asked about; Escape stays.
    let question = ask_to_quit(&stage);
    answer(&stage, &question, "Escape");
    wait_for("the question to be gone", || {
        let left = stage
            .screen
            .xdotool(&["search", "--onlyvisible", "--name", "Quit Waypost"]);
        left.is_empty().then_some(())
    });
    assert!(stage.app_is_running() && login.is_held());
    window.click("[data-testid=nav-queue]");
    window.click("[data-testid=pause-all]");
    wait_for("the computer to be let sleep", || (!login.is_held()).then_some(()));
    window.click("[data-testid=resume-all]");
    wait_for("the computer to be kept awake again", || login.is_held().then_some(()));

    // Yes ends it gracefully: everything is given back, and the uploads go on next time.
    let question = ask_to_quit(&stage);
    answer(&stage, &question, "Return");
    wait_for("the app to end", || (!stage.app_is_running()).then_some(()));
    wait_for("the computer to be let sleep at the end", || {
        (!login.is_held()).then_some(())
    });
    drop(window);
    stage.server.clear_faults();
    let window = stage.open();
    window.click("[data-testid=nav-queue]");
    wait_for("both sequences at the service, each once", || {
        let state = stage.server.state();
        (state["clusters"].as_array()?.len() == 2).then_some(())
    });
    assert_eq!(stage.server.state()["violations"], json!([]));
}
