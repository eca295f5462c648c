//! A video of more than 4 GiB, which takes no room on the disk: it is a hole.

mod upload_support;

use std::fs::{self, File};
use std::io::{Read as _, Write as _};

use upload_support::video::{new_video_upload, small, source_video};
use upload_support::{World, wait_for};
use waypost_core::observe::Unobserved;
use waypost_core::package::{Part, session_key, video_part};
use waypost_core::upload::EngineConfig;
use waypost_generator::{VideoSpec, write_hollow_gopro_video};
use waypost_wire::UploadState;

const FOUR_GIB: u64 = 1 << 32;

#[tokio::test(flavor = "multi_thread")]
#[ignore = "reads 17 GB, a minute or two; cargo test -p waypost-core --test video_send_large -- --ignored"]
async fn a_video_of_more_than_4_gib_goes_on_behind_4_gib_and_is_taken() {
    let kept = tempfile::tempdir().unwrap();
    let world = World::start_with(|config| config.data_dir = kept.path().to_path_buf()).await;
    let path = world.folder.path().join("GX010042.MP4");
    let spec = VideoSpec {
        frames_per_second: 2,
        duration_s: 300,
        frame_bytes: 7_200_000,
        large_mdat: true,
        ..small()
    };
    write_hollow_gopro_video(&path, &spec).unwrap();
    let video = source_video(&path);
    assert!(video.size_bytes > FOUR_GIB);

    let part = video_part(video.clone());
    let measured = part.measure(&Unobserved).unwrap();
    let mut front = vec![0; 1 << 20];
    part.reader(0).unwrap().read_exact(&mut front).unwrap();
    drop(part);
    // As if an earlier run had sent all but the end: index, then pictures, which are a hole on either side.
    let held_bytes = measured.length_bytes - 20_000_000;
    assert!(held_bytes > FOUR_GIB);
    let key = session_key(&measured, "mp4");
    let mut held = File::create(kept.path().join("uploads").join(&key)).unwrap();
    held.write_all(&front).unwrap();
    held.set_len(held_bytes).unwrap();
    drop(held);

    let config = EngineConfig {
        chunk_bytes: 1 << 20,
        ..world.config()
    };
    let engine = world.engine_with(config).await.unwrap();
    let id = world.begin(&engine, new_video_upload(&video)).await;
    let row = wait_for(&engine, id, UploadState::Published).await;
    let snapshot = world.snapshot();
    assert_eq!(
        snapshot.violations,
        Vec::<String>::new(),
        "practice compares the MD5 of all bytes"
    );
    assert_eq!(snapshot.clusters.len(), 1);
    assert_eq!(snapshot.clusters[0].session_key, key);
    assert_eq!(snapshot.clusters[0].video.as_ref().unwrap().points, video.track.len());
    assert_eq!(
        (row.sent_bytes, row.total_bytes),
        (measured.length_bytes, measured.length_bytes)
    );
    let sent: Vec<_> = snapshot
        .requests_to("POST", "/upload")
        .map(|request| (request.offset, request.body_bytes))
        .collect();
    assert_eq!(sent, [(Some(held_bytes), 20_000_000)]);
    assert_eq!(
        fs::metadata(&path).unwrap().len(),
        video.size_bytes,
        "the original is untouched"
    );
    engine.shutdown().await.unwrap();
}
