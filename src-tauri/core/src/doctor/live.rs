//! The open questions of API notes §7, asked of the service with the person's own sign-in. Nothing is uploaded and no
//! upload is finished; everything but one look at a session that does not exist is a reading.

use std::collections::BTreeMap;

use waypost_mapillary::{Client, FeedNode, MapillaryError, Stage, UploadPermission};

use super::search_questions::{area_or_sides, organisation_images, paging_with_box, time_ends};
use super::{Finding, Verdict, bare_service_words, bare_words};
use crate::error::CoreError;
use crate::journal::UploadRecord;
use crate::upload::ActiveToken;

/// Pages of the feed that are read for its words: 500 uploads.
const WORD_PAGES: usize = 10;

/// Entries on each.
const PAGE_SIZE: u32 = 50;

/// What the questions are asked with.
pub struct LiveSetup<'a> {
    /// The client of the service.
    pub client: &'a Client,
    /// The sign-in.
    pub token: &'a ActiveToken,
    /// Host of the redirect address this app signs in through, such as `localhost`; `None` without an app.
    pub redirect_host: Option<String>,
    /// The uploads of the journal.
    pub uploads: &'a [UploadRecord],
}

/// What was read of the feed.
#[derive(Default)]
struct Feed {
    nodes: Vec<FeedNode>,
    refusal: Option<MapillaryError>,
}

/// Asks every open question, each on its own: one that fails costs no other.
pub async fn ask_live(setup: LiveSetup<'_>) -> Vec<Finding> {
    let upload = setup.client.upload_permission(&setup.token.token).await;
    let feed = read_feed(&setup).await;
    let mut findings = vec![
        may_upload(&upload),
        feed_answers(&feed),
        scopes(&upload),
        redirect(setup.redirect_host.as_deref()),
    ];
    let (client, token) = (setup.client, setup.token);
    findings.push(time_ends(client, token).await);
    findings.push(paging_with_box(client, token).await);
    findings.push(area_or_sides(client, token).await);
    findings.push(words(&feed));
    findings.push(cluster_entity(&setup, &feed).await);
    findings.push(organisation_images(client, token).await);
    findings.push(first_listed(setup.uploads));
    findings
}

fn may_upload(upload: &Result<UploadPermission, MapillaryError>) -> Finding {
    let finding = |verdict, answer: String| {
        Finding::new(
            "upload_token",
            "Does this sign-in's token open upload sessions?",
            verdict,
            answer,
        )
    };
    match upload {
        Ok(UploadPermission::Granted) => finding(
            Verdict::Fine,
            "yes; whether finish_upload takes it too shows the first upload: nothing is finished here".into(),
        ),
        Ok(UploadPermission::Refused { .. }) => finding(Verdict::Attention, "no, it is refused".into()),
        Err(error) => finding(Verdict::Failed, bare_service_words(error)),
    }
}

async fn read_feed(setup: &LiveSetup<'_>) -> Feed {
    let mut feed = Feed::default();
    let mut cursor: Option<String> = None;
    for _ in 0..WORD_PAGES {
        let page = setup
            .client
            .feed_page(&setup.token.token, &setup.token.user_id, PAGE_SIZE, cursor.as_deref())
            .await;
        match page {
            Ok(page) => {
                feed.nodes.extend(page.nodes);
                cursor = page.end_cursor.filter(|_| page.has_next_page);
                if cursor.is_none() {
                    break;
                }
            }
            Err(error) => {
                feed.refusal = Some(error);
                break;
            }
        }
    }
    feed
}

fn feed_answers(feed: &Feed) -> Finding {
    let question = "Does the activity feed answer a person's own token, with the query as text?";
    match &feed.refusal {
        None => Finding::new(
            "feed_token",
            question,
            Verdict::Fine,
            format!("yes, with {} uploads", feed.nodes.len()),
        ),
        Some(error @ MapillaryError::FeedRefused { .. }) => Finding::new(
            "feed_token",
            question,
            Verdict::Attention,
            format!("no, the documented search is used: {}", bare_service_words(error)),
        ),
        Some(error) => Finding::new("feed_token", question, Verdict::Failed, bare_service_words(error)),
    }
}

fn scopes(upload: &Result<UploadPermission, MapillaryError>) -> Finding {
    let question = "Are several scopes separated by a space?";
    match upload {
        Ok(UploadPermission::Granted) => Finding::new(
            "scope_separator",
            question,
            Verdict::Fine,
            "a sign-in that asked for \"read upload\" may upload; with a pasted token this says nothing",
        ),
        _ => Finding::new(
            "scope_separator",
            question,
            Verdict::NotAsked,
            "only a sign-in that may upload tells",
        ),
    }
}

