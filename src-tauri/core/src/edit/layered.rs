//! A value for every capture: one for all of them, and others where a person said so.
//!
//! A change about everything costs one word, and states that follow each other share what did not change, so that
//! keeping every state for undo costs little more than the changes themselves.

use rpds::RedBlackTreeMapSync;
use serde::{Deserialize, Serialize};

/// A value for every capture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layered<T> {
    all: T,
    own: RedBlackTreeMapSync<u64, T>,
}

impl<T: Default> Default for Layered<T> {
    fn default() -> Self {
        Self {
            all: T::default(),
            own: RedBlackTreeMapSync::new_sync(),
        }
    }
}

impl<T: Clone + PartialEq> Layered<T> {
    /// The value of a capture.
    pub fn get(&self, capture_id: u64) -> &T {
        self.own.get(&capture_id).unwrap_or(&self.all)
    }

    /// Gives every capture this value, those with one of their own too.
    pub fn set_all(&mut self, value: T) {
        self.all = value;
        self.own = RedBlackTreeMapSync::new_sync();
    }

    /// Gives one capture a value of its own.
    pub fn set(&mut self, capture_id: u64, value: T) {
        if *self.get(capture_id) == value {
            return;
        }
        if self.all == value {
            self.own.remove_mut(&capture_id);
        } else {
            self.own.insert_mut(capture_id, value);
        }
    }

    /// Changes the value of every capture, each from what it is.
    pub fn change_all(&mut self, change: impl Fn(&T) -> T) {
        let own: Vec<(u64, T)> = self.own.iter().map(|(id, value)| (*id, change(value))).collect();
        self.set_all(change(&self.all));
        for (capture_id, value) in own {
            self.set(capture_id, value);
        }
    }

    /// Whether any capture has a value that fits.
    pub fn any(&self, fits: impl Fn(&T) -> bool) -> bool {
        fits(&self.all) || self.own.values().any(fits)
    }
}
