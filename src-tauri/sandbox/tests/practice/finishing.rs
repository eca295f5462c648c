//! Finished uploads: what a zip, a manifest and a video must be, and what is kept of them.

use serde_json::{Value, json};
use waypost_sandbox::pixels_sha256;
use zip::CompressionMethod;

use crate::mp4_bytes::{camm5, ride, video};
use crate::support::{
    COMMENT, Practice, description, key_of, photo, photo_with, photos, zip_bytes, zip_with, zip_with_data_descriptors,
};

/// Sends `bytes` and tries to finish them; the sentence of the refusal.
async fn refusal(practice: &Practice, bytes: &[u8], suffix: &str, file_type: &str) -> String {
    let handle = practice.handle(&key_of(bytes, suffix), bytes).await;
    let (status, body) = practice.finish(&handle, file_type).await;
    assert_eq!(status, 400, "{body}");
    assert_eq!(body["error"]["type"], "MLYApiException");
    body["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_zip_becomes_a_cluster_with_its_images_in_order() {
    let practice = Practice::start().await;
    let images = photos(5);
    let id = practice.publish(&images).await;
    let snapshot = practice.snapshot();
    let [cluster] = snapshot.clusters.as_slice() else {
        panic!("{:?}", snapshot.clusters)
    };
    assert_eq!(cluster.id, id);
    assert_eq!(cluster.file_type, "zip");
    assert_eq!(cluster.organization_id, None);
    assert_eq!(cluster.account.username, "maria");
    assert_eq!(cluster.images.len(), 5);
    for (number, (image, sent)) in (0_u32..).zip(cluster.images.iter().zip(&images)) {
        assert_eq!(image.description, description(number));
        assert_eq!(image.file_name, format!("G001{number:04}.JPG"));
        assert_eq!(Some(&image.pixels_sha256), pixels_sha256(sent).as_ref());
        assert!(key_of(sent, "jpg").contains(&image.md5));
        assert_eq!(image.size, Some((480, 360)));
        assert_eq!((image.id.len(), image.sequence.len()), (16, 22));
    }
    assert!(snapshot.sessions[0].finished);
    practice.assert_no_violations();
}

#[tokio::test]
async fn deflated_entries_are_read_too() {
    let practice = Practice::start().await;
    let bytes = zip_with(&photos(2), CompressionMethod::Deflated, COMMENT);
    let handle = practice.handle(&key_of(&bytes, "zip"), &bytes).await;
    let (status, body) = practice.finish(&handle, "zip").await;
    assert_eq!(status, 200, "{body}");
    practice.assert_no_violations();
}

#[tokio::test]
async fn each_fault_of_a_zip_is_named_and_noted() {
    let practice = Practice::start().await;
    let mut half_picture = zip_bytes(&photos(1));
    // A flipped byte in the middle of the stored image: its CRC no longer fits.
    let middle = half_picture.len() / 2;
    half_picture[middle] ^= 0xFF;
    let cases = [
        (zip_with_data_descriptors(&photos(1)), "data descriptor"),
        (zip_bytes(&[]), "no entries"),
        (zip_with(&photos(1), CompressionMethod::Stored, ""), "comment"),
        (
            zip_with(&photos(1), CompressionMethod::Stored, r#"{"sequence_md5sum":"x"}"#),
            "sequence_md5sum",
        ),
        (zip_bytes(&[b"not a picture".to_vec()]), "not a JPEG"),
        (
            zip_bytes(&[photo(0), photo_with(1, None)]),
            "1.jpg: no ImageDescription",
        ),
        (
            zip_bytes(&[photo_with(1, Some("DCIM\\100GOPRO\\G0010001.JPG".into()))]),
            "not JSON",
        ),
        (half_picture, "cannot be read"),
        (b"PK".to_vec(), "cannot be read"),
    ];
    for (index, (bytes, says)) in cases.iter().enumerate() {
        let message = refusal(&practice, bytes, "zip", "zip").await;
        assert!(message.contains(says), "{message:?} does not say {says:?}");
        let violations = practice.snapshot().violations;
        assert_eq!(violations.len(), index + 1);
        assert!(violations[index].contains(&message));
    }
    assert!(practice.snapshot().clusters.is_empty());
}

#[tokio::test]
async fn a_description_that_breaks_the_rules_is_refused() {
    let practice = Practice::start().await;
    let change = |name: &str, value: Value| {
        let mut changed = description(0);
        changed[name] = value;
        changed.to_string()
    };
    for (text, says) in [
        (change("MAPLatitude", json!(91)), "MAPLatitude"),
        (change("MAPLongitude", json!("13")), "MAPLongitude"),
        (
            change("MAPCaptureTime", json!("2026-05-01T09:00:00Z")),
            "MAPCaptureTime",
        ),
        (
            change("MAPCaptureTime", json!("2026_02_30_09_00_00_000")),
            "MAPCaptureTime",
        ),
        (change("MAPSequenceUUID", json!("0")), "MAPSequenceUUID"),
        (change("filename", json!("/home/maria/a.jpg")), "filename"),
    ] {
        let bytes = zip_bytes(&[photo_with(0, Some(text))]);
        let message = refusal(&practice, &bytes, "zip", "zip").await;
        assert!(message.contains(says), "{message}");
    }
}

#[tokio::test]
async fn images_and_their_manifest_become_a_cluster() {
    let practice = Practice::start().await;
    let images = photos(3);
    let mut handles = Vec::new();
    for image in &images {
        handles.push(practice.handle(&key_of(image, "jpg"), image).await);
    }
    let manifest = json!({ "image_handles": handles, "upload_type": "images", "version": "1" }).to_string();
    let handle = practice.handle("uuid_0a.json", manifest.as_bytes()).await;
    let (status, body) = practice.finish(&handle, "mly_bundle_manifest").await;
    assert_eq!(status, 200, "{body}");
    let snapshot = practice.snapshot();
    assert_eq!(snapshot.clusters.len(), 1);
    assert_eq!(snapshot.image_count(), 3);
    let keys: Vec<String> = images.iter().map(|image| key_of(image, "jpg")).collect();
    assert_eq!(snapshot.clusters[0].parts, keys);
    assert!(snapshot.sessions.iter().all(|session| session.finished));
    practice.assert_no_violations();
}

#[tokio::test]
async fn each_fault_of_a_manifest_is_named() {
    let practice = Practice::start().await;
    let known = practice.handle(&key_of(&photo(0), "jpg"), &photo(0)).await;
    let bare = photo_with(1, None);
    let bare = practice.handle(&key_of(&bare, "jpg"), &bare).await;
    let manifest = |handles: Value, kind: &str, version: &str| {
        json!({ "image_handles": handles, "upload_type": kind, "version": version }).to_string()
    };
    for (text, says) in [
        (manifest(json!(["2:unknown"]), "images", "1"), "never given out"),
        (manifest(json!([]), "images", "1"), "no image"),
        (manifest(json!([known, known]), "images", "1"), "twice"),
        (manifest(json!([known]), "video", "1"), "upload_type"),
        (manifest(json!([known]), "images", "2"), "version"),
        (manifest(json!([bare]), "images", "1"), "no ImageDescription"),
        (manifest(json!([7]), "images", "1"), "cannot be read"),
        ("{".to_owned(), "cannot be read"),
    ] {
        let message = refusal(&practice, text.as_bytes(), "json", "mly_bundle_manifest").await;
        assert!(message.contains(says), "{message:?} does not say {says:?}");
    }
}

#[tokio::test]
async fn a_video_becomes_positions_along_its_track() {
    let practice = Practice::start().await;
    let bytes = ride(9);
    let handle = practice.handle(&key_of(&bytes, "mp4"), &bytes).await;
    let (status, body) = practice.finish(&handle, "mly_camm_video").await;
    assert_eq!(status, 200, "{body}");
    let snapshot = practice.snapshot();
    let cluster = &snapshot.clusters[0];
    let video = cluster.video.as_ref().unwrap();
    assert_eq!((video.points, video.video_tracks, video.camm_type), (9, 1, 6));
    assert_eq!(video.duration_ms, 4_000);
    assert_eq!(cluster.images.len(), 9);
    let last = cluster.images.last().unwrap();
    assert_eq!(last.captured_at_ms, 1_777_626_004_000);
    assert_eq!(last.make.as_deref(), Some("GoPro"));
    assert_eq!(last.model.as_deref(), Some("HERO9 Black"));
    practice.assert_no_violations();
}

#[tokio::test]
async fn positions_without_a_time_take_it_from_the_video() {
    let practice = Practice::start().await;
    let bytes = video(
        1_777_626_000,
        &[camm5(52.5, 13.4), camm5(52.5, 13.4), camm5(52.6, 13.4)],
    );
    let handle = practice.handle(&key_of(&bytes, "mp4"), &bytes).await;
    practice.finish(&handle, "mly_camm_video").await;
    let snapshot = practice.snapshot();
    let times: Vec<i64> = snapshot.clusters[0]
        .images
        .iter()
        .map(|image| image.captured_at_ms)
        .collect();
    // The second position is the place of the first: no new image.
    assert_eq!(times, [1_777_626_000_000, 1_777_626_001_000]);
    assert_eq!(snapshot.clusters[0].images[0].altitude_m, None);
}

#[tokio::test]
async fn each_fault_of_a_video_is_named() {
    let practice = Practice::start().await;
    let whole = ride(3);
    let changed = |from: &[u8], to: &[u8]| {
        let at = whole.windows(from.len()).rposition(|part| part == from).unwrap();
        let mut bytes = whole.clone();
        bytes[at..at + to.len()].copy_from_slice(to);
        bytes
    };
    for (bytes, says) in [
        (whole[..whole.len() - 1].to_vec(), "longer than the file"),
        (changed(b"mdat", b"skip"), "no box \"mdat\""),
        (changed(b"moov", b"skip"), "no box \"moov\""),
        (changed(b"vide", b"soun"), "no video track"),
        (changed(b"\0\0\0\x10camm", b"\0\0\0\x10gpmd"), "no CAMM track"),
        (video(0, &[]), "no position"),
        (video(0, &[vec![0, 0, 9, 0]]), "unknown type 9"),
        (video(0, &[vec![0, 0, 5, 0, 1]]), "data bytes"),
        (video(0, &[camm5(91.0, 0.0)]), "latitude 91"),
        (b"\0\0\0\x08free".to_vec(), "ftyp"),
        (Vec::new(), "mdat"),
    ] {
        let message = refusal(&practice, &bytes, "mp4", "mly_camm_video").await;
        assert!(message.contains(says), "{message:?} does not say {says:?}");
    }
}

#[tokio::test]
async fn a_second_finish_makes_a_second_cluster_and_is_noted() {
    let practice = Practice::start().await;
    let bytes = zip_bytes(&photos(1));
    let handle = practice.handle(&key_of(&bytes, "zip"), &bytes).await;
    let (_, first) = practice.finish(&handle, "zip").await;
    let (_, second) = practice.finish(&handle, "zip").await;
    assert_ne!(first["cluster_id"], second["cluster_id"]);
    let snapshot = practice.snapshot();
    assert_eq!(snapshot.clusters.len(), 2);
    assert!(snapshot.violations[0].contains("a second time"));
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused() {
    let practice = Practice::start().await;
    let bytes = zip_bytes(&photos(1));
    let handle = practice.handle(&key_of(&bytes, "zip"), &bytes).await;
    for body in [
        json!({ "file_handle": "2:nothing", "file_type": "zip" }),
        json!({ "file_handle": "../identity.json", "file_type": "zip" }),
        json!({ "file_handle": handle, "file_type": "rar" }),
        json!({ "file_handle": handle }),
        json!({ "file_type": "zip" }),
        json!({ "file_handle": 7, "file_type": "zip" }),
        json!({ "file_handle": handle, "file_type": "zip", "organization_id": "1" }),
        json!([]),
    ] {
        let (status, answer) = practice.finish_with(body.clone()).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"]["message"].is_string());
    }
    assert!(practice.snapshot().clusters.is_empty());
}

#[tokio::test]
async fn an_upload_for_the_organisation_belongs_to_it() {
    let practice = Practice::start().await;
    let organization = practice.sandbox.organization_id().to_owned();
    let bytes = zip_bytes(&photos(1));
    let handle = practice.handle(&key_of(&bytes, "zip"), &bytes).await;
    let (status, _) = practice
        .finish_with(json!({
            "file_handle": handle, "file_type": "zip", "organization_id": organization,
        }))
        .await;
    assert_eq!(status, 200);
    let cluster = &practice.snapshot().clusters[0];
    assert_eq!(cluster.organization_id.as_deref(), Some(organization.as_str()));
}

#[tokio::test]
async fn a_finished_session_takes_no_more_bytes() {
    let practice = Practice::start().await;
    let manifest = json!({
        "image_handles": [practice.handle(&key_of(&photo(0), "jpg"), &photo(0)).await],
        "upload_type": "images",
        "version": "1",
    })
    .to_string();
    let handle = practice.handle("uuid_1.json", manifest.as_bytes()).await;
    practice.finish(&handle, "mly_bundle_manifest").await;
    let length = manifest.len() as u64;
    let (status, body) = practice.send("uuid_1.json", length, b" ").await;
    assert_eq!(status, 400, "{body}");
    assert_eq!(practice.snapshot().violations.len(), 1);
    let (status, body) = practice.send("uuid_1.json", length, b"").await;
    assert_eq!((status.as_u16(), &body["h"]), (200, &json!(handle)));
}

#[tokio::test]
async fn clusters_survive_a_restart_with_their_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let practice = Practice::in_folder(folder.path()).await;
    practice.publish(&photos(2)).await;
    let before = practice.snapshot();
    let id = &before.clusters[0].images[1].id;
    let seen = async |practice: &Practice| {
        practice.clock.advance_ms(10_000);
        let (_, body) = practice
            .get(&practice.graph(&format!("/{id}?fields=thumb_original_url")))
            .await;
        let link = body["thumb_original_url"].as_str().unwrap();
        practice.http.get(link).send().await.unwrap().bytes().await.unwrap()
    };
    let picture = seen(&practice).await;
    practice.sandbox.stop().await;
    // Made anew, from what was uploaded.
    for kept in std::fs::read_dir(folder.path().join("thumbs")).unwrap() {
        std::fs::remove_file(kept.unwrap().path()).unwrap();
    }

    let practice = Practice::in_folder(folder.path()).await;
    let after = practice.snapshot();
    assert_eq!(after.clusters, before.clusters);
    assert_eq!(after.sessions, before.sessions);
    assert!(seen(&practice).await == picture, "another picture");
}
