//! Take-out as the window asks for it: estimated, begun, stopped, continued after a restart, told by events.

mod app_support;

use std::sync::Arc;

use app_support::{House, UPLOAD, setup};
use waypost_core::app::{EventBus, Waypost};
use waypost_core::keychain::MemoryKeychain;
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{
    Call, EventBody, PictureSize, Reply, SignInState, TakeOutChoice, TakeOutLayout, TakeOutSource, TakeOutState,
    UploadState,
};

fn everything() -> TakeOutChoice {
    TakeOutChoice {
        source: TakeOutSource::Mine,
        csv: true,
        fields: Vec::new(),
        geojson: true,
        json: false,
        detections: false,
        sizes: vec![PictureSize::Original],
        layout: TakeOutLayout::BySequence,
        exif: true,
    }
}

/// A house whose owner has published two sequences of four photos.
async fn published(keychain: &Arc<MemoryKeychain>) -> House {
    let mut house = House::open("allow", Arc::clone(keychain) as _).await;
    assert_eq!(house.sign_in().await, SignInState::Idle);
    house.prepare().await;
    let Reply::Queued(upload_ids) = house.call(UPLOAD).await else {
        panic!("uploads in the queue")
    };
    let mut left = upload_ids.len();
    while left > 0 {
        house
            .next(|body| match body {
                EventBody::Upload(waypost_wire::UploadEvent::Row(row)) if row.state == UploadState::Published => {
                    Some(())
                }
                _ => None,
            })
            .await;
        left = house
            .snapshot()
            .await
            .uploads
            .iter()
            .filter(|row| row.state != UploadState::Published)
            .count();
    }
    house
}

async fn state(house: &mut House, wanted: impl Fn(&TakeOutState) -> bool) -> TakeOutState {
    house
        .next(|body| match body {
            EventBody::TakeOut(state) if wanted(&state) => Some(state),
            _ => None,
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_take_out_is_estimated_stopped_and_continued_after_a_restart() {
    let keychain = Arc::new(MemoryKeychain::new());
    let mut house = published(&keychain).await;
    house.call(Call::EstimateTakeOut { choice: everything() }).await;
    let TakeOutState::Estimated { estimate } =
        state(&mut house, |state| matches!(state, TakeOutState::Estimated { .. })).await
    else {
        panic!("an estimate")
    };
    assert_eq!((estimate.image_count, estimate.picture_count), (8, 8));

    // No picture comes, so that it is certainly under way when it is stopped.
    house
        .server
        .faults()
        .push(Fault::answer(Endpoint::Picture, 503, "").always());
    let folder = house.folder.path().join("out");
    house.waypost.take_out_into(folder.clone(), everything()).unwrap();
    state(&mut house, |state| {
        matches!(state, TakeOutState::Running { progress } if progress.image_count > 0 && progress.sequence_count > 0)
    })
    .await;
    house.call(Call::StopTakeOut).await;
    state(&mut house, |state| matches!(state, TakeOutState::Stopped { .. })).await;
    house.waypost.close().await;

    let bus = EventBus::default();
    house.events = bus.listen();
    house.waypost = Waypost::open(setup(
        &house.server,
        &house.folder.path().join("data"),
        &house.browser,
        keychain,
        bus,
    ))
    .await
    .unwrap();
    let at_start = house.snapshot().await.take_out;
    assert!(matches!(&at_start, TakeOutState::Stopped { progress } if progress.folder == folder.display().to_string()));

    house.server.faults().clear();
    house.call(Call::ContinueTakeOut).await;
    let TakeOutState::Done { result } = state(&mut house, |state| matches!(state, TakeOutState::Done { .. })).await
    else {
        panic!("a result")
    };
    assert_eq!((result.progress.picture_count, result.progress.problem_count), (8, 0));
    assert!(result.files.contains(&"images.geojson".to_owned()));
    house.call(Call::ClearTakeOut).await;
    assert_eq!(house.snapshot().await.take_out, TakeOutState::Idle);
    assert!(folder.join("images.geojson").exists(), "its files stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_take_out_there_is_nothing_to_continue_and_without_a_sign_in_nothing_begins() {
    let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
    let problem = house.waypost.call(Call::ContinueTakeOut).await.unwrap_err();
    assert_eq!(problem.code, "nothing_to_continue");
    let folder = house.folder.path().join("out");
    house.waypost.take_out_into(folder.clone(), everything()).unwrap();
    let failed = state(&mut house, |state| matches!(state, TakeOutState::Failed { .. })).await;
    assert!(matches!(failed, TakeOutState::Failed { problem, progress: None } if problem.code == "not_signed_in"));
    assert!(!folder.exists());
}
