//! All real samples, compared with what mapillary_tools 0.14.7 and exiftool 13.58 said about them. Their answers are
//! recorded beside the samples, so that neither program is needed.
//!
//! A difference passes only if docs/differences.md tells it and a witness in the file or in the tools' answers is found
//! here. Where the samples are missing the test says so and passes; the same promises are kept on generated files by the
//! other tests.

mod others;
mod peers;
mod photo;
mod photos;
mod photos_exiftool;
mod photos_mapillary_tools;
#[path = "../samples/mod.rs"]
mod samples;
mod table;
mod videos;

use table::Table;

#[test]
fn every_sample_is_read_as_the_peers_read_it_or_better() {
    let Some(folder) = samples::folder() else { return };
    let peers = peers::Peers::read(&folder);
    let mut table = Table::default();
    photos::compare_all(&mut table, &folder, &peers);
    photos::compare_time_lapse(&mut table, &folder, &peers);
    others::compare_all(&mut table, &folder, &peers);
    videos::compare_all(&mut table, &folder, &peers);
    table.print();

    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/differences.md")).unwrap();
    let untold: Vec<_> = table
        .kinds()
        .filter(|kind| !text.contains(&format!("| {kind} |")))
        .collect();
    assert_eq!(untold, [""; 0], "kinds that docs/differences.md does not tell");
    assert_eq!(table.wrong, [""; 0]);
    for (group, least) in [
        ("photos", 400),
        ("time-lapse photos", 700),
        ("no JPEG", 60),
        ("videos", 37),
    ] {
        assert!(table.files(group) >= least, "{} {group}", table.files(group));
    }
}
