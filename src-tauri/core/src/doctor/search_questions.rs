//! The open questions about the image search: its time window, its paging, its boxes, and whose images it shows.

use serde_json::Value;
use waypost_mapillary::{Client, MapillaryError};

use super::{Finding, Verdict, bare_service_words};
use crate::upload::ActiveToken;

/// Half of a small box around an image, degrees: a hundred metres.
const NEAR_DEG: f64 = 0.001;

/// Half width of a box that is wider than 0.01 degrees and small by its area.
const WIDE_DEG: f64 = 0.006;

/// Newest images that are looked at for organisations.
const NEWEST: &str = "100";

/// One image of the account: when and where it was taken.
struct Sample {
    captured_at_ms: i64,
    lon_deg: f64,
    lat_deg: f64,
}

/// The newest image of the account; the finding where there is none.
async fn sample(
    client: &Client,
    token: &ActiveToken,
    id: &'static str,
    question: &'static str,
) -> Result<Sample, Finding> {
    let rows = search(client, token, &[("limit", "1")]).await;
    let rows = rows.map_err(|error| Finding::new(id, question, Verdict::Failed, bare_service_words(&error)))?;
    let read = |row: &Value| {
        Some(Sample {
            captured_at_ms: row.get("captured_at")?.as_i64()?,
            lon_deg: row.pointer("/geometry/coordinates/0")?.as_f64()?,
            lat_deg: row.pointer("/geometry/coordinates/1")?.as_f64()?,
        })
    };
    let first = rows.get("data").and_then(|data| data.get(0)).and_then(read);
    first.ok_or_else(|| Finding::new(id, question, Verdict::NotAsked, "the account shows no image yet"))
}

/// Searches the account's images with `extra` parameters.
async fn search(client: &Client, token: &ActiveToken, extra: &[(&str, &str)]) -> Result<Value, MapillaryError> {
    let mut query = vec![
        ("creator_username", token.username.as_str()),
        ("fields", "id,captured_at,geometry,organization"),
    ];
    query.extend_from_slice(extra);
    client.probe(&token.token, &["images"], &query).await
}

fn count(rows: &Value) -> usize {
    rows.get("data").and_then(Value::as_array).map_or(0, Vec::len)
}

fn box_around(sample: &Sample, half_width_deg: f64, half_height_deg: f64) -> String {
    format!(
        "{:.6},{:.6},{:.6},{:.6}",
        (sample.lon_deg - half_width_deg).max(-180.0),
        (sample.lat_deg - half_height_deg).max(-90.0),
        (sample.lon_deg + half_width_deg).min(180.0),
        (sample.lat_deg + half_height_deg).min(90.0)
    )
}

/// Whether the ends of the time window belong to it.
pub(super) async fn time_ends(client: &Client, token: &ActiveToken) -> Finding {
    let (id, question) = ("time_window_ends", "Do the ends of a time window belong to it?");
    let sample = match sample(client, token, id, question).await {
        Ok(sample) => sample,
        Err(finding) => return finding,
    };
    let second = sample.captured_at_ms.div_euclid(1_000);
    let iso = |second: i64| jiff::Timestamp::from_second(second).map(|time| time.to_string());
    let (Ok(at), Ok(before), Ok(after)) = (iso(second), iso(second - 60), iso(second + 60)) else {
        return Finding::new(
            id,
            question,
            Verdict::NotAsked,
            "the newest image has an impossible time",
        );
    };
    let from = search(
        client,
        token,
        &[("start_captured_at", &at), ("end_captured_at", &after)],
    )
    .await;
    let until = search(
        client,
        token,
        &[("start_captured_at", &before), ("end_captured_at", &at)],
    )
    .await;
    match (from, until) {
        (Ok(from), Ok(until)) => {
            let yes_no = |is: bool| if is { "yes" } else { "no" };
            let whole = sample.captured_at_ms % 1_000 == 0;
            let caveat = if whole {
                ""
            } else {
                " (the image asked with has a fraction of a second)"
            };
            Finding::new(
                id,
                question,
                Verdict::Fine,
                format!(
                    "start: {}, end: {}{caveat}",
                    yes_no(count(&from) > 0),
                    yes_no(count(&until) > 0)
                ),
            )
        }
        (Err(error), _) | (_, Err(error)) => Finding::new(id, question, Verdict::Failed, bare_service_words(&error)),
    }
}

/// Whether a search by creator and box has further pages.
pub(super) async fn paging_with_box(client: &Client, token: &ActiveToken) -> Finding {
    let (id, question) = ("creator_box_paging", "Is a search by creator and box paged?");
    let sample = match sample(client, token, id, question).await {
        Ok(sample) => sample,
        Err(finding) => return finding,
    };
    let bbox = box_around(&sample, NEAR_DEG, NEAR_DEG);
    let rows = search(client, token, &[("bbox", &bbox), ("limit", "1")]).await;
    match rows {
        Ok(rows) if rows.pointer("/paging/next").is_some_and(Value::is_string) => {
            Finding::new(id, question, Verdict::Fine, "yes, it names a next page")
        }
        Ok(rows) => Finding::new(
            id,
            question,
            Verdict::Fine,
            format!("no, {} image came without a next page", count(&rows)),
        ),
        Err(error) => Finding::new(id, question, Verdict::Failed, bare_service_words(&error)),
    }
}

/// Whether 0.01 limits a box's area or its sides: asked with one that only fits by its area.
pub(super) async fn area_or_sides(client: &Client, token: &ActiveToken) -> Finding {
    let (id, question) = ("box_limit", "Does 0.01 limit a box's area or its sides?");
    let sample = match sample(client, token, id, question).await {
        Ok(sample) => sample,
        Err(finding) => return finding,
    };
    let bbox = box_around(&sample, WIDE_DEG, NEAR_DEG);
    match search(client, token, &[("bbox", &bbox), ("limit", "1")]).await {
        Ok(_) => Finding::new(
            id,
            question,
            Verdict::Fine,
            "its area: a box 0.012 degrees wide was taken",
        ),
        Err(MapillaryError::Status { status: 400..=499, .. }) => Finding::new(
            id,
            question,
            Verdict::Fine,
            "its sides: a box 0.012 degrees wide was refused",
        ),
        Err(error) => Finding::new(id, question, Verdict::Failed, bare_service_words(&error)),
    }
}

/// Whether the search by creator shows images that belong to an organisation.
pub(super) async fn organisation_images(client: &Client, token: &ActiveToken) -> Finding {
    let (id, question) = (
        "organisation_images",
        "Does the search by creator show images of organisations?",
    );
    match search(client, token, &[("limit", NEWEST)]).await {
        Ok(rows) => {
            let rows_of = rows.get("data").and_then(Value::as_array);
            let with = rows_of.map_or(0, |rows| {
                rows.iter()
                    .filter(|row| row.get("organization").is_some_and(Value::is_object))
                    .count()
            });
            let answer = if with > 0 {
                format!("yes, {with} of the newest {}", count(&rows))
            } else {
                format!(
                    "none among the newest {}; private ones cannot be told apart",
                    count(&rows)
                )
            };
            Finding::new(id, question, Verdict::Fine, answer)
        }
        Err(error) => Finding::new(id, question, Verdict::Failed, bare_service_words(&error)),
    }
}
