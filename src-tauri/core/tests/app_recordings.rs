//! Journeys of the real application, written down as the window hears them: `ui/src/platform/recordings/*.json`.
//!
//! The demo of the window replays these files, so that what its tests see is what the core says. They are written anew
//! with every run and committed; a difference is a change of the core's words that the window should be looked at for.
//! Times, folders and numbers that another run would have otherwise are replaced, and of what moves often only the
//! changes of state are kept.

mod app_support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app_support::{House, UPLOAD};
use serde_json::{Value, json};
use waypost_core::keychain::MemoryKeychain;
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{
    Call, Edit, EventBody, FateKind, LibraryColumn, LibraryQuery, PictureSize, PrepareState, Reply, SequenceNotes,
    SignInState, TakeOutChoice, TakeOutLayout, TakeOutSource, TakeOutState, Target, UploadEvent, UploadState,
    WaitReason,
};

/// The moment at which every recording stands, milliseconds since 1970 UTC: 2026-06-14T16:20:00Z, as in the scenes.
const RECORDED_AT_MS: i64 = 1_781_454_000_000;
const DAY_MS: i64 = 86_400_000;

/// A journey that is being written down.
struct Journey {
    name: &'static str,
    house: House,
    now_ms: i64,
    snapshot: Value,
    steps: Vec<Value>,
}

impl Journey {
    async fn begin(name: &'static str) -> Self {
        let mut house = House::open("allow", Arc::new(MemoryKeychain::new())).await;
        house.call(Call::FirstRunDone).await;
        assert_eq!(house.sign_in().await, SignInState::Idle);
        let snapshot = house.snapshot().await;
        let now_ms = snapshot.now_ms;
        let snapshot = serde_json::to_value(snapshot).unwrap();
        Self {
            name,
            house,
            now_ms,
            snapshot,
            steps: Vec::new(),
        }
    }

    /// Asks, and writes down the answer with everything that is said until `last`.
    async fn step(&mut self, call: Call, mut last: impl FnMut(&EventBody) -> bool) -> Reply {
        let reply = self.house.call(call.clone()).await;
        self.hear(call, &reply, &mut last).await;
        reply
    }

    /// Asks for what is answered and moves nothing.
    async fn ask(&mut self, call: Call) -> Reply {
        let reply = self.house.call(call.clone()).await;
        self.steps.push(json!({ "call": call, "reply": reply, "events": [] }));
        reply
    }

    /// Writes down an answer with everything that is said until `last`.
    async fn hear(&mut self, call: Call, reply: &Reply, last: &mut impl FnMut(&EventBody) -> bool) {
        let mut said: Vec<EventBody> = Vec::new();
        loop {
            let body = self.house.events.recv().await.expect("the line of events is open").body;
            let ends = last(&body);
            if is_kept(&body, &said) {
                said.push(body);
            }
            if ends {
                break;
            }
        }
        // What is told of uploads and of the rest comes from two tasks, in another order each time.
        said.sort_by_key(|body| matches!(body, EventBody::Upload(_)));
        self.steps.push(json!({ "call": call, "reply": reply, "events": said }));
    }

    async fn read(&mut self) {
        let paths = vec![self.house.photos.root.display().to_string()];
        let ready = |body: &EventBody| matches!(body, EventBody::Prepare(PrepareState::Ready(_)));
        self.step(Call::Prepare { paths }, ready).await;
    }

