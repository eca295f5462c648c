//! The watched stream: exact length, small pieces, and silence told apart from a slow source.

use futures_util::StreamExt;
use futures_util::stream;

use super::*;

fn chunks(sizes: &[usize]) -> Vec<io::Result<Bytes>> {
    sizes.iter().map(|&size| Ok(Bytes::from(vec![7_u8; size]))).collect()
}

async fn drain(body: UploadBody, expected_bytes: u64) -> (usize, usize, Watch) {
    let (watched, watch) = body.watched(expected_bytes);
    let pieces: Vec<io::Result<Bytes>> = watched.collect().await;
    let largest = pieces.iter().flatten().map(Bytes::len).max().unwrap_or(0);
    let total = pieces.iter().flatten().map(Bytes::len).sum();
    (total, largest, watch)
}

#[tokio::test]
async fn large_chunks_go_out_in_small_pieces_and_nothing_is_lost() {
    let body = UploadBody::new(stream::iter(chunks(&[2 << 20, 0, 1, 300_000])));
    let expected = (2 << 20) + 1 + 300_000;
    let (total, largest, watch) = drain(body, expected).await;
    assert_eq!(u64::try_from(total).unwrap(), expected);
    assert!(largest <= PIECE_BYTES);
    assert!(matches!(watch.line_state(), LineState::AwaitsAnswer(_)));
    assert_eq!(watch.source_error(), None);
}

#[tokio::test]
async fn a_source_of_another_length_is_an_error_of_the_source() {
    let (_, _, watch) = drain(UploadBody::from_bytes("abc"), 4).await;
    assert_eq!(
        watch.source_error().map(|(kind, _)| kind),
        Some(io::ErrorKind::UnexpectedEof)
    );
    let (sent, _, watch) = drain(UploadBody::from_bytes("abcde"), 4).await;
    assert_eq!(sent, 0, "no byte of a wrong chunk goes out");
    assert_eq!(
        watch.source_error().map(|(kind, _)| kind),
        Some(io::ErrorKind::InvalidData)
    );
}

#[tokio::test]
async fn an_unreadable_source_keeps_its_own_words() {
    let failing = stream::iter([Err(io::Error::other("the card was pulled"))]);
    let (_, _, watch) = drain(UploadBody::new(failing), 4).await;
    assert_eq!(
        watch.source_error(),
        Some((io::ErrorKind::Other, "the card was pulled".to_owned()))
    );
}

const STALL: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_secs(90);

#[tokio::test(start_paused = true)]
async fn a_line_that_takes_nothing_is_silent_after_the_stall_timeout() {
    let (_watched, watch) = UploadBody::from_bytes("abc").watched(3);
    let began = Instant::now();
    assert_eq!(watch.silence(STALL, Some(ANSWER)).await, STALL);
    assert_eq!(began.elapsed(), STALL);
}

/// Takes a body as hyper does, which asks for more while it holds less than 408 KiB, over a line of this speed. Returns
/// how much was taken, and after how long silence was told.
async fn over_a_line(bytes_per_s: u64, length: u64, pieces: usize) -> (u64, Option<Duration>) {
    const HYPER_HOLDS_BYTES: u64 = 408 << 10;
    let sizes = vec![pieces; usize::try_from(length).unwrap() / pieces];
    let (mut watched, watch) = UploadBody::new(stream::iter(chunks(&sizes))).watched(length);
    let (mut taken, mut held) = (0_u64, 0_u64);
    let sending = async {
        while let Some(piece) = watched.next().await {
            let count = u64::try_from(piece.unwrap().len()).unwrap();
            (taken, held) = (taken + count, held + count);
            while held >= HYPER_HOLDS_BYTES {
                tokio::time::sleep(Duration::from_secs(1)).await;
                held = held.saturating_sub(bytes_per_s);
            }
        }
        tokio::time::sleep(Duration::from_secs(held / bytes_per_s)).await;
    };
    let silent = tokio::select! {
        () = sending => None,
        silent = watch.silence(STALL, Some(STALL)) => Some(silent),
    };
    (taken, silent)
}

#[tokio::test(start_paused = true)]
async fn a_line_of_a_kilobyte_in_a_second_is_slow_but_not_silent() {
    for bytes_per_s in [1_000, 2_000, 4_000, 50_000] {
        for pieces in [1 << 10, 2 << 20] {
            let length = 6 << 20;
            assert_eq!(
                over_a_line(bytes_per_s, length, pieces).await,
                (length, None),
                "{bytes_per_s} B/s"
            );
        }
    }
    let (_, silent) = over_a_line(1, 6 << 20, 2 << 20).await;
    assert_eq!(silent, Some(STALL), "a byte in a second is none");
}

#[tokio::test(start_paused = true)]
async fn the_answer_is_awaited_from_the_last_byte_on() {
    let (mut watched, watch) = UploadBody::from_bytes("abc").watched(3);
    tokio::time::advance(Duration::from_secs(50)).await;
    assert!(watched.next().await.is_some());
    let began = Instant::now();
    assert_eq!(watch.silence(STALL, Some(ANSWER)).await, ANSWER);
    assert_eq!(began.elapsed(), ANSWER);
}

#[tokio::test(start_paused = true)]
async fn a_slow_source_is_never_taken_for_a_silent_line() {
    let (mut watched, watch) = UploadBody::new(stream::pending()).watched(3);
    let first = tokio::time::timeout(Duration::ZERO, watched.next()).await;
    assert!(first.is_err(), "the source has nothing");
    let hours = Duration::from_secs(7_200);
    let silence = tokio::time::timeout(hours, watch.silence(STALL, Some(ANSWER)));
    assert!(silence.await.is_err(), "nobody else was to blame");
}

#[tokio::test(start_paused = true)]
async fn without_a_minimum_speed_the_answer_is_awaited_without_end() {
    let (mut watched, watch) = UploadBody::from_bytes("abc").watched(3);
    assert!(watched.next().await.is_some());
    let days = Duration::from_secs(200_000);
    assert!(tokio::time::timeout(days, watch.silence(STALL, None)).await.is_err());
}

#[tokio::test]
async fn an_abandoned_body_ends_even_while_its_source_has_nothing() {
    let (mut watched, watch) = UploadBody::new(stream::pending()).watched(3);
    let guard = watch.abandon_on_drop();
    let reader = tokio::spawn(async move { watched.next().await });
    tokio::task::yield_now().await;
    drop(guard);
    let last = reader.await.unwrap().unwrap();
    assert_eq!(last.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    assert_eq!(watch.source_error(), None);
}
