//! The proof that the practice Mapillary speaks the protocol: the real `mapillary_tools` 0.14.7
//! from PyPI signs in and uploads to it, in each of its three ways. Skipped, and said so, only
//! where PyPI cannot be reached.

mod peer;

use std::path::{Path, PathBuf};

use peer::{Peer, program, text};
use waypost_generator::{VideoSpec, WalkSpec, walk, write_gopro_video, write_photo_folder};
use waypost_sandbox::{Cluster, Endpoint, Fault, Sandbox, SandboxConfig, pixels_sha256};

async fn practice() -> Option<(Sandbox, Peer)> {
    let program = tokio::task::spawn_blocking(program).await.unwrap()?;
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let peer = Peer::new(program, sandbox.info());
    Some((sandbox, peer))
}

/// Six photos of a walk.
fn photos(peer: &Peer) -> (PathBuf, Vec<PathBuf>) {
    let folder = peer.folder("photos");
    let specs = walk(&WalkSpec {
        count: 6,
        ..WalkSpec::default()
    });
    let paths = write_photo_folder(&folder, &specs).unwrap();
    (folder, paths)
}

fn only_cluster(sandbox: &Sandbox) -> Cluster {
    let snapshot = sandbox.snapshot();
    assert_eq!(snapshot.violations, Vec::<String>::new());
    assert_eq!(snapshot.clusters.len(), 1);
    snapshot.clusters[0].clone()
}

/// The images of the cluster are the pictures of these files, in this order.
fn assert_same_pictures(cluster: &Cluster, paths: &[PathBuf]) {
    let sent: Vec<_> = cluster
        .images
        .iter()
        .map(|image| (image.file_name.clone(), image.pixels_sha256.clone()))
        .collect();
    let original: Vec<_> = paths
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let bytes = std::fs::read(path).unwrap();
            (name, pixels_sha256(&bytes).unwrap())
        })
        .collect();
    assert_eq!(sent, original);
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_client_signs_in_and_is_refused_a_wrong_password() {
    let Some((sandbox, peer)) = practice().await else {
        return;
    };
    peer.authenticate().await;
    let output = peer
        .run(&[
            "authenticate",
            "--user_name",
            "other",
            "--user_email",
            "a@b.c",
            "--user_password",
            "wrong",
        ])
        .await;
    assert!(!output.status.success());
    assert!(text(&output).contains("Incorrect"), "{}", text(&output));
    assert_eq!(sandbox.snapshot().violations, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_client_uploads_photos_one_by_one() {
    let Some((sandbox, peer)) = practice().await else {
        return;
    };
    peer.authenticate().await;
    let (folder, paths) = photos(&peer);
    let organization = sandbox.organization_id().to_owned();
    peer.must(&[
        "process_and_upload",
        shown(&folder),
        "--user_name",
        "walker",
        "--organization_key",
        &organization,
    ])
    .await;
    let cluster = only_cluster(&sandbox);
    assert_eq!(cluster.file_type, "mly_bundle_manifest");
    assert_eq!(cluster.organization_id, Some(organization));
    assert_eq!(cluster.account.username, "a");
    assert_same_pictures(&cluster, &paths);
    let snapshot = sandbox.snapshot();
    assert_eq!(snapshot.requests_to("POST", "/graph/logging").count(), 1);

    // Sent again from its own memory of handles: only the manifest is new, and the double shows.
    peer.must(&[
        "process_and_upload",
        shown(&folder),
        "--user_name",
        "walker",
        "--reupload",
    ])
    .await;
    let images_sent = |snapshot: &waypost_sandbox::Snapshot| {
        snapshot
            .requests_to("POST", "/upload/")
            .filter(|request| request.path.contains(".jpg"))
            .count()
    };
    let again = sandbox.snapshot();
    assert_eq!(images_sent(&again), images_sent(&snapshot));
    assert_eq!(again.clusters.len(), 2);
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_client_uploads_a_zip() {
    let Some((sandbox, peer)) = practice().await else {
        return;
    };
    peer.authenticate().await;
    let (folder, paths) = photos(&peer);
    let zips = peer.folder("zips");
    peer.must(&["process", shown(&folder)]).await;
    peer.must(&["zip", shown(&folder), shown(&zips)]).await;
    // The client wants a description file even where there is nothing left to describe.
    let nothing = zips.join("nothing.json");
    std::fs::write(&nothing, "[]").unwrap();
    let desc_path = ["--desc_path", shown(&nothing), "--user_name", "walker"];
    peer.must(&[&["upload", shown(&zips)], &desc_path[..]].concat()).await;
    let cluster = only_cluster(&sandbox);
    assert_eq!(cluster.file_type, "zip");
    assert_same_pictures(&cluster, &paths);
    sandbox.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_client_uploads_a_video_over_a_line_that_drops() {
    let Some((sandbox, peer)) = practice().await else {
        return;
    };
    peer.authenticate().await;
    let video = peer.folder("videos").join("GX010001.MP4");
    write_gopro_video(
        &video,
        &VideoSpec {
            duration_s: 4,
            frame_bytes: 20_000,
            ..VideoSpec::default()
        },
    )
    .unwrap();
    let cut = Fault::drop_after(Endpoint::UploadSend, 300_000);
    sandbox.faults().push(cut);
    peer.must(&["process_and_upload", shown(&video), "--user_name", "walker"])
        .await;
    let cluster = only_cluster(&sandbox);
    assert_eq!(cluster.file_type, "mly_camm_video");
    let found = cluster.video.as_ref().unwrap();
    assert_eq!((found.video_tracks, found.camm_type), (1, 6));
    assert!(found.points > 50 && cluster.images.len() > 3, "{found:?}");
    assert_eq!(cluster.images[0].make.as_deref(), Some("GoPro"));
    let snapshot = sandbox.snapshot();
    let offsets: Vec<_> = snapshot
        .requests_to("POST", "/upload/")
        .map(|request| request.offset)
        .collect();
    assert_eq!(offsets, [Some(0), Some(300_000)]);
    sandbox.stop().await;
}
