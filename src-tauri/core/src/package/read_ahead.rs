//! Reading on a second thread, so that disk and processor work at the same time.
//!
//! A thread that waits in a channel costs nothing; those of a pool look for other work first, thousands of times in a
//! large file.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// What was read, in order.
pub(super) struct Ahead<P, E> {
    full: Receiver<Result<P, E>>,
    empty: Sender<P>,
}

impl<P, E> Ahead<P, E> {
    /// The next piece; `None` behind the last one.
    pub(super) fn next(&mut self) -> Result<Option<P>, E> {
        // The reader hangs up at the end and after an error.
        self.full.recv().ok().transpose()
    }

    /// Lets a piece be filled again.
    pub(super) fn give_back(&mut self, piece: P) {
        // Nobody takes it when all was read.
        let _ = self.empty.send(piece);
    }
}

/// Lets `read` fill `pieces` one after the other, as long as it says that there was something, while `work` takes what
/// it filled. Ends with what `work` says.
pub(super) fn read_ahead<P: Send, E: Send, T>(
    pieces: impl IntoIterator<Item = P>,
    mut read: impl FnMut(&mut P) -> Result<bool, E> + Send,
    work: impl FnOnce(&mut Ahead<P, E>) -> Result<T, E>,
) -> Result<T, E> {
    let (give, full) = channel();
    let (empty, take) = channel();
    for piece in pieces {
        // `take` is there to be moved below.
        let _ = empty.send(piece);
    }
    thread::scope(|scope| {
        scope.spawn(move || {
            while let Ok(mut piece) = take.recv() {
                let filled = match read(&mut piece) {
                    Ok(true) => Ok(piece),
                    Ok(false) => return,
                    Err(error) => Err(error),
                };
                let is_over = filled.is_err();
                if give.send(filled).is_err() || is_over {
                    return;
                }
            }
        });
        let mut ahead = Ahead { full, empty };
        let done = work(&mut ahead);
        // Without it the reader would wait for pieces for ever.
        drop(ahead);
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts up to `end`, then says `last`.
    fn counting(
        end: u32,
        last: Result<bool, &'static str>,
    ) -> impl FnMut(&mut u32) -> Result<bool, &'static str> + Send {
        let mut count = 0;
        move |piece| {
            count += 1;
            *piece = count;
            if count > end { last } else { Ok(true) }
        }
    }

    #[test]
    fn everything_comes_in_order_however_few_pieces_there_are() {
        for pieces in 1..4 {
            let all = read_ahead(vec![0; pieces], counting(100, Ok(false)), |ahead| {
                let mut all = Vec::new();
                while let Some(piece) = ahead.next()? {
                    all.push(piece);
                    ahead.give_back(piece);
                }
                Ok(all)
            });
            assert_eq!(all, Ok((1..=100).collect()));
        }
    }

    #[test]
    fn an_error_comes_behind_what_was_read_before_it() {
        let mut seen = 0;
        let end = read_ahead([0, 0], counting(3, Err("the card is gone")), |ahead| {
            while let Some(piece) = ahead.next()? {
                seen = piece;
                ahead.give_back(piece);
            }
            Ok(())
        });
        assert_eq!((seen, end), (3, Err("the card is gone")));
    }

    #[test]
    fn who_needs_no_more_waits_for_nobody() {
        let first = read_ahead([0], counting(u32::MAX, Ok(false)), Ahead::next);
        assert_eq!(first, Ok(Some(1)));
        let end: Result<(), _> = read_ahead([0, 0], counting(u32::MAX, Ok(false)), |_| Err("stopped"));
        assert_eq!(end, Err("stopped"));
    }
}
