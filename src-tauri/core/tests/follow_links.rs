//! What was sent beside what the service shows: the report, what is kept of it, and how few requests it takes.

mod upload_support;

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use upload_support::{World, new_upload, wait_for};
use url::Url;
use waypost_core::follow::matching::LocalPhoto;
use waypost_core::follow::search::find_photos;
use waypost_core::settings::PackageKind;
use waypost_mapillary::{Client, ClientOptions, Endpoints, MAX_PAGE_SIZE};
use waypost_sandbox::{Endpoint, Fault, FaultAction, Outcome};
use waypost_wire::{LinkWarning, UploadState};

#[tokio::test(flavor = "multi_thread")]
async fn the_report_names_the_files_that_are_missing_and_the_sequences_on_both_sides() {
    let world = World::start_with(|config| config.images_per_sequence = Some(2)).await;
    let photos = world.photos("walk", 5, 0);
    let outcome = Outcome {
        visible_images: Some(3),
        ..Outcome::default()
    };
    let fault = Fault::new(Endpoint::FinishUpload, FaultAction::Processing(outcome));
    world.sandbox.faults().push(fault);
    let engine = world.engine().await;
    let id = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, id, UploadState::Published).await;
    let report = engine.link_report(id).await.unwrap();
    assert_eq!((report.local_count, report.matched), (Some(5), 3));
    let missing: Vec<&str> = report.missing.iter().map(|file| file.path.as_str()).collect();
    let sent: Vec<String> = photos[3..]
        .iter()
        .map(|photo| photo.path.display().to_string())
        .collect();
    assert_eq!(missing, sent);
    let counts: Vec<u64> = report.sequences.iter().map(|sequence| sequence.matched).collect();
    assert_eq!(counts, [2, 1], "Mapillary cut what was one sequence here");
    assert!(report.extra.is_empty() && report.warnings.is_empty(), "{report:#?}");
    let [west, south, east, north] = report.box_deg.unwrap();
    assert!(
        west <= photos[0].lon_deg && photos[0].lon_deg <= east,
        "longitude first"
    );
    assert!(south <= photos[0].lat_deg && photos[0].lat_deg <= north);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_twice_is_told_of_and_never_linked_twice() {
    let world = World::start_with(|config| config.stage_ms = 0).await;
    let photos = world.photos("walk", 3, 0);
    let engine = world.engine().await;
    let first = world.begin(&engine, new_upload(&photos, PackageKind::Zip)).await;
    wait_for(&engine, first, UploadState::Published).await;
    let known = engine.link_report(first).await.unwrap();
    assert_eq!((known.matched, known.extra.len()), (3, 0));
    // The same account sends the same photos by another way, which this journal knows nothing of.
    let client = world.client();
    let token = waypost_core::upload::TokenSource::token(&*world.tokens, None)
        .await
        .unwrap();
    let handle = world.snapshot().clusters[0].session_key.clone();
    assert!(!handle.is_empty());
    let other = world.begin(&engine, {
        let mut again = new_upload(&photos, PackageKind::Images);
        again.fresh_key = true;
        again
    });
    let other = other.await;
    wait_for(&engine, other, UploadState::Published).await;
    let second = engine.link_report(other).await.unwrap();
    assert_eq!(
        (second.matched, second.extra.len()),
        (3, 0),
        "the first three belong to the first"
    );
    // To somebody who does not know the other upload they are copies.
    let locations: Vec<LocalPhoto> = photos
        .iter()
        .map(|photo| LocalPhoto {
            captured_at_ms: photo.captured_at_ms,
            lat_deg: photo.lat_deg,
            lon_deg: photo.lon_deg,
        })
        .collect();
    let found = find_photos(&client, &token.token, &token.username, &locations, |_| false, "v")
        .await
        .unwrap();
    assert_eq!(found.visible.count, 3);
    assert_eq!(found.shown.iter().filter(|(place, _)| place.is_none()).count(), 3);
    let journal = engine.journal();
    let images: Vec<_> = found
        .shown
        .iter()
        .map(|(place, image)| {
            let ordinal = place.map(|place| u32::try_from(place).unwrap());
            waypost_core::follow::report::published_image(image, ordinal)
        })
        .collect();
    journal.set_published(first, &images).unwrap();
    let report = engine.link_report(first).await.unwrap();
    assert_eq!(report.warnings, [LinkWarning::Duplicates]);
}

/// A service that shows `count` images in pages as large as they are asked for, and counts the requests.
fn service_of(photos: Vec<LocalPhoto>) -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = Url::parse(&format!("http://{}/graph", listener.local_addr().unwrap())).unwrap();
    let (requests, origin) = (Arc::new(AtomicUsize::new(0)), base.clone());
    let counter = Arc::clone(&requests);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            loop {
                let mut lines = Vec::new();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    lines.push(line);
                }
                let Some(path) = lines.first().and_then(|line| line.split(' ').nth(1)) else {
                    break;
                };
                counter.fetch_add(1, Ordering::SeqCst);
                let url = origin.join(path).unwrap();
                let number = |name: &str| {
                    let pair = url.query_pairs().find(|(key, _)| key == name);
                    pair.and_then(|(_, value)| value.parse::<usize>().ok())
                };
                let (from, limit) = (number("after").unwrap_or(0), number("limit").unwrap_or(2_000));
                let until = (from + limit).min(photos.len());
                let rows: Vec<_> = photos[from..until]
                    .iter()
                    .enumerate()
                    .map(|(at, photo)| {
                        serde_json::json!({
                            "id": (from + at).to_string(), "sequence": format!("s{}", (from + at) / 1_000),
                            "captured_at": photo.captured_at_ms,
                            "geometry": {"type": "Point", "coordinates": [photo.lon_deg, photo.lat_deg]},
                        })
                    })
                    .collect();
                let mut body = serde_json::json!({ "data": rows });
                if until < photos.len() {
                    let next = format!("{origin}/images?limit={limit}&after={until}");
                    body["paging"] = serde_json::json!({ "next": next });
                }
                let body = body.to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    body.len()
                );
                if stream
                    .write_all(head.as_bytes())
                    .and_then(|()| stream.write_all(body.as_bytes()))
                    .is_err()
                {
                    break;
                }
            }
        }
    });
    (base, requests)
}

#[tokio::test(flavor = "multi_thread")]
async fn linking_ten_thousand_images_takes_the_fewest_requests_the_service_allows() {
    const COUNT: usize = 10_000;
    let photos: Vec<LocalPhoto> = (0..COUNT)
        .map(|number| LocalPhoto {
            captured_at_ms: 1_780_000_000_000 + i64::try_from(number).unwrap() * 500,
            lat_deg: 50.0 + number as f64 * 0.000_015,
            lon_deg: 14.0,
        })
        .collect();
    let (graph, requests) = service_of(photos.clone());
    let client = Client::new(ClientOptions {
        endpoints: Endpoints {
            graph,
            ..Endpoints::default()
        },
        use_system_proxy: false,
        ..ClientOptions::default()
    })
    .unwrap();
    let token = "a token".into();
    let found = find_photos(&client, &token, "ann", &photos, |_| false, "v")
        .await
        .unwrap();
    let asked = requests.load(Ordering::SeqCst);
    println!("linking {COUNT} images took {asked} requests of up to {MAX_PAGE_SIZE} images");
    assert_eq!(found.visible.count, COUNT as u64);
    assert_eq!(found.visible.links.len(), 10, "all sequences, not the first");
    assert_eq!(asked, COUNT.div_ceil(MAX_PAGE_SIZE as usize));
}
