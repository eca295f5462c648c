//! What must hold after every scenario, whatever went wrong in it, counted into a row of the fault table.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use md5::Md5;
use sha2::{Digest as _, Sha256};
use waypost_core::journal::{self, Journal};
use waypost_core::observe::Unobserved;
use waypost_core::package::{Part, SourcePhoto, SourceVideo, image_part, video_part, zip_part};
use waypost_core::settings::PackageKind;
use waypost_core::state::State;
use waypost_core::upload::NewUpload;
use waypost_sandbox::Cluster;
use waypost_testkit::canary;
use waypost_testkit::table::Row;

use super::video::new_video_upload;
use super::{World, new_upload, pixels_of, requests};

/// What a person wanted to send, and what the files were like before.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub material: Material,
    originals: Vec<(PathBuf, Vec<u8>)>,
}

#[derive(Clone, Debug)]
pub enum Material {
    Photos(Vec<SourcePhoto>, PackageKind),
    Video(Box<SourceVideo>),
}

impl Wanted {
    pub fn new(photos: &[SourcePhoto], package: PackageKind) -> Self {
        let originals = photos.iter().map(|photo| (photo.path.clone(), sha256(&photo.path)));
        Self {
            originals: originals.collect(),
            material: Material::Photos(photos.to_vec(), package),
        }
    }

    pub fn video(video: &SourceVideo) -> Self {
        Self {
            originals: vec![(video.path.clone(), sha256(&video.path))],
            material: Material::Video(Box::new(video.clone())),
        }
    }

    /// The upload that sends it.
    pub fn upload(&self) -> NewUpload {
        match &self.material {
            Material::Photos(photos, package) => new_upload(photos, *package),
            Material::Video(video) => new_video_upload(video),
        }
    }

    /// Whether the service holds exactly this in this cluster, byte for byte as it is packed here.
    fn is(&self, world: &World, cluster: &Cluster) -> bool {
        let uploads = world.folder.path().join(canary::SERVICE).join("uploads");
        let held = |key: &String| hex::encode(Md5::digest(std::fs::read(uploads.join(key)).unwrap()));
        match &self.material {
            Material::Photos(photos, package) => {
                let arrived: Vec<&str> = cluster.images.iter().map(|image| &*image.pixels_sha256).collect();
                let sent: Vec<String> = photos.iter().map(|photo| pixels_of(&photo.path)).collect();
                arrived == sent
                    && if *package == PackageKind::Images {
                        let own: HashSet<String> =
                            photos.iter().map(|photo| md5_of(&image_part(photo.clone()))).collect();
                        let parts = cluster.parts.iter().filter(|key| **key != cluster.session_key);
                        parts.map(held).collect::<HashSet<_>>() == own
                    } else {
                        held(&cluster.session_key) == md5_of(&zip_part(photos.clone().into()))
                    }
            }
            Material::Video(video) => held(&cluster.session_key) == md5_of(&video_part((**video).clone())),
        }
    }
}

fn md5_of(part: &dyn Part) -> String {
    part.measure(&Unobserved).unwrap().md5_hex
}

fn sha256(path: &std::path::Path) -> Vec<u8> {
    Sha256::digest(std::fs::read(path).unwrap()).to_vec()
}

/// Looks at everything after a scenario: the service, the journal and the originals. What is lost or doubled is counted;
/// a damaged journal or a changed original fails the test at once.
pub fn look(world: &World, wanted: &[Wanted], at: &str) -> Row {
    let asked = check_journal(world, at);
    let mut row = Row {
        scenarios: 1,
        asked,
        ..Row::default()
    };
    let snapshot = world.snapshot();
    let mut matched = 0;
    for wanted in wanted {
        for (path, hash) in &wanted.originals {
            assert!(sha256(path) == *hash, "{at}: {} was changed", path.display());
        }
        let count = snapshot
            .clusters
            .iter()
            .filter(|cluster| wanted.is(world, cluster))
            .count() as u64;
        matched += count;
        // A package about which the person is asked is not there yet, or it is: the person is about to find out.
        row.lost += u64::from(count == 0 && asked == 0);
        row.doubled += count.saturating_sub(1);
    }
    // A cluster that is none of the packages is a mixture: something of them is lost in it.
    row.lost += (snapshot.clusters.len() as u64).saturating_sub(matched);
    if row.lost + row.doubled > 0 {
        println!("{at}: {row}: {:#?}", requests(&snapshot));
    }
    row
}

/// Sees that the database is sound and agrees with itself and with the service; returns for how many uploads the person
/// is asked.
fn check_journal(world: &World, at: &str) -> u64 {
    let path = world.data_dir().join(journal::FILE_NAME);
    let connection = rusqlite::Connection::open(path).unwrap();
    let verdict: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok", "{at}");
    drop(connection);
    let journal = Journal::open_read_only(&world.data_dir()).unwrap().unwrap();
    let records = journal.uploads().unwrap();
    let snapshot = world.snapshot();
    let known: HashSet<&str> = snapshot.clusters.iter().map(|cluster| &*cluster.id).collect();
    let mut owners: HashMap<String, i64> = HashMap::new();
    let mut asked = 0;
    for record in records {
        asked += u64::from(matches!(record.state, State::FinishUnknown { asks_person: true }));
        if let Some(cluster_id) = &record.cluster_id {
            assert!(
                known.contains(&**cluster_id),
                "{at}: {record:#?} is unknown to the service"
            );
            let other = owners.insert(cluster_id.clone(), record.upload_id);
            assert_eq!(other, None, "{at}: two uploads are one cluster");
            assert!(record.taken_at_ms.is_some(), "{at}: {record:#?}");
            assert!(
                record.finish_sent_at_ms.is_some(),
                "{at}: finished without an intent: {record:#?}"
            );
        }
        if matches!(record.state, State::Processing | State::Published) {
            assert!(record.taken_at_ms.is_some(), "{at}: {record:#?}");
            assert_eq!(record.sent_bytes, record.total_bytes, "{at}: {record:#?}");
            let parts = journal.parts(record.upload_id).unwrap();
            assert!(parts.iter().all(|part| part.handle.is_some()), "{at}: {parts:#?}");
        }
        if record.finish_sent_at_ms.is_some() && record.state.may_be_taken() {
            assert!(
                record.file_handle.is_some(),
                "{at}: finished without a handle: {record:#?}"
            );
        }
    }
    asked
}
