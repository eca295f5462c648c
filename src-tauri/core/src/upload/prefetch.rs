//! The photos that come next are read and hashed while others are being sent, so that neither card nor line nor
//! processor waits for the others, and so that there are always several to hash at once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::loaded::Loading;

/// Photos read before their turn, by their place in the sequence.
#[derive(Default)]
pub(super) struct Prefetch(Mutex<State>);

#[derive(Default)]
struct State {
    /// The first place for which nothing was begun.
    next: usize,
    begun: HashMap<usize, Loading>,
}

impl Prefetch {
    /// Takes what was begun for `place`, and lets `begin` begin what comes in the `ahead` places behind it. `begin` says
    /// `None` for a place where nothing is to be read, and where there is no room: then it is read in its turn.
    pub(super) fn take(&self, place: usize, ahead: usize, begin: impl Fn(usize) -> Option<Loading>) -> Option<Loading> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = state.begun.remove(&place).or_else(|| begin(place));
        for next in state.next.max(place.saturating_add(1))..=place.saturating_add(ahead) {
            state.next = next.saturating_add(1);
            if let Some(loading) = begin(next) {
                state.begun.insert(next, loading);
            }
        }
        mine
    }
}
