//! Reads what an account has published and Waypost did not send, into the library.
//!
//! The documented search by creator is asked span by span of capture time, several at once. Its pages come newest first;
//! as long as they do, the end of a span moves down with every page, in the same commit as the page. An import that was
//! cut short goes on there, and the service's own link to the next page, which can hold a token, is never written down.
//!
//! A later import asks for what was captured since shortly before the last one. What was captured long ago and uploaded
//! since is found by reading everything again: the search knows no upload time.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{TryStreamExt as _, stream};
use jiff::civil::date;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use waypost_mapillary::{Client, Image, ImageSearch};

use crate::error::CoreError;
use crate::follow::search::viewer_url;
use crate::journal::{FoundImage, ImportOf, ImportSpan, ImportTotals, Journal};
use crate::ports::Clock;
use crate::takeout::Asker;
use crate::upload::TokenSource;

/// Spans that are read at once. The service's limit is one of requests in a minute, and a page takes a second or more.
const SPANS_AT_ONCE: usize = 4;

/// Before this nothing was captured for Mapillary, which began in 2013; what claims to is read as one span.
const FIRST_YEAR: i16 = 2013;

/// What was captured so long before the last import is asked for again, milliseconds: 45 days. Cards lie about, and
/// processing takes days.
const OVERLAP_MS: i64 = 45 * 24 * 3_600_000;

/// What is read of each image.
const FIELDS: [&str; 6] = ["sequence", "captured_at", "geometry", "make", "model", "organization"];

/// Whose images are read.
#[derive(Clone, Debug)]
pub struct ImportAccount {
    /// Mapillary's user id.
    pub user_id: String,
    /// The account's name, as the search wants it.
    pub username: String,
}

/// What an import works with.
pub struct Import {
    /// Asks the service.
    pub asker: Asker,
    /// Where lines are kept.
    pub journal: Arc<Journal>,
    /// Start of the addresses that open an image.
    pub viewer: String,
    /// Whose images.
    pub account: ImportAccount,
}

impl Import {
    /// The import of the account that is signed in; dropping what [`Import::run`] returns stops it.
    ///
    /// # Errors
    /// Those of [`TokenSource::token`].
    pub async fn of_current(
        client: Client,
        tokens: Arc<dyn TokenSource>,
        clock: Arc<dyn Clock>,
        journal: Arc<Journal>,
        viewer: String,
    ) -> Result<Self, CoreError> {
        let active = tokens.token(None).await?;
        Ok(Self {
            asker: Asker::new(client, tokens, clock, CancellationToken::new()),
            journal,
            viewer,
            account: ImportAccount {
                user_id: active.user_id,
                username: active.username,
            },
        })
    }

    /// Reads until everything that is asked for was read: with `all` everything, else what was captured lately; an import
    /// that was cut short is gone on with first. `told` hears how far it is, after every page.
    ///
    /// # Errors
    /// [`CoreError::Stopped`], [`CoreError::Service`], [`CoreError::Journal`]. What was read until then is kept.
    pub async fn run(&self, all: bool, told: &(dyn Fn(ImportTotals) + Sync)) -> Result<ImportTotals, CoreError> {
        let now_ms = self.asker.clock().now_ms();
        let user_id = self.account.user_id.clone();
        let spans = self
            .with(move |journal| {
                let open = journal.open_spans(&user_id)?;
                let whole = journal.setting(&whole_key(&user_id))?;
                // Going on with a part is no answer to the wish for everything.
                if !open.is_empty() && (!all || journal.import_is_whole(&user_id)?) {
                    return Ok(open);
                }
                let last_ms = whole.as_deref().and_then(|text| text.parse::<i64>().ok());
                let spans = match last_ms {
                    Some(last_ms) if !all => vec![(Some(last_ms.saturating_sub(OVERLAP_MS)), None)],
                    _ => all_spans(now_ms),
                };
                journal.begin_import(&user_id, &spans, now_ms)?;
                journal.open_spans(&user_id)
            })
            .await?;
        told(self.totals().await?);
        stream::iter(spans.into_iter().map(Ok))
            .try_for_each_concurrent(SPANS_AT_ONCE, |span| self.read_span(span, told))
            .await?;
        let user_id = self.account.user_id.clone();
        self.with(move |journal| {
            let began_at_ms = journal
                .import_totals(&user_id)?
                .map_or(now_ms, |totals| totals.began_at_ms);
            journal.end_import(&user_id, now_ms)?;
            journal.set_setting(&whole_key(&user_id), Some(&began_at_ms.to_string()))
        })
        .await?;
        self.totals().await
    }

    async fn read_span(&self, span: ImportSpan, told: &(dyn Fn(ImportTotals) + Sync)) -> Result<(), CoreError> {
        let place = Mutex::new(span);
        let at = || *place.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: Result<(), CoreError> = self
            .asker
            .ask(|client, token| {
                let search = self.search(at());
                let place = &place;
                async move {
                    let (pages, mut waiting) = mpsc::unbounded_channel::<Vec<Image>>();
                    let walk = async {
                        let mut sink = move |page: Vec<Image>| match pages.send(page) {
                            Ok(()) => ControlFlow::Continue(()),
                            Err(_) => ControlFlow::Break(()),
                        };
                        client.search_image_pages(&token, &search, &mut sink).await
                    };
                    let keep = async {
                        let mut in_order = true;
                        while let Some(page) = waiting.recv().await {
                            let span = at();
                            let down_to = lowest_in_order(&page, span.until_ms);
                            in_order &= down_to.is_some();
                            let next = ImportSpan {
                                // Once they come in another order the span is only read when it is read to its end.
                                until_ms: if in_order { down_to } else { span.until_ms },
                                ..span
                            };
                            self.keep(page, next, false).await?;
                            *place.lock().unwrap_or_else(PoisonError::into_inner) = next;
                            told(self.totals().await?);
                        }
                        Ok(())
                    };
                    let (walked, kept) = tokio::join!(walk, keep);
                    // The journal's failure is not the service's, and asking again would not change it.
                    if kept.is_err() {
                        return Ok(kept);
                    }
                    walked.map(|()| kept)
                }
            })
            .await?;
        kept?;
        self.keep(Vec::new(), at(), true).await?;
        told(self.totals().await?);
        Ok(())
    }

