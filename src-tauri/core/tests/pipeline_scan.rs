//! Which files are found below the given paths, and that each gets an answer.

mod pipeline_support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use pipeline_support::{plan_of, refusals, sent_names, try_plan_of, write_photo, write_walk};
use waypost_core::observe::{ProcessObserver, ProgressCounter, Unobserved};
use waypost_core::process::process;
use waypost_core::scan::{CandidateKind, scan};
use waypost_core::settings::{ReadSettings, SequenceSettings};
use waypost_wire::PlanProgress;

/// Photos five metres apart, so that none is a duplicate of another.
fn photo(path: &Path, number: u32) -> PathBuf {
    write_photo(path, |spec| {
        spec.lat_deg = Some(52.5 + f64::from(number) * 5e-5);
        spec.captured_at_ms = Some(1_700_000_000_000 + i64::from(number) * 2000);
    })
}

fn found(paths: &[&Path], skip_subfolders: bool) -> Vec<String> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    let found = scan(&paths, skip_subfolders, &ProgressCounter::new(&Unobserved)).unwrap();
    assert_eq!(found.refusals, []);
    found
        .candidates
        .iter()
        .map(|candidate| candidate.path.file_name().unwrap().to_string_lossy().into())
        .collect()
}

#[test]
fn folders_are_searched_with_their_subfolders_unless_told_otherwise() {
    let root = tempfile::tempdir().unwrap();
    photo(&root.path().join("b.jpg"), 1);
    photo(&root.path().join("deep/er/a.JPEG"), 2);
    assert_eq!(found(&[root.path()], false), ["b.jpg", "a.JPEG"]);
    assert_eq!(found(&[root.path()], true), ["b.jpg"]);
}

#[test]
fn hidden_and_foreign_files_are_passed_over_in_silence() {
    let root = tempfile::tempdir().unwrap();
    for name in [
        "a.jpg",
        "._a.jpg",
        ".hidden/b.jpg",
        "GX010042.THM",
        "GL010042.LRV",
        "track.gpx",
        "noext",
        ".jpg",
    ] {
        photo(&root.path().join(name), 1);
    }
    assert_eq!(found(&[root.path()], false), ["a.jpg"]);
    assert_eq!(plan_of(&[root.path()]).file_count, 1);
}

#[test]
fn a_file_that_was_named_itself_is_taken_whatever_its_name() {
    let root = tempfile::tempdir().unwrap();
    let odd = photo(&root.path().join(".hidden-without-suffix"), 1);
    let thumbnail = photo(&root.path().join("GX010042.THM"), 2);
    let note = root.path().join("note.txt");
    fs::write(&note, "no photo").unwrap();
    let plan = plan_of(&[&odd, &thumbnail, &note]);
    assert_eq!(sent_names(&plan), [".hidden-without-suffix", "GX010042.THM"]);
    assert_eq!(
        refusals(&plan),
        [(
            "not_a_jpeg",
            "note.txt is not a JPEG photo, whatever its name says.".to_string()
        )]
    );
}

#[test]
fn pictures_and_videos_that_cannot_be_sent_are_refused_by_name() {
    let root = tempfile::tempdir().unwrap();
    for name in ["a.heic", "b.TIFF", "c.GPR", "d.webp", "e.MP4", "f.360", "g.png"] {
        fs::write(root.path().join(name), "bytes").unwrap();
    }
    let plan = plan_of(&[root.path()]);
    let codes: Vec<_> = refusals(&plan).into_iter().map(|(code, _)| code).collect();
    let (format, video) = ("format_not_supported", "not_a_video");
    assert_eq!(codes, [format, format, format, format, video, video, format]);
    assert!(plan.refusals[0].message.starts_with("a.heic is a HEIC photo"));
    assert!(plan.refusals.iter().all(|refusal| !refusal.action.is_empty()));
}

#[test]
fn a_path_that_does_not_exist_is_an_error_that_names_it() {
    let root = tempfile::tempdir().unwrap();
    let gone = root.path().join("gone");
    let error = try_plan_of(&[root.path(), &gone]).unwrap_err();
    assert_eq!(error.code(), "path_not_found");
    assert!(error.to_string().contains("gone"));
}

