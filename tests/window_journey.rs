//! The rest of a person's way in the real window: change a plan and change one's mind, pause and go on, and fetch back
//! what was published through the desktop's own folder dialog.

use std::path::{Path, PathBuf};

use serde_json::json;
use waypost_e2e::acts::{fill, press, wait_for_plan_of};
use waypost_e2e::process::wait_for;
use waypost_e2e::stage::{Stage, sha256_of, shot};
use waypost_e2e::webdriver::Window;
use waypost_generator::{PracticeOptions, write_practice_folder};

/// Waits for the desktop's dialog called `title` and chooses `folder` in it, by keys.
fn choose_in_dialog(stage: &Stage, window: &Window, title: &str, folder: &Path) {
    let screen = &stage.screen;
    let find = || {
        let found = screen.xdotool(&["search", "--onlyvisible", "--name", title]);
        found.lines().last().filter(|line| !line.is_empty()).map(str::to_owned)
    };
    let dialog = wait_for(title, find);
    // The page answers from the loop that takes the dialog's keys too: after its answer they have been taken. Without
    // that, letters are lost while the line for the path opens, and Return finds only the beginning of it.
    let has_taken_keys = || window.run("return true");
    screen.xdotool(&["windowactivate", "--sync", &dialog]);
    has_taken_keys();
    // A slash opens the line for a path. Ctrl+L does too, but leaves the list at what was used lately, where no folder that
    // is typed can be chosen.
    screen.xdotool(&["key", "--clearmodifiers", "slash"]);
    has_taken_keys();
    screen.xdotool(&["key", "--clearmodifiers", "ctrl+a"]);
    // The slash at the end leaves nothing to complete: a list of completions would take Return for itself.
    let path = format!("{}/", folder.display());
    screen.xdotool(&["type", "--delay", "20", &path]);
    has_taken_keys();
    // Once: behind the dialog, Return would press what has the focus there.
    screen.xdotool(&["key", "--clearmodifiers", "Return"]);
    wait_for("the dialog to be gone", || find().is_none().then_some(()));
}

/// All files below `folder`.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

#[test]
fn a_person_edits_changes_their_mind_pauses_goes_on_and_fetches_it_back() {
    let Some(stage) = Stage::set() else { return };
    let photos = stage.home.path().join("Ride");
    let options = PracticeOptions {
        photos_per_sequence: 6,
        ..PracticeOptions::default()
    };
    let folder = write_practice_folder(&photos, &options).expect("photos");
    let originals = sha256_of(&folder.good);

    // One photo out, back by undo, out again by redo; the sequence gets a name.
    let window = stage.open_with(&[photos.to_str().expect("UTF-8")]);
    wait_for_plan_of(&window, 12);
    stage.sign_in(&window);
    window.click("[data-testid=nav-prepare]");
    window.click("[data-testid=exclude-photo]");
    wait_for_plan_of(&window, 11);
    press(&window, "z", true, false);
    wait_for_plan_of(&window, 12);
    press(&window, "Z", true, true);
    wait_for_plan_of(&window, 11);
    window.click("[data-testid=tab-adjust]");
    window.click("[data-testid=section-notes] summary");
    fill(&window, "[data-testid=notes-name]", "Morning ride");
    window.wait_for_text("Morning ride");
    window.wait_for_paint();
    shot(&window, "journey-1-edited");

    // Paused while nothing comes through, then on again.
    let stall = json!({"endpoint": "upload_send", "times": 0, "action": {"kind": "delay", "wait_ms": 3_600_000}});
    stage.server.add_fault(&stall);
    window.click("[data-testid=upload-button]");
    window.click("[data-testid=nav-queue]");
    window.click("[data-testid=pause-all]");
    window.wait_for_text("Paused");
    window.wait_for_paint();
    shot(&window, "journey-2-paused");
    stage.server.clear_faults();
    assert!(
        stage.server.state()["clusters"].as_array().is_some_and(Vec::is_empty),
        "nothing is finished while it is paused"
    );
    window.click("[data-testid=resume-all]");

    // In the library under its own name, with the eleven photos that were left in.
    window.click("[data-testid=nav-library]");
    wait_for("both sequences published", || {
        let script = "return [...document.querySelectorAll('[data-testid=library-row]')]\
                      .filter((row) => /Published|On the map/.test(row.innerText)).length";
        (window.run(script) == json!(2)).then_some(())
    });
    window.wait_for_text("Morning ride");
    window.wait_for_paint();
    shot(&window, "journey-3-published");

    // Fetched back: small pictures and their list, into a folder that the desktop's dialog asks for.
    let back = stage.home.path().join("back");
    std::fs::create_dir(&back).expect("a folder to fetch into");
    window.click("[data-testid=nav-take_out]");
    let is_chosen = |size: &str| {
        window.run(&format!(
            "return document.querySelector('[data-testid=take-out-{size}]')?.checked ?? null"
        ))
    };
    wait_for("the sizes", || is_chosen("256").as_bool());
    for (size, wanted) in [("256", true), ("1024", false), ("2048", false), ("original", false)] {
        if is_chosen(size) != json!(wanted) {
            window.click(&format!("[data-testid=take-out-{size}]"));
        }
    }
    window.click("[data-testid=take-out-go-estimate]");
    window.wait_for_text("11");
    window.click("[data-testid=take-out-start]");
    choose_in_dialog(&stage, &window, "Choose a folder for the take-out", &back);
    wait_for("the take-out to be done", || {
        let state = window.run("return document.querySelector('[data-testid=take-out]')?.dataset.state ?? ''");
        (state == json!("done")).then_some(())
    });
    window.wait_for_paint();
    shot(&window, "journey-4-taken-out");
    let files = files_below(&back);
    let pictures = files
        .iter()
        .filter(|path| path.extension().is_some_and(|end| end == "jpg"));
    assert_eq!(pictures.count(), 11, "{files:#?}");
    let list = files.iter().find(|path| path.ends_with("seq_dataset.csv"));
    let list = std::fs::read_to_string(list.expect("the list of sequences")).expect("text");
    assert_eq!(list.lines().count(), 3, "a head and two sequences: {list}");

    let state = stage.server.state();
    let images = state["clusters"].as_array().into_iter().flatten();
    let images: usize = images
        .map(|cluster| cluster["images"].as_array().map_or(0, Vec::len))
        .sum();
    assert_eq!(images, 11, "each photo once, and not the one that was left out");
    assert_eq!(state["violations"], json!([]));
    assert_eq!(sha256_of(&folder.good), originals, "no original was changed");
}