fn redirect(host: Option<&str>) -> Finding {
    let question = "Which redirect addresses does Mapillary take?";
    match host {
        Some(host @ ("localhost" | "127.0.0.1" | "[::1]")) => Finding::new(
            "redirect_address",
            question,
            Verdict::Fine,
            format!("this app is registered with {host}; other forms are refused unless registered"),
        ),
        Some(_) => Finding::new(
            "redirect_address",
            question,
            Verdict::Fine,
            "this app is registered with an address that is not this computer",
        ),
        None => Finding::new("redirect_address", question, Verdict::NotAsked, "no app is known here"),
    }
}

/// Every word the stages and failures had, with how often.
fn words(feed: &Feed) -> Finding {
    let question = "Which words do stages and failures have?";
    if feed.nodes.is_empty() {
        return Finding::new("stage_words", question, Verdict::NotAsked, "the feed shows no upload");
    }
    let mut counts: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for node in &feed.nodes {
        let word = |stage: &Option<Stage>| stage.as_ref().map_or("null", Stage::as_str).to_owned();
        for (field, word) in [
            ("processing_status", word(&node.overall)),
            ("initial_processing_status", word(&node.initial_processing)),
            ("anonymization_status", word(&node.anonymization)),
            ("tiler_status", word(&node.tiler)),
            ("error_code", node.error_code.clone().unwrap_or_else(|| "UNSET".into())),
        ] {
            *counts.entry((field, word)).or_default() += 1;
        }
    }
    let words: Vec<String> = counts
        .iter()
        .map(|((field, word), count)| format!("{field} {} ×{count}", enum_word(word)))
        .collect();
    Finding::new("stage_words", question, Verdict::Fine, words.join(", "))
}

/// A word of the service as a report may hold it: an enum's letters only, so that nothing else slips in.
fn enum_word(word: &str) -> String {
    word.chars()
        .filter(|letter| letter.is_ascii_alphabetic() || *letter == '_')
        .take(40)
        .collect()
}

async fn cluster_entity(setup: &LiveSetup<'_>, feed: &Feed) -> Finding {
    let question = "Does an upload's cluster id answer as an entity?";
    let mut latest_first = setup.uploads.iter().rev().filter(|upload| !upload.dry_run);
    let known = latest_first.find_map(|upload| upload.cluster_id.clone());
    let Some(cluster_id) = known.or_else(|| feed.nodes.first().map(|node| node.cluster_id.0.clone())) else {
        return Finding::new("cluster_entity", question, Verdict::NotAsked, "no upload is known");
    };
    let answer = setup
        .client
        .probe(&setup.token.token, &[&cluster_id], &[("fields", "id")])
        .await;
    match answer {
        Ok(_) => Finding::new("cluster_entity", question, Verdict::Fine, "yes"),
        Err(MapillaryError::Status { status, body, .. }) if status < 500 => {
            let code = body.code.map_or_else(String::new, |code| format!(", code {code}"));
            Finding::new(
                "cluster_entity",
                question,
                Verdict::Fine,
                format!("no (HTTP {status}{code})"),
            )
        }
        Err(error) => Finding::new(
            "cluster_entity",
            question,
            Verdict::Failed,
            bare_words(&CoreError::Service(error)),
        ),
    }
}

fn first_listed(uploads: &[UploadRecord]) -> Finding {
    let question = "How long after it was finished does an upload appear in the feed?";
    let mut waits_s: Vec<i64> = uploads
        .iter()
        .filter_map(|upload| {
            let listed_ms = upload.follow.first_listed_at_ms?;
            Some(listed_ms.saturating_sub(upload.taken_at_ms?) / 1_000)
        })
        .collect();
    waits_s.sort_unstable();
    match (waits_s.first(), waits_s.last()) {
        (Some(shortest), Some(longest)) => Finding::new(
            "feed_delay",
            question,
            Verdict::Fine,
            format!(
                "at most {shortest} to {longest} s, seen with {} uploads; Waypost asks at growing pauses",
                waits_s.len()
            ),
        ),
        _ => Finding::new(
            "feed_delay",
            question,
            Verdict::NotAsked,
            "no upload of this computer was seen in the feed yet",
        ),
    }
}
