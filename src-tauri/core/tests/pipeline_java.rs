//! Java reads our zips as a stream, which only works where every entry carries its size and checksum in front.

mod pipeline_support;

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use pipeline_support::package::{md5_hex, read_all, walk};
use waypost_core::observe::Unobserved;
use waypost_core::package::{image_part, write_zip_file};

#[test]
fn java_reads_every_photo_of_a_zip_as_a_stream() {
    // A JRE alone cannot start a source file; a runtime that is missing or too old is told apart by its answer.
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/java/ReadZip.java");
    let compiles = Command::new("java").arg("--list-modules").output();
    let compiles = compiles.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("jdk.compiler"));
    if !compiles {
        let said = "SKIPPED: no java that starts source files (JDK 17 or later) is here\n";
        std::io::stderr().write_all(said.as_bytes()).unwrap();
        return;
    }
    let walk = walk(5);
    let zip = write_zip_file(&Arc::clone(&walk.photos), walk.folder.path(), &Unobserved).unwrap();
    let output = Command::new("java").arg(program).arg(&zip).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let expected: Vec<String> = walk
        .photos
        .iter()
        .enumerate()
        .map(|(number, photo)| {
            let bytes = read_all(&image_part(photo.clone()), 0).unwrap();
            format!("{number}.jpg {} {}", bytes.len(), md5_hex(&bytes))
        })
        .collect();
    let read: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(String::from)
        .collect();
    assert_eq!(read, expected);
}