#[test]
fn a_file_reached_in_two_ways_is_taken_once() {
    let root = tempfile::tempdir().unwrap();
    let one = photo(&root.path().join("sub/a.jpg"), 1);
    photo(&root.path().join("sub/b.jpg"), 2);
    assert_eq!(
        found(&[&one, root.path(), &root.path().join("sub/../sub")], false),
        ["a.jpg", "b.jpg"]
    );
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_are_followed_once_and_loops_end() {
        let root = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        photo(&root.path().join("card/a.jpg"), 1);
        photo(&elsewhere.path().join("b.jpg"), 2);
        symlink(root.path(), root.path().join("card/up")).unwrap();
        symlink(root.path().join("card"), root.path().join("again")).unwrap();
        symlink(elsewhere.path(), root.path().join("other")).unwrap();
        symlink("self", root.path().join("self")).unwrap();
        let mut names = found(&[root.path()], false);
        names.sort();
        assert_eq!(names, ["a.jpg", "b.jpg"]);
    }

    #[test]
    fn a_linked_photo_keeps_the_folder_and_name_it_was_found_under() {
        let root = tempfile::tempdir().unwrap();
        let store = tempfile::tempdir().unwrap();
        for number in 0..3 {
            let target = photo(&store.path().join(format!("{number}/object")), number);
            symlink(target, root.path().join(format!("{number}.jpg"))).unwrap();
        }
        let plan = plan_of(&[root.path()]);
        assert_eq!(plan.sequences.len(), 1);
        assert_eq!(sent_names(&plan), ["0.jpg", "1.jpg", "2.jpg"]);
        assert!(plan.sequences[0].photos[0].resolved_path().ends_with("0/object"));
    }

    #[test]
    fn a_link_to_a_photo_beside_it_is_not_a_second_photo() {
        let root = tempfile::tempdir().unwrap();
        photo(&root.path().join("b.jpg"), 1);
        symlink("b.jpg", root.path().join("a.jpg")).unwrap();
        assert_eq!(found(&[root.path()], false), ["b.jpg"]);
    }

    #[test]
    fn links_to_nothing_and_pipes_are_answered_and_never_waited_for() {
        let root = tempfile::tempdir().unwrap();
        photo(&root.path().join("a.jpg"), 1);
        symlink("gone.jpg", root.path().join("link.jpg")).unwrap();
        let status = std::process::Command::new("mkfifo")
            .arg(root.path().join("pipe.jpg"))
            .status()
            .unwrap();
        assert!(status.success());
        let plan = plan_of(&[root.path()]);
        assert_eq!(sent_names(&plan), ["a.jpg"]);
        assert_eq!(
            refusals(&plan),
            [
                (
                    "unreadable",
                    "link.jpg is a link to a file that does not exist.".to_string()
                ),
                ("unreadable", "pipe.jpg is not a regular file.".to_string()),
            ]
        );
    }

    #[test]
    fn strange_names_work_and_cannot_disguise_themselves() {
        let root = tempfile::tempdir().unwrap();
        let names: [&[u8]; 4] = [
            b"not-\xff-utf8.jpg",
            b"new\nline.jpg",
            "\u{202e}gpj.jpg".as_bytes(),
            b" blank .jpg",
        ];
        for (number, name) in (0..).zip(names) {
            photo(&root.path().join(OsStr::from_bytes(name)), number);
        }
        photo(&root.path().join(OsStr::from_bytes(b"\xff\n.jpg")), 99);
        fs::write(root.path().join(OsStr::from_bytes(b"\xff\n.jpg")), "").unwrap();
        let plan = plan_of(&[root.path()]);
        assert_eq!(plan.photo_count(), 4);
        assert_eq!(
            refusals(&plan),
            [("empty_file", "\u{fffd}\u{fffd}.jpg is empty.".to_string())]
        );
        let view = waypost_wire::PlanView::from(&plan);
        let names: Vec<&str> = view.sequences[0]
            .points
            .iter()
            .map(|point| point.file_name.as_str())
            .collect();
        assert_eq!(
            names,
            [
                "not-\u{fffd}-utf8.jpg",
                "new\u{fffd}line.jpg",
                "\u{fffd}gpj.jpg",
                " blank .jpg"
            ]
        );
    }
}

#[test]
fn names_decide_nothing_about_kind_but_the_suffix() {
    let root = tempfile::tempdir().unwrap();
    photo(&root.path().join("GS010001.36P"), 1);
    let paths = [root.path().to_path_buf()];
    let found = scan(&paths, false, &ProgressCounter::new(&Unobserved)).unwrap();
    assert_eq!(found.candidates[0].kind, CandidateKind::Photo);
}

/// Stops after so many looks.
struct StopAfter {
    looks: AtomicU64,
    stop_at: u64,
}

impl ProcessObserver for StopAfter {
    fn progress(&self, _progress: PlanProgress) {}

    fn cancelled(&self) -> bool {
        self.looks.fetch_add(1, Ordering::Relaxed) >= self.stop_at
    }
}

#[test]
fn it_stops_when_asked_to_at_any_file() {
    let root = tempfile::tempdir().unwrap();
    write_walk(root.path(), 10);
    let paths = [root.path().to_path_buf()];
    for stop_at in [0, 5, 10, 15, 19] {
        let observer = StopAfter {
            looks: AtomicU64::new(0),
            stop_at,
        };
        let stopped = process(
            &paths,
            &ReadSettings::default(),
            &SequenceSettings::default(),
            &observer,
        );
        assert_eq!(stopped.unwrap_err().code(), "stopped");
    }
}

#[derive(Default)]
struct Last(std::sync::Mutex<Vec<PlanProgress>>);

impl ProcessObserver for Last {
    fn progress(&self, progress: PlanProgress) {
        self.0.lock().unwrap().push(progress);
    }

    fn cancelled(&self) -> bool {
        false
    }
}

#[test]
fn progress_counts_up_to_what_the_plan_holds() {
    let root = tempfile::tempdir().unwrap();
    write_walk(root.path(), 5);
    fs::write(root.path().join("empty.jpg"), "").unwrap();
    fs::write(root.path().join("video.mp4"), "").unwrap();
    let observer = Last::default();
    process(
        &[root.path().into()],
        &ReadSettings::default(),
        &SequenceSettings::default(),
        &observer,
    )
    .unwrap();
    let told = observer.0.into_inner().unwrap();
    let most = |count: fn(&PlanProgress) -> u64| told.iter().map(count).max().unwrap();
    assert_eq!((most(|p| p.found), most(|p| p.read), most(|p| p.usable)), (7, 7, 5));
    assert!(!told[0].scan_complete && told.last().unwrap().scan_complete);
}