    fn search(&self, span: ImportSpan) -> ImageSearch {
        ImageSearch {
            creator_username: Some(self.account.username.clone()),
            captured_from_ms: span.from_ms,
            captured_until_ms: span.until_ms,
            fields: FIELDS.map(str::to_owned).to_vec(),
            ..ImageSearch::default()
        }
    }

    async fn keep(&self, page: Vec<Image>, span: ImportSpan, is_done: bool) -> Result<(), CoreError> {
        let (account, viewer) = (self.account.clone(), self.viewer.clone());
        let now_ms = self.asker.clock().now_ms();
        self.with(move |journal| {
            let images: Vec<FoundImage> = page.into_iter().filter_map(found_image).collect();
            let of = ImportOf {
                user_id: &account.user_id,
                username: &account.username,
                now_ms,
            };
            journal.keep_found(of, &images, span, is_done, &|image_id| viewer_url(&viewer, image_id))
        })
        .await
    }

    async fn totals(&self) -> Result<ImportTotals, CoreError> {
        let user_id = self.account.user_id.clone();
        self.with(move |journal| journal.import_totals(&user_id))
            .await
            .map(Option::unwrap_or_default)
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Journal) -> Result<T, CoreError> + Send + 'static,
    ) -> Result<T, CoreError> {
        let journal = Arc::clone(&self.journal);
        tokio::task::spawn_blocking(move || work(&journal))
            .await
            .unwrap_or(Err(CoreError::Stopped))
    }
}

/// The setting that says when the last import began that came to its end.
fn whole_key(user_id: &str) -> String {
    format!("library_imported_at_ms:{user_id}")
}

/// One without a sequence or a time cannot stand in the table.
fn found_image(image: Image) -> Option<FoundImage> {
    let camera = [image.make, image.model]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    Some(FoundImage {
        image_id: image.id,
        sequence_key: image.sequence?,
        captured_at_ms: image.captured_at_ms?,
        position_deg: image.geometry.map(|position| (position.lat_deg, position.lon_deg)),
        organization_id: image.organization_id,
        camera,
    })
}

/// The oldest capture of a page, if it comes newest first and begins no later than where the one before ended.
fn lowest_in_order(page: &[Image], until_ms: Option<i64>) -> Option<i64> {
    /// The search is asked with a margin around its window, milliseconds.
    const MARGIN_MS: i64 = 2_000;
    let times: Vec<i64> = page.iter().filter_map(|image| image.captured_at_ms).collect();
    let limit_ms = until_ms.map_or(i64::MAX, |until_ms| until_ms.saturating_add(MARGIN_MS));
    let in_order = times.len() == page.len()
        && times.is_sorted_by(|newer, older| newer >= older)
        && times.first().is_none_or(|newest| *newest <= limit_ms);
    if !in_order {
        return None;
    }
    times.last().copied().or(until_ms)
}

/// All of time, newest first: what claims to come from the future, each year, and what lies before the first.
fn all_spans(now_ms: i64) -> Vec<(Option<i64>, Option<i64>)> {
    let start_of = |year: i16| {
        date(year, 1, 1)
            .to_zoned(TimeZone::UTC)
            .map_or(0, |start| start.timestamp().as_millisecond())
    };
    let this_year = jiff::Timestamp::from_millisecond(now_ms)
        .map_or(FIRST_YEAR, |now| now.to_zoned(TimeZone::UTC).year())
        .max(FIRST_YEAR);
    let mut spans = vec![(Some(start_of(this_year)), None)];
    for year in (FIRST_YEAR..this_year).rev() {
        spans.push((Some(start_of(year)), Some(start_of(year + 1))));
    }
    spans.push((None, Some(start_of(FIRST_YEAR))));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spans_of_everything_leave_no_moment_out() {
        let spans = all_spans(1_800_000_000_000);
        assert_eq!((spans[0].1, spans.last().unwrap().0), (None, None));
        assert!(spans.windows(2).all(|pair| pair[0].0 == pair[1].1));
        assert_eq!(spans.len(), 16, "2027 and later, 2013 to 2026, before");
    }

    #[test]
    fn a_page_moves_the_end_of_its_span_only_when_it_comes_newest_first() {
        let page = |times: &[i64]| -> Vec<Image> {
            let image = |at_ms: &i64| Image {
                captured_at_ms: Some(*at_ms),
                ..Image::default()
            };
            times.iter().map(image).collect()
        };
        assert_eq!(lowest_in_order(&page(&[9, 7, 7]), Some(9)), Some(7));
        assert_eq!(lowest_in_order(&page(&[7, 9]), Some(9)), None);
        assert_eq!(
            lowest_in_order(&page(&[9_000]), Some(6_000)),
            None,
            "newer than what was read before"
        );
        assert_eq!(lowest_in_order(&[], Some(9)), Some(9));
        assert_eq!(
            lowest_in_order(&[Image::default()], Some(9)),
            None,
            "without a time nothing is known"
        );
    }
}