    /// Writes the file, if it would be another.
    fn end(self) {
        let mut text = json!({ "snapshot": self.snapshot, "steps": self.steps });
        let folder = self.house.folder.path().display().to_string();
        steady(&mut text, &folder, self.now_ms);
        let mut given = Vec::new();
        given_anew(&text, &mut given);
        let mut text = serde_json::to_string_pretty(&text).unwrap() + "\n";
        for (number, name) in given.iter().enumerate() {
            text = text.replace(name, &format!("given-{number}"));
        }
        assert!(!text.contains(&folder), "no folder of this computer");
        let path = recordings().join(format!("{}.json", self.name));
        if std::fs::read_to_string(&path).ok().as_deref() != Some(&text) {
            std::fs::create_dir_all(recordings()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    }
}

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/platform/recordings")
}

/// Whether an event tells something that the earlier ones did not: a new state, not one more count.
fn is_kept(body: &EventBody, said: &[EventBody]) -> bool {
    match body {
        // Notifications are the desktop's, and come before or after the row that they are about.
        EventBody::Notification(_)
        | EventBody::Upload(UploadEvent::Progress(_))
        | EventBody::Prepare(PrepareState::Reading(_))
        | EventBody::TakeOut(TakeOutState::Running { .. } | TakeOutState::Estimating { .. }) => false,
        EventBody::Upload(UploadEvent::Row(row)) => {
            let before = said.iter().rev().find_map(|other| match other {
                EventBody::Upload(UploadEvent::Row(other)) if other.upload_id == row.upload_id => Some(other.state),
                _ => None,
            });
            before != Some(row.state)
        }
        _ => true,
    }
}

/// Replaces what another run would have otherwise.
fn steady(value: &mut Value, folder: &str, now_ms: i64) {
    match value {
        Value::String(text) => {
            if text.contains(folder) {
                *text = text.replace(folder, "/home/anna");
            }
            // Addresses of the practice service have another port each time.
            if let Some(at) = text.find("127.0.0.1:") {
                let (start, port) = (at + 10, text[at + 10..].bytes().take_while(u8::is_ascii_digit).count());
                text.replace_range(start..start + port, "5180");
            }
        }
        Value::Number(number) => {
            if number.as_i64().is_some_and(|ms| (ms - now_ms).abs() < DAY_MS) {
                *number = RECORDED_AT_MS.into();
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| steady(row, folder, now_ms)),
        Value::Object(fields) => {
            // What the service had answered by the moment of this row is another each time, until the end.
            let is_underway =
                fields.contains_key("uploadId") && fields.get("state").is_some_and(|state| state == "processing");
            let is_published =
                fields.contains_key("uploadId") && fields.get("state").is_some_and(|state| state == "published");
            for (name, field) in fields.iter_mut() {
                match name.as_str() {
                    // Whether it was seen on the map by the moment of this row is another each time, too.
                    "fate" if is_published => {
                        steady(field, folder, now_ms);
                        field["kind"] = "visible".into();
                        field["nextAsk"] = Value::Null;
                    }
                    // The disk of this computer.
                    "freeBytes" => *field = 214_000_000_000_u64.into(),
                    "askedAtMs" | "fate" | "visibleCount" if is_underway => *field = Value::Null,
                    "stages" if is_underway => *field = json!([]),
                    // Measured, or chosen anew by the service.
                    "seq" | "bytesPerS" => *field = 0.into(),
                    "speedBytesPerS" | "timeLeftS" => *field = Value::Null,
                    "sentBytes" | "preparedBytes" if field.as_u64().is_some_and(|bytes| bytes > 0) => {
                        *field = fields_total();
                    }
                    _ => steady(field, folder, now_ms),
                }
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

/// Numbers and keys that the service gives anew each time, in the order in which they appear.
fn given_anew(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            if !found.contains(text) {
                found.push(text.clone());
            }
        }
        Value::Array(rows) => rows.iter().for_each(|row| given_anew(row, found)),
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str().filter(|_| name == "sequenceKey") {
                    Some(key) if !found.iter().any(|other| other == key) => found.push(key.to_owned()),
                    Some(_) => {}
                    None => given_anew(field, found),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Counts of bytes in the middle of a state are another each time.
fn fields_total() -> Value {
    Value::from(1)
}

fn row_in(state: UploadState) -> impl FnMut(&EventBody) -> bool {
    move |body| matches!(body, EventBody::Upload(UploadEvent::Row(row)) if row.state == state)
}

/// Until nothing more is said of an upload: it is published, and was seen on the map.
fn until_on_the_map() -> impl FnMut(&EventBody) -> bool {
    |body| match body {
        EventBody::Upload(UploadEvent::Row(row)) => row
            .fate
            .as_ref()
            .is_some_and(|fate| fate.kind == FateKind::OnMap && fate.next_ask.is_none()),
        _ => false,
    }
}

fn is_change(body: &EventBody) -> bool {
    matches!(body, EventBody::PlanChange(_))
}

/// One sequence, so that two uploads do not tell their states in another order each time.
async fn one_sequence(journey: &mut Journey) {
    let edit = Edit::Exclude {
        target: Target::Sequence("1".into()),
        excluded: true,
    };
    journey.step(Call::Edit { edit }, is_change).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_read_changed_and_put_right_again() {
    let mut journey = Journey::begin("edit").await;
    journey.read().await;
    let out = Edit::Exclude {
        target: Target::Captures(vec![1]),
        excluded: true,
    };
    journey.step(Call::Edit { edit: out }, is_change).await;
    journey.step(Call::Undo, is_change).await;
    journey.step(Call::Redo, is_change).await;
    journey.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_sent_and_published() {
    let mut journey = Journey::begin("published").await;
    journey.read().await;
    one_sequence(&mut journey).await;
    journey.step(UPLOAD, until_on_the_map()).await;
    journey.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_mapillary_refuses_fails_and_is_tried_again() {
    let mut journey = Journey::begin("retry").await;
    journey.read().await;
    one_sequence(&mut journey).await;
    let refusal = r#"{"debug_info":{"retriable":false,"type":"RequestError","message":"no such session"}}"#;
    journey
        .house
        .server
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 400, refusal));
    let mut upload_id = None;
    journey
        .step(UPLOAD, |body| match body {
            EventBody::Upload(UploadEvent::Row(row)) if row.state == UploadState::Failed => {
                upload_id = Some(row.upload_id);
                true
            }
            _ => false,
        })
        .await;
    let upload_id = upload_id.expect("an upload");
    journey.step(Call::Retry { upload_id }, until_on_the_map()).await;
    journey.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_sign_in_ends_asks_for_the_person() {
    let mut journey = Journey::begin("needs-sign-in").await;
    journey.read().await;
    one_sequence(&mut journey).await;
    let ended = r#"{"error":{"message":"Invalid OAuth access token","type":"OAuthException","code":190}}"#;
    for _ in 0..4 {
        journey
            .house
            .server
            .faults()
            .push(Fault::answer(Endpoint::UploadOffset, 401, ended));
    }
    journey.step(UPLOAD, row_in(UploadState::NeedsSignIn)).await;
    journey.end();
}

/// The one upload of a journey that stands in this state for this reason.
async fn upload_until_waiting(journey: &mut Journey, reason: WaitReason) -> i64 {
    let mut upload_id = None;
    journey
        .step(UPLOAD, |body| match body {
            EventBody::Upload(UploadEvent::Row(row))
                if row.state == UploadState::Waiting
                    && row.waiting.as_ref().is_some_and(|waiting| waiting.reason == reason) =>
            {
                upload_id = Some(row.upload_id);
                true
            }
            _ => false,
        })
        .await;
    upload_id.expect("an upload")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_whose_line_is_cut_waits_and_goes_on_when_asked() {
    let mut journey = Journey::begin("offline").await;
    journey.read().await;
    one_sequence(&mut journey).await;
    let cut = Fault::drop_after(Endpoint::UploadOffset, 0).always();
    journey.house.server.faults().push(cut);
    let upload_id = upload_until_waiting(&mut journey, WaitReason::Offline).await;
    journey.house.server.faults().clear();
    journey.step(Call::Retry { upload_id }, until_on_the_map()).await;
    journey.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_waits_is_given_up() {
    let mut journey = Journey::begin("cancelled").await;
    journey.read().await;
    one_sequence(&mut journey).await;
    let busy = Fault::answer(Endpoint::UploadOffset, 503, "").always();
    journey.house.server.faults().push(busy);
    let upload_id = upload_until_waiting(&mut journey, WaitReason::ServerError).await;
    journey
        .step(Call::Cancel { upload_id }, row_in(UploadState::Cancelled))
        .await;
    journey.end();
}

fn whole_library() -> LibraryQuery {
    LibraryQuery {
        text: String::new(),
        states: Vec::new(),
        origin: None,
        user_id: None,
        organization_id: None,
        captured_from_ms: None,
        captured_until_ms: None,
        tags: Vec::new(),
        sort: LibraryColumn::Captured,
        descending: true,
        pending_first: true,
        offset: 0,
        limit: 200,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_stands_in_the_library_and_is_named() {
    let mut journey = Journey::begin("library").await;
    journey.read().await;
    one_sequence(&mut journey).await;
    journey.step(UPLOAD, until_on_the_map()).await;
    let query = whole_library();
    let Reply::Library(page) = journey.ask(Call::Library { query }).await else {
        panic!("a page of the library")
    };
    let line_id = page.rows.first().expect("a line").line_id;
    journey.ask(Call::LibraryLine { line_id }).await;
    let notes = SequenceNotes {
        name: "Morning ride".into(),
        tags: vec!["survey".into()],
        ..SequenceNotes::default()
    };
    journey.ask(Call::SetNotes { line_id, notes }).await;
    journey.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_is_estimated_and_taken_out() {
    let mut journey = Journey::begin("take-out").await;
    journey.read().await;
    one_sequence(&mut journey).await;
    journey.step(UPLOAD, until_on_the_map()).await;
    let choice = TakeOutChoice {
        source: TakeOutSource::Mine,
        csv: true,
        fields: Vec::new(),
        geojson: false,
        json: false,
        detections: false,
        sizes: vec![PictureSize::Original],
        layout: TakeOutLayout::BySequence,
        exif: true,
    };
    journey
        .step(Call::EstimateTakeOut { choice: choice.clone() }, |body| {
            matches!(body, EventBody::TakeOut(TakeOutState::Estimated { .. }))
        })
        .await;
    // The window's shell asks for the folder and calls this.
    let folder = journey.house.folder.path().join("take-out");
    journey.house.waypost.take_out_into(folder, choice.clone()).unwrap();
    let mut done = |body: &EventBody| matches!(body, EventBody::TakeOut(TakeOutState::Done { .. }));
    journey
        .hear(Call::StartTakeOut { choice }, &Reply::Done, &mut done)
        .await;
    journey.end();
}
