//! Zips as files: written whole, read by other programs, and sent as they are.

mod pipeline_support;

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::Command;

use pipeline_support::mutated;
use pipeline_support::package::{md5_hex, measured, read_all, touch, walk};
use waypost_core::observe::Unobserved;
use waypost_core::package::{Part, file_part, write_zip_file, zip_part};

#[test]
fn a_zip_file_is_written_whole_under_the_name_of_its_md5() {
    let walk = walk(3);
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().join("zips");
    let path = write_zip_file(&walk.photos, &folder, &Unobserved).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!(path, folder.join(format!("mly_tools_{}.zip", md5_hex(&bytes))));
    // Once more: nothing changes, and nothing is left over.
    assert_eq!(write_zip_file(&walk.photos, &folder, &Unobserved).unwrap(), path);
    fs::remove_file(&walk.photos[2].path).unwrap();
    assert_eq!(
        write_zip_file(&walk.photos, &folder, &Unobserved).unwrap_err().code(),
        "source_changed"
    );
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_zip_made_before_is_sent_as_it_is() {
    let walk = walk(3);
    let path = write_zip_file(&walk.photos, walk.folder.path(), &Unobserved).unwrap();
    let part = file_part(&path).unwrap();
    let bytes = fs::read(&path).unwrap();
    assert_eq!((part.image_count(), part.suffix()), (3, "zip"));
    assert_eq!(part.sequence_md5().len(), 32);
    assert_eq!(measured(&part), measured(&zip_part(walk.photos)));
    assert!(read_all(&part, 1000).unwrap() == bytes[1000..]);
    assert!(read_all(&part, bytes.len() as u64 + 1).unwrap().is_empty());
    touch(&path);
    assert_eq!(read_all(&part, 0).unwrap_err().code(), "source_changed");
}

#[test]
fn a_zip_that_no_uploader_made_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = file_part(&path).unwrap_err();
        assert_eq!(error.code(), "invalid_zip", "{error}");
        error.to_string()
    };
    let zip = |entries: usize, comment: &str| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for number in 0..entries {
            writer
                .start_file(number.to_string(), zip::write::SimpleFileOptions::default())
                .unwrap();
        }
        writer.set_comment(comment).unwrap();
        writer.finish().unwrap().into_inner()
    };
    assert!(refused("text.zip", b"not a zip").contains("text.zip"));
    assert!(refused("empty.zip", &zip(0, r#"{"sequence_md5sum":"a"}"#)).contains("it is empty"));
    assert!(refused("plain.zip", &zip(1, "")).contains("sequence_md5sum"));
    assert!(refused("other.zip", &zip(1, r#"{"sequence_md5sum":1}"#)).contains("sequence_md5sum"));
    assert_eq!(
        file_part(&folder.path().join("gone.zip")).unwrap_err().code(),
        "path_not_found"
    );
}

/// Runs a program on a zip if the machine has it; says so if not.
fn other_readers_agree(program: &str, arguments: &[&str], zip: &Path) {
    match Command::new(program).args(arguments).arg(zip).output() {
        Ok(output) => assert!(
            output.status.success(),
            "{program}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => eprintln!("SKIPPED: {program} is not here ({error})"),
    }
}

#[test]
fn other_programs_read_the_zip() {
    const PYTHON_CHECK: &str = "import json, sys, zipfile\n\
        z = zipfile.ZipFile(sys.argv[1])\n\
        assert z.testzip() is None\n\
        assert [i.filename for i in z.infolist()] == [f'{n}.jpg' for n in range(5)], z.namelist()\n\
        assert all(i.flag_bits == 0 and i.compress_type == 0 and i.create_system == 3 for i in z.infolist())\n\
        assert all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in z.infolist())\n\
        assert len(json.loads(z.comment)['sequence_md5sum']) == 32\n";
    let walk = walk(5);
    let path = write_zip_file(&walk.photos, walk.folder.path(), &Unobserved).unwrap();
    other_readers_agree("python3", &["-c", PYTHON_CHECK], &path);
    other_readers_agree("unzip", &["-t"], &path);
}

#[test]
fn damaged_zips_are_taken_or_refused_and_never_more() {
    let walk = walk(2);
    let path = write_zip_file(&walk.photos, walk.folder.path(), &Unobserved).unwrap();
    let bytes = fs::read(&path).unwrap();
    // The end, where the directory is, is what is read.
    let (photos, directory) = bytes.split_at(bytes.len() - 250);
    let mut refused = 0;
    for seed in 0..2_000 {
        fs::write(&path, [photos, &mutated(directory, seed)].concat()).unwrap();
        if let Err(error) = file_part(&path) {
            assert_eq!(error.code(), "invalid_zip", "{error}");
            refused += 1;
        }
    }
    assert!((1..2_000).contains(&refused), "{refused} were refused");
}
