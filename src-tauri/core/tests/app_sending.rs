//! What the window asks before it sends: what was sent before, a dry run, and profiles that mapillary_tools left.

mod app_support;

use std::sync::Arc;

use app_support::{House, UPLOAD, setup};
use waypost_core::app::{EventBus, Waypost};
use waypost_core::environment::Environment;
use waypost_core::keychain::MemoryKeychain;
use waypost_testkit::canary;
use waypost_wire::{
    AlreadySentChoice, Call, DryRunState, Edit, EventBody, Reply, SignInState, Target, TokenPlace, UploadState,
};

async fn queued(house: &House, already_sent: AlreadySentChoice) -> Vec<i64> {
    match house.call(Call::Upload { already_sent }).await {
        Reply::Queued(upload_ids) => upload_ids,
        other => panic!("uploads in the queue, not {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_that_were_sent_before_are_asked_about_and_skipped_or_sent_again_as_the_person_says() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    assert_eq!(house.sign_in().await, SignInState::Idle);
    house.prepare().await;
    let second = Edit::Exclude {
        target: Target::Sequence("1".into()),
        excluded: true,
    };
    house.call(Call::Edit { edit: second }).await;
    let first = queued(&house, AlreadySentChoice::Ask).await;
    assert_eq!(first.len(), 1, "nothing to ask the first time");
    house.row_in(first[0], UploadState::Published).await;

    let plan = house.prepare().await;
    let Reply::AlreadySent(question) = house
        .call(Call::Upload {
            already_sent: AlreadySentChoice::Ask,
        })
        .await
    else {
        panic!("a question")
    };
    assert_eq!((question.sent_count, question.total_count), (4, plan.image_count));
    assert!(question.first_sent_at_ms.is_some() && question.first_sent_at_ms == question.last_sent_at_ms);
    assert!(!question.username.is_empty());
    assert_eq!(
        house.snapshot().await.uploads.len(),
        1,
        "nothing is queued by a question"
    );

    // Leave them out: only the other sequence goes.
    let skipped = queued(&house, AlreadySentChoice::Skip).await;
    assert_eq!(skipped.len(), 1);
    assert_eq!(house.row_in(skipped[0], UploadState::Published).await.image_count, 4);

    // Send all of it once more: under fresh keys, so that the service makes new clusters of it.
    house.prepare().await;
    let clusters = house.server.snapshot().clusters.len();
    let again = queued(&house, AlreadySentChoice::SendAgain).await;
    assert_eq!(again.len(), 2);
    for upload_id in again {
        house.row_in(upload_id, UploadState::Published).await;
    }
    assert_eq!(house.server.snapshot().clusters.len(), clusters + 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_leaves_the_packages_in_the_folder_and_talks_to_nobody() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let folder = house.folder.path().join("packages");
    let nothing = house.waypost.dry_run_into(folder.clone()).await.unwrap_err();
    assert_eq!(nothing.code(), "nothing_to_send");

    let plan = house.prepare().await;
    house.waypost.dry_run_into(folder.clone()).await.unwrap();
    let mut was_running = false;
    let done = house
        .next(|body| match body {
            EventBody::DryRun(DryRunState::Running { .. }) => {
                was_running = true;
                None
            }
            EventBody::DryRun(state) => Some(state),
            _ => None,
        })
        .await;
    assert!(was_running);
    let DryRunState::Done {
        upload_count,
        total_bytes,
        folder: shown,
    } = &done
    else {
        panic!("done, not {done:?}")
    };
    assert_eq!((*upload_count, shown.as_str()), (2, folder.to_str().unwrap()));
    let zips: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|suffix| suffix == "zip"))
        .collect();
    assert_eq!(zips.len(), 2);
    let lengths: u64 = zips.iter().map(|entry| entry.metadata().unwrap().len()).sum();
    assert_eq!(lengths, *total_bytes);
    assert!(lengths > plan.size_bytes);

    let after = house.snapshot().await;
    assert_eq!(after.dry_run, done);
    assert!(after.uploads.is_empty(), "a dry run is no history");
    assert!(house.server.snapshot().sessions.is_empty(), "nothing was sent");
    house.call(Call::ClearDryRun).await;
    assert_eq!(house.snapshot().await.dry_run, DryRunState::Idle);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_mapillary_tools_is_offered_and_taken_over_only_when_the_person_says_so() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    assert_eq!(house.sign_in().await, SignInState::Idle);
    let Reply::Profiles(in_practice) = house.call(Call::FindProfiles).await else {
        panic!("profiles")
    };
    assert!(in_practice.is_empty(), "a real token has no business in practice");

    let home = house.folder.path().join("home");
    let configs = home.join(".config/mapillary/configs");
    std::fs::create_dir_all(&configs).unwrap();
    let token = house.token_of_another_program().await;
    std::fs::write(
        configs.join(canary::PROFILES),
        format!("[anna]\nuser_upload_token = {token}\nMAPSettingsUsername = anna\n"),
    )
    .unwrap();
    let data_dir = house.folder.path().join("real");
    let bus = EventBus::default();
    let mut events = bus.listen();
    let mut open = setup(
        &house.server,
        &data_dir,
        &house.browser,
        Arc::new(MemoryKeychain::new()),
        bus,
    );
    open.practice_app = None;
    open.environment = Environment::empty(&data_dir).with("HOME", home.as_os_str());
    let waypost = Waypost::open(open).await.unwrap();

    let Reply::Profiles(found) = waypost.call(Call::FindProfiles).await.unwrap() else {
        panic!("profiles")
    };
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].profile.as_str(), found[0].username.as_deref()),
        ("anna", Some("anna"))
    );
    let Reply::Snapshot(before) = waypost.call(Call::Snapshot).await.unwrap() else {
        panic!("a snapshot")
    };
    assert!(before.account.accounts.is_empty(), "finding is no signing in");

    let import = Call::ImportProfile {
        file: found[0].file.clone(),
        profile: "anna".into(),
    };
    waypost.call(import).await.unwrap();
    let Reply::Snapshot(after) = waypost.call(Call::Snapshot).await.unwrap() else {
        panic!("a snapshot")
    };
    assert_eq!(after.account.accounts.len(), 1);
    assert_eq!(after.account.accounts[0].kept, TokenPlace::Keychain);
    let gone = Call::ImportProfile {
        file: found[0].file.clone(),
        profile: "berta".into(),
    };
    assert_eq!(waypost.call(gone).await.unwrap_err().code, "no_such_profile");
    waypost.close().await;
    let mut told = Vec::new();
    while let Ok(event) = events.try_recv() {
        told.push(format!("{event:?}"));
    }
    assert!(!told.is_empty() && told.iter().all(|event| !event.contains(&token)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_or_queued_without_a_sign_in() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    house.prepare().await;
    let refused = house.waypost.call(UPLOAD).await.unwrap_err();
    assert_eq!(refused.code, "not_signed_in");
    assert!(house.snapshot().await.uploads.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_organisation_is_checked_once_then_picked_by_its_name_and_shown_with_its_uploads() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    assert_eq!(house.sign_in().await, SignInState::Idle);
    let organization_id = house.server.organization_id().to_owned();
    let unknown = Call::CheckOrganization {
        organization_id: "404404".into(),
    };
    house.waypost.call(unknown).await.unwrap_err();
    assert!(house.snapshot().await.settings.organizations.is_empty());

    let check = Call::CheckOrganization {
        organization_id: format!(" {organization_id} "),
    };
    for _ in 0..2 {
        let Reply::Organization(found) = house.call(check.clone()).await else {
            panic!("an organisation")
        };
        assert_eq!(found.organization_id, organization_id);
        assert!(!found.name.is_empty());
    }
    let mut settings = house.snapshot().await.settings;
    assert_eq!(settings.organizations.len(), 1, "checked twice, there once");

    settings.organization_id.clone_from(&organization_id);
    let set = Call::SetSettings {
        settings: Box::new(settings),
        app_secret: None,
    };
    house.call(set).await;
    house.prepare().await;
    let upload_ids = queued(&house, AlreadySentChoice::Ask).await;
    let row = house.row_in(upload_ids[0], UploadState::Published).await;
    assert_eq!(row.organization_id.as_deref(), Some(organization_id.as_str()));

    house.call(Call::ForgetOrganization { organization_id }).await;
    let settings = house.snapshot().await.settings;
    assert!(settings.organizations.is_empty() && settings.organization_id.is_empty());
}
