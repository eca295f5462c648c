//! `cargo xtask bench library`: a library of 2,000 sequences and 1,000,000 images, opened, filtered and sorted by the
//! calls the window makes. Prints rows of a Markdown table.
//!
//! Half of the sequences were sent by Waypost, half were read from the account. The answers are written as JSON, as they
//! go to the window.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use url::Url;
use waypost_core::app::{EventBus, Setup, Waypost};
use waypost_core::desktop::NoDesktop;
use waypost_core::environment::Environment;
use waypost_core::journal::{
    Fact, FileRow, FollowFacts, FoundImage, ImportOf, ImportSpan, Journal, NewRecord, PublishedImage, Step,
};
use waypost_core::keychain::MemoryKeychain;
use waypost_core::package::SourcePhoto;
use waypost_core::ports::{BrowserOpener, SystemClock};
use waypost_core::practice::practice_service;
use waypost_core::settings::PackageKind;
use waypost_core::state::Event;
use waypost_wire::{
    Call, FileOutcome, ImageLink, LibraryColumn, LibraryOrigin, LibraryQuery, Reply, SequenceNotes, UploadState,
};

/// Sequences of each sort.
const SEQUENCES: u32 = 1_000;
/// Images in each.
const IMAGES: u32 = 500;
/// Counted runs of everything; one more before them is not counted.
const RUNS: usize = 7;
/// 2024-05-01 08:00 UTC, in milliseconds; each sequence is captured on a day of its own.
const FIRST_DAY_MS: i64 = 1_714_550_400_000;
const DAY_MS: i64 = 86_400_000;
/// What a person types, one keystroke after the other.
const TYPED: [&str; 3] = ["morning commute 731", "innsbruck hero", "seq-1999"];

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: bench_library FOLDER");
        return ExitCode::FAILURE;
    };
    let done = tokio::runtime::Runtime::new()
        .map_err(Failure::from)
        .and_then(|runtime| {
            make(&folder)?;
            runtime.block_on(measure(&folder))
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes the journal, as an engine and an import would have over the years.
fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    let journal = Journal::open(folder, None)?;
    for number in 0..SEQUENCES {
        send(&journal, number)?;
        find(&journal, number)?;
    }
    Ok(())
}

fn day_ms(number: u32) -> i64 {
    FIRST_DAY_MS + i64::from(number) * DAY_MS
}

/// Latitude and longitude, degrees: sequences spread over Europe, an image each eight metres.
fn place(number: u32, image: u32) -> (f64, f64) {
    let south = 43.0 + 0.25 * f64::from(number % 40) + 0.000_072 * f64::from(image);
    (south, 2.0 + 0.4 * f64::from(number / 40))
}

fn notes(number: u32) -> SequenceNotes {
    let (name, tag) = match number % 3 {
        0 => ("Morning commute", "commute"),
        1 => ("Round the lake", "leisure"),
        _ => ("Survey of the bridges", "work"),
    };
    SequenceNotes {
        name: format!("{name} {number}"),
        description: "with the camera on the helmet".into(),
        transport: "land/bicycle".into(),
        tags: vec![tag.into(), format!("week {}", number / 7)],
    }
}

/// An upload of Waypost; one in twenty is still being processed.
fn send(journal: &Journal, number: u32) -> Result<(), Failure> {
    let at_ms = day_ms(number);
    let rows: Vec<FileRow> = (0..IMAGES)
        .map(|image| file(number, image))
        .collect::<Result<_, Failure>>()?;
    let new = NewRecord {
        title: format!("100GOPRO ({number})"),
        package: PackageKind::Zip,
        zip_path: None,
        image_count: u64::from(IMAGES),
        estimated_bytes: u64::from(IMAGES) * 3_000_000,
        user_id: Some("1001".into()),
        organization_id: number.is_multiple_of(10).then(|| "2002".into()),
        fresh_key: false,
        wants_finish: true,
        dry_run: false,
        first_captured_at_ms: at_ms,
        last_captured_at_ms: at_ms + 2_000 * i64::from(IMAGES),
        created_at_ms: at_ms + 36_000_000,
        notes: notes(number),
    };
    let upload_id = journal.add(&new, &rows)?.upload_id;
    journal.bind_user(upload_id, "1001", "ann")?;
    let is_published = !number.is_multiple_of(20);
    let key = format!("seq-{number}");
    let follow = FollowFacts {
        visible_count: Some(u64::from(IMAGES)),
        asked_at_ms: Some(at_ms + 72_000_000),
        on_map: Some(is_published),
        links: vec![ImageLink {
            sequence_key: key.clone(),
            image_id: image_id(number, 0),
            image_count: u64::from(IMAGES),
            url: String::new(),
        }],
        ..FollowFacts::default()
    };
    let mut events = vec![
        Event::Start,
        Event::TurnCame { handle_kept: false },
        Event::Prepared,
        Event::Sent { finish: true },
        Event::FinishTaken,
    ];
    if is_published {
        events.push(Event::SeenPublished);
    }
    for event in &events {
        let facts = match event {
            Event::FinishTaken => vec![Fact::Cluster(format!("9{number:015}"))],
            Event::SeenPublished => vec![Fact::Follow(follow.clone())],
            _ => Vec::new(),
        };
        journal.apply(&Step {
            upload_id,
            event,
            at_ms: at_ms + 40_000_000,
            problem: None,
            facts,
        })?;
    }
    if is_published {
        let images: Vec<(u32, String)> = (0..IMAGES).map(|image| (image, image_id(number, image))).collect();
        journal.set_images(upload_id, &images)?;
        let shown: Vec<PublishedImage> = images
            .into_iter()
            .map(|(image, image_id)| PublishedImage {
                image_id,
                sequence_key: Some(key.clone()),
                captured_at_ms: Some(at_ms + 2_000 * i64::from(image)),
                position_deg: Some(place(number, image)),
                camera: Some("GoPro HERO9 Black".into()),
                ordinal: Some(image),
            })
            .collect();
        journal.set_published(upload_id, &shown)?;
    }
    Ok(())
}

fn image_id(number: u32, image: u32) -> String {
    format!("5{number:07}{image:07}")
}

fn file(number: u32, image: u32) -> Result<FileRow, Failure> {
    let captured_at_ms = day_ms(number) + 2_000 * i64::from(image);
    let (lat_deg, lon_deg) = place(number, image);
    let source = SourcePhoto {
        path: PathBuf::from(format!("/home/ann/Pictures/{number:04}/100GOPRO/G00{image:05}.JPG")),
        size_bytes: 3_000_000,
        modified_at_ms: captured_at_ms,
        description_json: "{}".into(),
        captured_at_ms,
        lat_deg,
        lon_deg,
    };
    Ok(FileRow {
        ordinal: image,
        path: source.path.clone(),
        outcome: FileOutcome::Sent,
        code: None,
        message: None,
        image_id: None,
        source: Some(serde_json::to_string(&source)?),
        size_bytes: source.size_bytes,
        captured_at_ms,
        fingerprint: Some(format!("{number:016x}{image:016x}")),
    })
}

/// A sequence that the account published by other means.
fn find(journal: &Journal, number: u32) -> Result<(), Failure> {
    let number = number + SEQUENCES;
    let images: Vec<FoundImage> = (0..IMAGES)
        .map(|image| FoundImage {
            image_id: image_id(number, image),
            sequence_key: format!("seq-{number}"),
            captured_at_ms: day_ms(number) + 2_000 * i64::from(image),
            position_deg: Some(place(number, image)),
            organization_id: None,
            camera: "GoPro GoPro Max".into(),
        })
        .collect();
    let of = ImportOf {
        user_id: "1001",
        username: "ann",
        now_ms: day_ms(number) + DAY_MS,
    };
    let span = ImportSpan {
        ordinal: 0,
        from_ms: None,
        until_ms: None,
    };
    journal.keep_found(of, &images, span, true, &|id| {
        format!("https://www.mapillary.com/app/?pKey={id}&focus=photo")
    })?;
    Ok(())
}

struct NoBrowser;

impl BrowserOpener for NoBrowser {
    fn open(&self, _address: &Url) -> Result<(), String> {
        Err("there is none here".into())
    }
}

async fn open(folder: &Path) -> Result<Arc<Waypost>, Failure> {
    // Nobody listens there, and nothing of the library asks.
    let address = Url::parse("http://127.0.0.1:9/")?;
    let addresses = [address.clone(), address.clone(), address.clone(), address.clone()];
    let service = practice_service(addresses, "bench".into(), String::new().into(), address);
    let setup = Setup {
        data_dir: folder.to_path_buf(),
        environment: Environment::empty(folder),
        endpoints: service.endpoints,
        practice_app: Some(service.app),
        follow: service.follow,
        user_agent: "Waypost bench".into(),
        version: "0.0.0".into(),
        keychain: Arc::new(MemoryKeychain::new()),
        opener: Arc::new(NoBrowser),
        desktop: Arc::new(NoDesktop),
        streets: None,
        system_languages: Vec::new(),
        clock: Arc::new(SystemClock),
        bus: EventBus::default(),
    };
    Waypost::open(setup)
        .await
        .map_err(|error| Failure::from(error.to_string()))
}

/// Asks and writes the answer as JSON; milliseconds, lines and bytes.
async fn ask(waypost: &Arc<Waypost>, query: LibraryQuery) -> Result<(f64, u64, usize), Failure> {
    let begun = Instant::now();
    let reply = waypost
        .call(Call::Library { query })
        .await
        .map_err(|problem| problem.message)?;
    let bytes = serde_json::to_vec(&reply)?.len();
    let ms = begun.elapsed().as_secs_f64() * 1_000.0;
    match reply {
        Reply::Library(page) => Ok((ms, page.line_count, bytes)),
        _ => Err("no library came".into()),
    }
}

async fn measure(folder: &Path) -> Result<(), Failure> {
    let first = LibraryQuery::default();
    let mut opened = Vec::new();
    let mut pages = Vec::new();
    for _ in 0..=RUNS {
        let begun = Instant::now();
        let waypost = open(folder).await?;
        let (page_ms, lines, bytes) = ask(&waypost, first.clone()).await?;
        opened.push(begun.elapsed().as_secs_f64() * 1_000.0);
        pages.push(page_ms);
        waypost.close().await;
        if opened.len() == 1 {
            println!(
                "| lines in the library; first page of {} as JSON | {lines}; {bytes} bytes |",
                first.limit
            );
        }
    }
    row("open Waypost, journal and queue, to the first page", opened);
    row("of that, the first page", pages);

    let waypost = open(folder).await?;
    let mut keys = Vec::new();
    for text in TYPED {
        for end in 1..=text.len() {
            let query = LibraryQuery {
                text: text.get(..end).unwrap_or(text).to_owned(),
                ..first.clone()
            };
            keys.push(median_of(&waypost, &query).await?);
        }
    }
    let worst_ms = keys.iter().copied().fold(0.0, f64::max);
    println!(
        "| filter, each of {} keystrokes | {:.1} ms, the slowest {worst_ms:.1} ms |",
        keys.len(),
        median(keys)
    );

    let mut sorts = Vec::new();
    for sort in [
        LibraryColumn::Name,
        LibraryColumn::Place,
        LibraryColumn::Captured,
        LibraryColumn::Uploaded,
        LibraryColumn::Images,
        LibraryColumn::State,
        LibraryColumn::Since,
        LibraryColumn::Account,
    ] {
        for descending in [false, true] {
            let query = LibraryQuery {
                sort,
                descending,
                ..first.clone()
            };
            sorts.push(median_of(&waypost, &query).await?);
        }
    }
    let worst_ms = sorts.iter().copied().fold(0.0, f64::max);
    println!(
        "| sort by each of 8 columns, both ways | {:.1} ms, the slowest {worst_ms:.1} ms |",
        median(sorts)
    );

    for (name, query) in [
        (
            "the last page",
            LibraryQuery {
                offset: 1_800,
                ..first.clone()
            },
        ),
        (
            "state, tag, account and a year of captures together",
            LibraryQuery {
                states: vec![UploadState::Published],
                origin: Some(LibraryOrigin::Waypost),
                tags: vec!["commute".into()],
                user_id: Some("1001".into()),
                captured_from_ms: Some(FIRST_DAY_MS),
                captured_until_ms: Some(FIRST_DAY_MS + 365 * DAY_MS),
                ..first.clone()
            },
        ),
    ] {
        println!("| {name} | {:.1} ms |", median_of(&waypost, &query).await?);
    }
    waypost.close().await;
    Ok(())
}

async fn median_of(waypost: &Arc<Waypost>, query: &LibraryQuery) -> Result<f64, Failure> {
    let mut all = Vec::new();
    for _ in 0..RUNS {
        all.push(ask(waypost, query.clone()).await?.0);
    }
    Ok(median(all))
}

/// A row with the median; the first run only warms the cache.
fn row(name: &str, mut all_ms: Vec<f64>) {
    let counted = all_ms.split_off(1);
    println!("| {name}, median of {} | {:.1} ms |", counted.len(), median(counted));
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
