//! Where the zip writer writes to: a place that keeps only what may still change.
//!
//! The writer goes back to the header of the current entry to fill in its size and CRC. Everything before that entry
//! is finished and can be taken out.

use std::io::{self, Seek, SeekFrom, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A shared window onto the end of a stream of bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Place of the first byte that is kept.
    start: u64,
    bytes: Vec<u8>,
    /// Where the next write goes.
    position: u64,
}

impl State {
    fn end(&self) -> u64 {
        self.start.saturating_add(self.bytes.len() as u64)
    }

    /// Index of a place; places before the window are gone, places behind its end were never there.
    fn index(&self, place: u64) -> io::Result<usize> {
        place
            .checked_sub(self.start)
            .and_then(|index| usize::try_from(index).ok())
            .filter(|index| *index <= self.bytes.len())
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "this part of the zip is no longer at hand"))
    }
}

impl Window {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room for so many bytes behind those that are there, so that they need not be moved when these come.
    pub(crate) fn make_room(&self, bytes: u64) {
        self.state()
            .bytes
            .reserve_exact(usize::try_from(bytes).unwrap_or_default());
    }

    /// How many bytes were written in all.
    pub(crate) fn end(&self) -> u64 {
        self.state().end()
    }

    /// Shows the bytes from `place` to the end.
    pub(crate) fn with_bytes_from<T>(&self, place: u64, look: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        let state = self.state();
        let index = state.index(place)?;
        Ok(look(state.bytes.get(index..).unwrap_or_default()))
    }

    /// Takes out everything before `place` into `finished`, whose memory is used again.
    pub(crate) fn take_until(&self, place: u64, finished: &mut Vec<u8>) -> io::Result<()> {
        let mut state = self.state();
        let index = state.index(place)?;
        finished.clear();
        // The larger part goes: keep its memory on that side and copy the small rest.
        let rest = state.bytes.split_off(index);
        std::mem::swap(finished, &mut state.bytes);
        state.bytes.extend_from_slice(&rest);
        state.start = place;
        Ok(())
    }
}

/// Grown by no less, so that headers do not make it grow one by one.
const SPARE_BYTES: usize = 64 * 1024;

impl Write for Window {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let mut state = self.state();
        let index = state.index(state.position)?;
        let over = buffer.len().min(state.bytes.len() - index);
        let (replacing, appending) = buffer.split_at(over);
        if let Some(kept) = state.bytes.get_mut(index..index + over) {
            kept.copy_from_slice(replacing);
        }
        if state.bytes.capacity() - state.bytes.len() < appending.len() {
            // A photo that is a little larger than the one before would double it otherwise.
            state.bytes.reserve_exact(appending.len().max(SPARE_BYTES));
        }
        state.bytes.extend_from_slice(appending);
        state.position = state.position.saturating_add(buffer.len() as u64);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Window {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let mut state = self.state();
        let place = match target {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(distance) => state.end().checked_add_signed(distance),
            SeekFrom::Current(distance) => state.position.checked_add_signed(distance),
        }
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        state.index(place)?;
        state.position = place;
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_still_change_can_be_written_over() {
        let window = Window::default();
        let mut writer = window.clone();
        writer.write_all(b"head....data").unwrap();
        writer.seek(SeekFrom::Start(4)).unwrap();
        writer.write_all(b"1234").unwrap();
        writer.seek(SeekFrom::End(0)).unwrap();
        writer.write_all(b"+").unwrap();
        assert_eq!(window.with_bytes_from(0, <[u8]>::to_vec).unwrap(), b"head1234data+");
        assert_eq!(window.end(), 13);
    }

    #[test]
    fn finished_bytes_leave_and_the_rest_keeps_its_place() {
        let window = Window::default();
        let mut writer = window.clone();
        let mut finished = Vec::new();
        writer.write_all(b"onetwo").unwrap();
        window.take_until(3, &mut finished).unwrap();
        assert_eq!(finished, b"one");
        writer.write_all(b"three").unwrap();
        writer.seek(SeekFrom::Start(3)).unwrap();
        writer.write_all(b"TWO").unwrap();
        window.take_until(11, &mut finished).unwrap();
        assert_eq!(finished, b"TWOthree");
    }

    #[test]
    fn what_has_left_cannot_be_changed() {
        let window = Window::default();
        let mut writer = window.clone();
        writer.write_all(b"onetwo").unwrap();
        window.take_until(3, &mut Vec::new()).unwrap();
        assert!(writer.seek(SeekFrom::Start(2)).is_err());
        assert!(writer.seek(SeekFrom::Start(7)).is_err());
        assert!(window.with_bytes_from(0, <[u8]>::len).is_err());
    }
}
