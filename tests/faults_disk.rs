//! Full disks, folders that cannot be written and a second instance, with the real program: it says what is wrong, and
//! once that is mended the upload is there, once.

#![cfg(target_os = "linux")]

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use waypost_e2e::process::wait_for;
use waypost_e2e::quick_upload::{QuickUpload, merged};
use waypost_testkit::line::{Line, Place, Trouble};

/// What the program logs when it cannot write its journal while it sends, and while it follows; it then waits for room.
const STANDS: [&str; 2] = ["the journal cannot be written", "following failed"];

fn stands(said: &str) -> bool {
    STANDS.iter().any(|words| said.contains(words))
}

/// Starts the upload with files of at most so many bytes, and lets it run until it ends or stands still for want of
/// room; returns what it said.
fn until_the_disk_is_full(upload: &QuickUpload, package: &str, limit_bytes: u64) -> String {
    // POSIX counts in blocks of 512 bytes. A program that ignores the signal is told by the write that fails.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", limit_bytes / 512);
    let plain = upload.command(package, None);
    let mut command = Command::new("sh");
    command
        .args(["-c", &script, "sh"])
        .arg(plain.get_program())
        .args(plain.get_args());
    upload.surround(&mut command, None);
    // Not into files: their size would be limited too.
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut stderr = child.stderr.take().expect("piped");
    let mut program = waypost_e2e::process::Guarded::adopt(child, "waypost");
    let said = Arc::new(Mutex::new(String::new()));
    let reading = {
        let said = Arc::clone(&said);
        std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(count @ 1..) = stderr.read(&mut piece) {
                said.lock()
                    .expect("no panic")
                    .push_str(&String::from_utf8_lossy(&piece[..count]));
            }
        })
    };
    let all = || said.lock().expect("no panic").clone();
    wait_for("the end, or a journal that stands", || {
        let said = all();
        (!program.is_running() || stands(&said)).then_some(())
    });
    program.kill();
    reading.join().expect("no panic");
    std::fs::write(upload.path("said").join("full.err"), all()).expect("what it said");
    all()
}

#[test]
fn a_file_size_limit_stops_the_journal_with_a_clear_error_and_nothing_is_lost_or_doubled() {
    let mut rows = Vec::new();
    let mut stopped = 0;
    for limit_kib in [0, 4, 16, 32, 64, 96, 128, 160, 192, 224, 256, 320] {
        for package in ["zip", "images"] {
            let upload = QuickUpload::new();
            let said = until_the_disk_is_full(&upload, package, limit_kib * 1_024);
            assert!(!said.contains("panicked"), "{limit_kib} KiB: {said}");
            let names_it = said.contains("journal") || said.contains("waypost.sqlite3") || said.contains("data");
            assert!(names_it, "{limit_kib} KiB: {said}");
            stopped += u64::from(stands(&said) || said.contains("disk") || said.contains("File too large"));
            upload.finish(package, "2");
            let mut row = upload.look(&format!("{limit_kib} KiB, {package}"));
            row.kills = u64::from(stands(&said));
            rows.push(row);
        }
    }
    assert!(stopped > 5, "the limit was met {stopped} times");
    merged("disk full (RLIMIT_FSIZE)", &rows).close();
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named_and_nothing_is_sent() {
    let mut rows = Vec::new();
    let file = "a file";
    // Not even the superuser makes folders below /proc.
    for folder in [file, "/proc/waypost/data"] {
        let upload = QuickUpload::new();
        let folder = upload.path(folder);
        if folder.ends_with(file) {
            std::fs::write(&folder, "").expect("a file");
        }
        let mut command = upload.command("zip", None);
        command.env("WAYPOST_DATA_DIR", &folder).env_remove("WAYPOST_LOG");
        let status = upload.spawn(&mut command, "refused").wait();
        let said = upload.said("refused");
        assert!(
            !status.success() && said.contains(&folder.display().to_string()),
            "{status}: {said}"
        );
        assert!(!said.contains("panicked"), "{said}");
        assert_eq!(upload.sent_requests(), 0, "nothing is sent without a journal");
        upload.finish("zip", "2");
        rows.push(upload.look(&folder.display().to_string()));
    }
    merged("data folder that cannot be written", &rows).close();
}

#[test]
fn a_second_instance_says_that_one_is_running_and_the_first_goes_on() {
    let mut rows = Vec::new();
    for package in ["zip", "images"] {
        let upload = QuickUpload::new();
        let line = Line::with(&upload.address(), Place::Sent(20_000), Trouble::Silence);
        let mut first = upload.start(package, "1", Some(&line));
        assert!(line.wait_for_strike(|| !first.is_running()));
        let status = upload.start(package, "2", None).wait();
        let said = upload.said("2") + &std::fs::read_to_string(upload.path("said/2.out")).expect("what it said");
        assert!(
            !status.success() && said.contains("already_running"),
            "{status}: {said}"
        );
        line.cut();
        let status = first.wait();
        assert!(status.success(), "{status}: {}", upload.said("1"));
        rows.push(upload.look(package));
    }
    merged("two instances", &rows).close();
}
