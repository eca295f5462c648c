//! Where each sample of a track lies and when it is shown: the walk over the sample tables.

use super::tables::SampleTables;
use crate::limits::MAX_TRACK_SAMPLES;

/// One sample of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// Where it lies in the file.
    pub(crate) offset: u64,
    /// Its length in bytes.
    pub(crate) size: u32,
    /// Sum of the durations before it, in units of the media's timescale.
    pub(crate) start: u64,
    /// Its duration, in the same units; 0 where the table ends early.
    pub(crate) duration: u32,
    /// Which of the track's descriptions it follows, from 1.
    pub(crate) description: u32,
}

impl Sample {
    /// The first byte behind it.
    pub(crate) fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.size))
    }
}

/// The samples of a track, in the order in which they are decoded.
pub(crate) struct Samples<'t> {
    tables: &'t SampleTables,
    /// Samples given so far.
    index: u32,
    count: u32,
    chunk: u32,
    left_in_chunk: u32,
    offset: u64,
    description: u32,
    run: usize,
    start: u64,
    time_entry: usize,
    left_in_time_entry: u32,
    duration: u32,
}

impl SampleTables {
    /// How many samples the table of sizes names.
    pub(crate) fn sample_count(&self) -> u32 {
        self.count
    }

    /// The runs of composition offsets: samples, offset.
    pub(crate) fn composition_offsets(&self) -> impl Iterator<Item = (u32, i32)> {
        self.composition_offsets.iter().copied()
    }

    /// The numbers of the samples at which decoding can begin, from 1; `None` if at each.
    pub(crate) fn sync_samples(&self) -> Option<&[u32]> {
        self.sync_samples.as_deref()
    }

    /// All samples whose place the tables name.
    pub(crate) fn samples(&self) -> Samples<'_> {
        Samples {
            tables: self,
            index: 0,
            count: self.sample_count().min(MAX_TRACK_SAMPLES),
            chunk: 0,
            left_in_chunk: 0,
            offset: 0,
            description: 1,
            run: 0,
            start: 0,
            time_entry: 0,
            left_in_time_entry: 0,
            duration: 0,
        }
    }

    fn chunk_offset(&self, index: u32) -> Option<u64> {
        let index = usize::try_from(index).ok()?;
        self.chunk_offsets.get(index).copied()
    }
}

impl Samples<'_> {
    /// Goes on to the next chunk; `None` behind the last.
    fn next_chunk(&mut self) -> Option<()> {
        self.offset = self.tables.chunk_offset(self.chunk)?;
        self.chunk = self.chunk.checked_add(1)?;
        let runs = &self.tables.chunk_runs;
        // The run that begins with this chunk or went on from one before.
        while let Some(next) = runs.get(self.run.saturating_add(1)) {
            let [first_chunk, ..] = *next;
            if first_chunk > self.chunk {
                break;
            }
            self.run = self.run.saturating_add(1);
        }
        let [_, samples, description] = *runs.get(self.run)?;
        self.left_in_chunk = samples;
        self.description = description;
        Some(())
    }

    /// The duration of the next sample.
    fn next_duration(&mut self) -> u32 {
        let entries = &self.tables.durations;
        while self.left_in_time_entry == 0 {
            let Some(&[samples, duration]) = entries.get(self.time_entry) else {
                self.duration = 0;
                return 0;
            };
            self.left_in_time_entry = samples;
            self.duration = duration;
            self.time_entry = self.time_entry.saturating_add(1);
        }
        self.left_in_time_entry = self.left_in_time_entry.saturating_sub(1);
        self.duration
    }
}

impl Iterator for Samples<'_> {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if self.index >= self.count {
            return None;
        }
        while self.left_in_chunk == 0 {
            self.next_chunk()?;
        }
        let size = match self.tables.fixed_size {
            0 => *self.tables.sizes.get(usize::try_from(self.index).ok()?)?,
            fixed => fixed,
        };
        let duration = self.next_duration();
        let sample = Sample {
            offset: self.offset,
            size,
            start: self.start,
            duration,
            description: self.description,
        };
        self.index = self.index.saturating_add(1);
        self.left_in_chunk = self.left_in_chunk.saturating_sub(1);
        self.offset = self.offset.saturating_add(u64::from(size));
        self.start = self.start.saturating_add(u64::from(duration));
        Some(sample)
    }
}
