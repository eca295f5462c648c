//! The text for a report of a fault tells how things stand and nothing about the person.

mod app_support;

use std::sync::Arc;

use app_support::{House, UPLOAD};
use waypost_core::keychain::MemoryKeychain;
use waypost_wire::{Call, Reply, UploadState};

async fn text(house: &House) -> String {
    let Reply::Diagnostics(text) = house.call(Call::Diagnostics).await else {
        panic!("a text")
    };
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn the_diagnostics_count_what_is_there_and_name_no_person_path_or_place() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    assert!(text(&house).await.contains("uploads: 0"));
    house.sign_in().await;
    house.prepare().await;
    let Reply::Queued(ids) = house.call(UPLOAD).await else {
        panic!("numbers")
    };
    for upload_id in &ids {
        house.row_in(*upload_id, UploadState::Published).await;
    }
    let mut settings = house.snapshot().await.settings;
    settings.time_zone = "Europe/Vienna".into();
    settings.organization_id = "90017".into();
    house
        .call(Call::SetSettings {
            settings: Box::new(settings),
            app_secret: None,
        })
        .await;

    let text = text(&house).await;
    for expected in [
        "waypost: ",
        "system: ",
        "practice: true",
        "time_zone_set: true",
        "organisation_set: true",
        "accounts: 1",
        "kept=keychain",
        "uploads: 2",
        "uploads.state.Published.zip: 2",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let snapshot = house.snapshot().await;
    let account = &snapshot.account.accounts[0];
    let row = &snapshot.uploads[0];
    let folder = house.folder.path().display().to_string();
    for private in [
        folder.as_str(),
        &account.username,
        &account.user_id,
        &row.title,
        row.cluster_id.as_deref().unwrap(),
        &row.links[0].image_id,
        "Europe/Vienna",
        "90017",
        "127.0.0.1",
    ] {
        assert!(!private.is_empty() && !text.contains(private), "{private} in {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_diagnostics_become_a_new_file_and_never_take_the_place_of_another() {
    let house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let folder = house.folder.path().join("reports");
    let refused = house.waypost.save_diagnostics(&folder).await.unwrap_err();
    assert_eq!(refused.code(), "file_error");
    std::fs::create_dir(&folder).unwrap();
    let path = house.waypost.save_diagnostics(&folder).await.unwrap();
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("waypost-diagnostics-"), "{name}");
    assert!(path.extension().is_some_and(|extension| extension == "txt"), "{name}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text(&house).await);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}
