//! What the desktop is told while something is sent: that the computer must stay awake, and a bar that says how far.

mod app_support;

use std::sync::{Arc, Mutex};

use app_support::{House, UPLOAD};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use waypost_core::desktop::{Desktop, OverallProgress, OverallState};
use waypost_core::keychain::MemoryKeychain;
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{Call, SettingsView, SignInState};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Bar(Option<OverallProgress>),
    Awake(bool),
}

/// A desktop that hands on what it is told.
struct Noting(UnboundedSender<Told>);

struct Hold(UnboundedSender<Told>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.send(Told::Awake(false)).ok();
    }
}

impl Desktop for Noting {
    fn show_progress(&self, progress: Option<OverallProgress>) {
        self.0.send(Told::Bar(progress)).ok();
    }

    fn keep_awake(&self) -> Result<Box<dyn Send>, String> {
        self.0.send(Told::Awake(true)).ok();
        Ok(Box::new(Hold(self.0.clone())))
    }
}

async fn house() -> (House, UnboundedReceiver<Told>) {
    let (sender, told) = unbounded_channel();
    let keychain = Arc::new(MemoryKeychain::new());
    let mut house = House::open_at("allow", keychain, Arc::new(Noting(sender))).await;
    assert_eq!(house.sign_in().await, SignInState::Idle);
    house.prepare().await;
    (house, told)
}

async fn next(told: &mut UnboundedReceiver<Told>, wanted: impl Fn(&Told) -> bool, seen: &Mutex<Vec<Told>>) {
    loop {
        let said = told.recv().await.expect("the desktop is still told things");
        seen.lock().unwrap().push(said);
        if wanted(&said) {
            return;
        }
    }
}

async fn settings(house: &House) -> SettingsView {
    house.snapshot().await.settings
}

#[tokio::test(flavor = "multi_thread")]
async fn the_computer_stays_awake_while_bytes_go_and_may_sleep_when_all_is_sent() {
    let (house, mut told) = house().await;
    house.call(UPLOAD).await;
    let seen = Mutex::default();
    next(&mut told, |said| *said == Told::Bar(None), &seen).await;
    let seen = seen.into_inner().unwrap();
    assert!(seen.contains(&Told::Awake(true)), "{seen:?}");
    let holds: Vec<bool> = seen
        .iter()
        .filter_map(|said| match said {
            Told::Awake(held) => Some(*held),
            Told::Bar(_) => None,
        })
        .collect();
    assert!(
        holds.chunks(2).all(|pair| pair == [true, false]),
        "each hold is given back: {seen:?}"
    );
    let percents: Vec<u8> = seen
        .iter()
        .filter_map(|said| match said {
            Told::Bar(Some(progress)) => Some(progress.percent),
            _ => None,
        })
        .collect();
    assert!(!percents.is_empty() && percents.is_sorted(), "{percents:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_halt_lets_the_computer_sleep_and_shows_in_the_bar() {
    let (house, mut told) = house().await;
    // The bytes never end until the person halts.
    house
        .server
        .faults()
        .push(Fault::delay(Endpoint::UploadSend, 3_600_000).always());
    house.call(UPLOAD).await;
    let seen = Mutex::default();
    next(&mut told, |said| *said == Told::Awake(true), &seen).await;
    house.call(Call::PauseAll).await;
    next(&mut told, |said| *said == Told::Awake(false), &seen).await;
    let is_paused = |said: &Told| matches!(said, Told::Bar(Some(progress)) if progress.state == OverallState::Paused);
    if !seen.lock().unwrap().iter().any(is_paused) {
        next(&mut told, is_paused, &seen).await;
    }
    house.waypost.close().await;
    next(&mut told, |said| *said == Told::Bar(None), &seen).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setting_holds_at_once_in_both_directions() {
    let (house, mut told) = house().await;
    let mut wanted = settings(&house).await;
    wanted.keep_awake = false;
    let set = |settings: &SettingsView| Call::SetSettings {
        settings: Box::new(settings.clone()),
        app_secret: None,
    };
    house.call(set(&wanted)).await;
    house
        .server
        .faults()
        .push(Fault::delay(Endpoint::UploadSend, 3_600_000).always());
    house.call(UPLOAD).await;
    let seen = Mutex::default();
    let is_bar = |said: &Told| matches!(said, Told::Bar(Some(_)));
    next(&mut told, is_bar, &seen).await;
    assert!(!seen.lock().unwrap().contains(&Told::Awake(true)), "it was turned off");
    wanted.keep_awake = true;
    house.call(set(&wanted)).await;
    next(&mut told, |said| *said == Told::Awake(true), &seen).await;
    wanted.keep_awake = false;
    house.call(set(&wanted)).await;
    next(&mut told, |said| *said == Told::Awake(false), &seen).await;
}
