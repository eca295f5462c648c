//! Undo and redo without a limit.
//!
//! Every state is kept as it was. States share what they have in common ([`super::Layered`]), so that a state costs
//! little more than the change that led to it.

use super::Edits;

/// The states of the edits: those before, the one that stands, and those that were taken back.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    past: Vec<Edits>,
    present: Edits,
    future: Vec<Edits>,
}

impl History {
    /// Begins with these edits, which cannot be undone.
    pub fn starting_with(present: Edits) -> Self {
        Self {
            present,
            ..Self::default()
        }
    }

    /// The state that stands.
    pub fn edits(&self) -> &Edits {
        &self.present
    }

    /// Goes on to a new state; what was taken back is gone. A state that changes nothing is no step.
    pub fn push(&mut self, edits: Edits) {
        if edits != self.present {
            self.past.push(std::mem::replace(&mut self.present, edits));
            self.future.clear();
        }
    }

    /// Takes the last step back; `false` if there is none.
    pub fn undo(&mut self) -> bool {
        let Some(earlier) = self.past.pop() else {
            return false;
        };
        self.future.push(std::mem::replace(&mut self.present, earlier));
        true
    }

    /// Does the step again that was taken back last; `false` if there is none.
    pub fn redo(&mut self) -> bool {
        let Some(later) = self.future.pop() else {
            return false;
        };
        self.past.push(std::mem::replace(&mut self.present, later));
        true
    }

    /// Steps that can be taken back.
    pub fn undo_count(&self) -> usize {
        self.past.len()
    }

    /// Steps that can be done again.
    pub fn redo_count(&self) -> usize {
        self.future.len()
    }
}
