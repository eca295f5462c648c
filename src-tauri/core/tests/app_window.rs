//! The application as a window drives it, without one: calls in, numbered events out, against a practice service.

mod app_support;

use std::sync::Arc;

use app_support::{House, UPLOAD, setup};
use waypost_core::app::{EventBus, PictureOf, Waypost};
use waypost_core::keychain::{MemoryKeychain, NoKeychain};
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{
    Call, Edit, EventBody, MayUpload, Page, PrepareState, Reply, SignInState, Target, TokenPlace, UploadState,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_gets_from_a_folder_to_published_and_what_was_left_out_stays_here() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let first = house.snapshot().await;
    assert!(first.first_run && first.practice && first.uploads.is_empty());
    assert_eq!(first.prepare, PrepareState::Empty);
    house.call(Call::FirstRunDone).await;

    assert_eq!(house.sign_in().await, SignInState::Idle);
    let account = house.snapshot().await.account;
    assert_eq!(account.accounts.len(), 1);
    assert_eq!(
        account.current_user_id.as_deref(),
        Some(account.accounts[0].user_id.as_str())
    );

    let plan = house.prepare().await;
    assert_eq!((plan.sequences.len(), plan.image_count), (2, 8));
    let picture = house.waypost.picture(PictureOf::PlanPhoto(0)).await.unwrap();
    assert!(picture.starts_with(&[0xFF, 0xD8]), "a JPEG of the first photo");
    assert_eq!(house.waypost.picture(PictureOf::PlanPhoto(99)).await, None);

    // Out and back in, one photo and one sequence.
    house
        .call(Call::Edit {
            edit: Edit::Exclude {
                target: Target::Captures(vec![1, 77]),
                excluded: true,
            },
        })
        .await;
    house
        .call(Call::Edit {
            edit: Edit::Exclude {
                target: Target::Sequence("1".into()),
                excluded: true,
            },
        })
        .await;
    let PrepareState::Ready(plan) = house.snapshot().await.prepare else {
        panic!("a plan")
    };
    assert_eq!(plan.image_count, 3);
    assert!(plan.sequences[1].excluded && !plan.sequences[0].excluded);
    assert_eq!(plan.size_bytes, plan.sequences[0].size_bytes);
    assert!(
        house.server.snapshot().sessions.is_empty(),
        "nothing is sent before Upload"
    );

    let Reply::Queued(upload_ids) = house.call(UPLOAD).await else {
        panic!("numbers")
    };
    assert_eq!(upload_ids.len(), 1);
    let row = house.row_in(upload_ids[0], UploadState::Published).await;
    assert_eq!((row.image_count, row.links.len()), (3, 1));
    let clusters = house.server.snapshot().clusters;
    assert_eq!((clusters.len(), clusters[0].images.len()), (1, 3));
    let Reply::Files(files) = house
        .call(Call::FileReport {
            upload_id: upload_ids[0],
        })
        .await
    else {
        panic!("files")
    };
    let excluded = files
        .iter()
        .filter(|file| file.outcome == waypost_wire::FileOutcome::Excluded)
        .count();
    assert_eq!(excluded, 5, "one photo and a sequence of four: {files:#?}");
    assert!(house.waypost.picture(PictureOf::Upload(upload_ids[0])).await.is_some());

    // The link is opened by Waypost, and only one that belongs to the upload.
    let image_id = row.links[0].image_id.clone();
    let page = Page::Image {
        upload_id: row.upload_id,
        image_id,
    };
    house.call(Call::Open { page }).await;
    assert!(
        house
            .browser
            .opened
            .lock()
            .unwrap()
            .last()
            .unwrap()
            .contains("/app/?pKey=")
    );
    let foreign = Page::Image {
        upload_id: row.upload_id,
        image_id: "1".into(),
    };
    let refused = house.waypost.call(Call::Open { page: foreign }).await.unwrap_err();
    assert_eq!(refused.code, "no_page");

    // The same folder again: the three are known, the five are not.
    house.prepare().await;
    let Reply::Queued(again) = house.call(UPLOAD).await else {
        panic!("numbers")
    };
    let notice = house
        .next(|body| match body {
            EventBody::Notice(problem) => Some(problem),
            _ => None,
        })
        .await;
    assert_eq!(notice.code, "already_sent");
    for upload_id in again {
        house.row_in(upload_id, UploadState::Published).await;
    }
    let sent: usize = house
        .server
        .snapshot()
        .clusters
        .iter()
        .map(|cluster| cluster.images.len())
        .sum();
    assert_eq!(sent, 8, "each photo once");
    assert_eq!(house.server.snapshot().violations, Vec::<String>::new());
    assert_eq!(house.waypost.close().await, 0, "nothing is left to go on with");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_sign_in_is_a_sentence_with_a_way_on_and_can_be_put_away() {
    let mut house = House::open("deny", Arc::new(MemoryKeychain::new())).await;
    let SignInState::Failed { problem } = house.sign_in().await else {
        panic!("denied")
    };
    assert_eq!(problem.code, "oauth_denied");
    assert!(!problem.action.is_empty());
    house.call(Call::CancelSignIn).await;
    assert_eq!(house.snapshot().await.account.sign_in, SignInState::Idle);
    let refused = house.waypost.call(UPLOAD).await.unwrap_err();
    assert_eq!(refused.code, "not_signed_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_may_not_upload_sends_nothing_and_says_what_helps() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let refusal = r#"{"debug_info":{"retriable":false,"type":"NotAuthorizedError","message":"no upload scope"}}"#;
    house
        .server
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 403, refusal));
    assert_eq!(house.sign_in().await, SignInState::Idle);
    assert_eq!(house.snapshot().await.account.accounts[0].may_upload, MayUpload::No);
    house.prepare().await;
    let refused = house.waypost.call(UPLOAD).await.unwrap_err();
    assert_eq!(refused.code, "upload_not_allowed");
    assert!(refused.action.contains("token"), "{refused:?}");
    assert!(house.server.snapshot().sessions.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_does_not_open_is_said_with_the_address_to_open_by_hand() {
    let house = House::open("broken", Arc::new(MemoryKeychain::new())).await;
    let refused = house.waypost.call(Call::Open { page: Page::Terms }).await.unwrap_err();
    assert_eq!(refused.code, "browser_did_not_open");
    assert!(refused.message.contains("mapillary.com/terms"), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_given_up_leaves_nothing_behind() {
    let mut house = House::open("wait", Arc::new(MemoryKeychain::new())).await;
    house.call(Call::SignIn).await;
    let address = house
        .next(|body| match body {
            EventBody::Account(view) => match view.sign_in {
                SignInState::Waiting {
                    address,
                    browser_opened: true,
                    ..
                } => Some(address),
                _ => None,
            },
            _ => None,
        })
        .await;
    assert!(address.contains("/connect"));
    house.call(Call::Open { page: Page::SignIn }).await;
    assert_eq!(
        house.browser.opened.lock().unwrap().len(),
        2,
        "the page can be opened again"
    );
    house.call(Call::CancelSignIn).await;
    let account = house.snapshot().await.account;
    assert_eq!((account.sign_in, account.accounts.len()), (SignInState::Idle, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keychain_the_person_is_asked_and_this_run_is_enough() {
    let mut house = House::open("allow", Arc::new(NoKeychain::new("there is none here"))).await;
    let SignInState::NoKeychain { problem } = house.sign_in().await else {
        panic!("no keychain")
    };
    assert_eq!(problem.code, "no_keychain");
    house.call(Call::KeepForThisRun).await;
    let account = house.snapshot().await.account;
    assert_eq!(account.accounts[0].kept, TokenPlace::ThisRun);
    house
        .call(Call::SignOut {
            user_id: account.accounts[0].user_id.clone(),
        })
        .await;
    assert!(house.snapshot().await.account.accounts.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_outlive_the_window_and_a_wrong_one_is_refused_by_name() {
    let house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let mut settings = house.snapshot().await.settings;
    settings.package = "images".into();
    settings.theme = "dark".into();
    let call = |settings| Call::SetSettings {
        settings: Box::new(settings),
        app_secret: None,
    };
    house.call(call(settings.clone())).await;
    settings.parallel_uploads = 99;
    let refused = house.waypost.call(call(settings)).await.unwrap_err();
    assert_eq!(refused.code, "invalid_setting");
    assert!(refused.message.contains("parallel uploads"), "{refused:?}");
    house.waypost.close().await;
    let gone = house.waypost.call(Call::Snapshot).await.unwrap_err();
    assert_eq!(gone.code, "stopped");

    let bus = EventBus::default();
    let keychain = Arc::new(MemoryKeychain::new());
    let again = Waypost::open(setup(
        &house.server,
        &house.folder.path().join("data"),
        &house.browser,
        keychain,
        bus,
    ))
    .await
    .unwrap();
    let Reply::Snapshot(snapshot) = again.call(Call::Snapshot).await.unwrap() else {
        panic!()
    };
    assert_eq!(
        (snapshot.settings.package.as_str(), snapshot.settings.theme.as_str()),
        ("images", "dark")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_cannot_work_on_one_folder() {
    let house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let second = Waypost::open(setup(
        &house.server,
        &house.folder.path().join("data"),
        &house.browser,
        Arc::new(MemoryKeychain::new()),
        EventBus::default(),
    ))
    .await;
    assert_eq!(second.err().map(|error| error.code()), Some("already_running"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_a_folder_that_is_not_there_says_so_and_the_window_goes_on() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    house
        .call(Call::Prepare {
            paths: vec!["/nowhere at all".into()],
        })
        .await;
    let problem = house
        .next(|body| match body {
            EventBody::Prepare(PrepareState::Failed(problem)) => Some(problem),
            _ => None,
        })
        .await;
    assert_eq!(problem.code, "path_not_found");
    assert!(problem.message.contains("/nowhere at all"));
    house.call(Call::ClearPlan).await;
    assert_eq!(house.snapshot().await.prepare, PrepareState::Empty);
    assert_eq!(house.prepare().await.image_count, 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_shell_can_do_what_only_a_shell_can() {
    let house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    for call in [Call::ChooseFolder, Call::StartPractice, Call::StopPractice] {
        assert!(house.waypost.call(call).await.is_err());
    }
}
