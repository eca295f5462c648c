//! The boxes of an MP4 file (ISO/IEC 14496-12), arranged as GoPro cameras arrange them.

/// A box of some type around its content.
pub(super) fn boxed(kind: [u8; 4], content: &[&[u8]]) -> Vec<u8> {
    let size = 8 + content.iter().map(|part| part.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(size);
    bytes.extend_from_slice(&u32::try_from(size).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(&kind);
    for part in content {
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Big-endian words one behind the other.
pub(super) fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// The unity transformation, as `mvhd` and `tkhd` hold it.
const UNITY: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// "und" in the packed form of `mdhd`.
const LANGUAGE_UNDETERMINED: u32 = 0x55C4;

/// What kind of track, and what only that kind has.
#[derive(Debug)]
pub(super) enum Media {
    /// `vide`, with the picture's size.
    Video { width_px: u16, height_px: u16 },
    /// `soun`.
    Sound,
    /// `meta` with the format that the media header names, such as `gpmd`.
    Telemetry { format: [u8; 4] },
}

/// A track of the movie: its samples in chunks, one chunk for each second.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) media: Media,
    /// Eleven characters, as GoPro pads them: `GoPro MET  `.
    pub(super) handler_name: &'static str,
    /// The sample entry, a whole box.
    pub(super) sample_entry: Vec<u8>,
    /// Units a second.
    pub(super) timescale: u32,
    /// Length of each sample, in units of the timescale.
    pub(super) sample_delta: u32,
    /// Bytes of each sample.
    pub(super) sample_sizes: Vec<u32>,
    /// Samples in each chunk.
    pub(super) chunk_samples: Vec<u32>,
    /// Where each chunk begins, from the first byte of the media data.
    pub(super) chunk_offsets: Vec<u64>,
    /// Every how many samples one can begin to decode; 0 if at every one.
    pub(super) key_interval: u32,
}

/// What holds for the whole movie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Movie {
    /// Seconds since 1904, in the camera's local time as GoPro writes it.
    pub(super) created_s: u32,
    /// Milliseconds; the movie's timescale is 1000.
    pub(super) duration_ms: u32,
    /// Where the media data begin in the file.
    pub(super) data_offset: u64,
    /// Whether chunk offsets have 64 bits.
    pub(super) wide_offsets: bool,
}

/// The `moov` box. Its size does not depend on the offsets in it.
pub(super) fn moov(movie: Movie, tracks: &[Track], user_data: &[u8]) -> Vec<u8> {
    let next_track = u32::try_from(tracks.len()).unwrap_or(u32::MAX).saturating_add(1);
    let head = boxed(
        *b"mvhd",
        &[
            &words(&[0, movie.created_s, movie.created_s, 1000, movie.duration_ms]),
            &words(&[0x1_0000, 0x0100_0000, 0, 0]),
            &words(&UNITY),
            &words(&[0; 6]),
            &next_track.to_be_bytes(),
        ],
    );
    let mut content = vec![head, boxed(*b"udta", &[user_data])];
    content.extend((1..).zip(tracks).map(|(id, track)| trak(movie, id, track)));
    boxed(*b"moov", &[&content.concat()])
}

fn trak(movie: Movie, id: u32, track: &Track) -> Vec<u8> {
    let (width, height, volume) = match track.media {
        Media::Video { width_px, height_px } => (u32::from(width_px) << 16, u32::from(height_px) << 16, 0),
        Media::Sound => (0, 0, 0x0100_0000),
        Media::Telemetry { .. } => (0, 0, 0),
    };
    let enabled_in_movie = 0xF;
    let head = boxed(
        *b"tkhd",
        &[
            &words(&[
                enabled_in_movie,
                movie.created_s,
                movie.created_s,
                id,
                0,
                movie.duration_ms,
            ]),
            &words(&[0, 0, 0, volume]),
            &words(&UNITY),
            &words(&[width, height]),
        ],
    );
    let samples = u32::try_from(track.sample_sizes.len()).unwrap_or(u32::MAX);
    let media_head = boxed(
        *b"mdhd",
        &[&words(&[
            0,
            movie.created_s,
            movie.created_s,
            track.timescale,
            samples.saturating_mul(track.sample_delta),
            LANGUAGE_UNDETERMINED << 16,
        ])],
    );
    let (kind, own_head): ([u8; 4], Vec<u8>) = match &track.media {
        Media::Video { .. } => (*b"vide", boxed(*b"vmhd", &[&words(&[1, 0, 0])])),
        Media::Sound => (*b"soun", boxed(*b"smhd", &[&words(&[0, 0])])),
        Media::Telemetry { format } => {
            let general = boxed(*b"gmin", &[&words(&[0; 4])]);
            (*b"meta", boxed(*b"gmhd", &[&general, &boxed(*format, &[&words(&[0])])]))
        }
    };
    // GoPro writes QuickTime's form: "mhlr" in front, the name behind its length.
    let name_length = u8::try_from(track.handler_name.len()).unwrap_or(u8::MAX);
    let handler = boxed(
        *b"hdlr",
        &[
            &words(&[0]),
            b"mhlr",
            &kind,
            &words(&[0; 3]),
            &[name_length],
            track.handler_name.as_bytes(),
        ],
    );
    let here = boxed(*b"alis", &[&words(&[1])]);
    let data = boxed(*b"dinf", &[&boxed(*b"dref", &[&words(&[0, 1]), &here])]);
    let media_information = boxed(*b"minf", &[&own_head, &data, &sample_table(movie, track, samples)]);
    boxed(
        *b"trak",
        &[&head, &boxed(*b"mdia", &[&media_head, &handler, &media_information])],
    )
}

fn sample_table(movie: Movie, track: &Track, samples: u32) -> Vec<u8> {
    let mut table = vec![
        boxed(*b"stsd", &[&words(&[0, 1]), &track.sample_entry]),
        boxed(*b"stts", &[&words(&[0, 1, samples, track.sample_delta])]),
    ];
    let runs = chunk_runs(&track.chunk_samples);
    let run_count = u32::try_from(runs.len()).unwrap_or(u32::MAX);
    table.push(boxed(*b"stsc", &[&words(&[0, run_count]), &words(&runs.concat())]));
    table.push(boxed(
        *b"stsz",
        &[&words(&[0, 0, samples]), &words(&track.sample_sizes)],
    ));
    let chunks = u32::try_from(track.chunk_offsets.len()).unwrap_or(u32::MAX);
    let offsets = track.chunk_offsets.iter().map(|offset| movie.data_offset + offset);
    if movie.wide_offsets {
        let wide: Vec<u8> = offsets.flat_map(u64::to_be_bytes).collect();
        table.push(boxed(*b"co64", &[&words(&[0, chunks]), &wide]));
    } else {
        // The caller has checked that the last one fits.
        let narrow: Vec<u32> = offsets
            .map(|offset| u32::try_from(offset).unwrap_or(u32::MAX))
            .collect();
        table.push(boxed(*b"stco", &[&words(&[0, chunks]), &words(&narrow)]));
    }
    if track.key_interval > 0 {
        let keys: Vec<u32> = (0..samples)
            .step_by(usize::try_from(track.key_interval).unwrap_or(1))
            .map(|index| index + 1)
            .collect();
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        table.push(boxed(*b"stss", &[&words(&[0, count]), &words(&keys)]));
    }
    boxed(*b"stbl", &[&table.concat()])
}

/// First chunk, samples in each, sample entry: one row for each run of chunks alike.
fn chunk_runs(chunk_samples: &[u32]) -> Vec<[u32; 3]> {
    let mut runs: Vec<[u32; 3]> = Vec::new();
    for (chunk, &samples) in (1..).zip(chunk_samples) {
        if runs.last().is_none_or(|run| run[1] != samples) {
            runs.push([chunk, samples, 1]);
        }
    }
    runs
}

/// The `avc1` sample entry, with `colr` in front of `avcC`: GoPro's order, at which parsers that
/// expect `avcC` first give up.
pub(super) fn avc_sample_entry(width_px: u16, height_px: u16, configuration: &[u8]) -> Vec<u8> {
    let mut compressor = [0; 32];
    let name = b"\x11GoPro AVC encoder";
    compressor[..name.len()].copy_from_slice(name);
    // nclx: BT.709 three times over.
    let colour = boxed(*b"colr", &[b"nclx", &[0, 1, 0, 1, 0, 1, 0]]);
    boxed(
        *b"avc1",
        &[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &[0; 16],
            &width_px.to_be_bytes(),
            &height_px.to_be_bytes(),
            &words(&[0x48_0000, 0x48_0000, 0]),
            &[0, 1],
            &compressor,
            &[0, 24, 0xFF, 0xFF],
            &colour,
            &boxed(*b"avcC", &[configuration]),
        ],
    )
}

/// The `mp4a` sample entry for AAC-LC, 48 kHz, stereo (ISO/IEC 14496-14 §5.6).
pub(super) fn aac_sample_entry() -> Vec<u8> {
    // Descriptors: elementary stream { decoder configuration { AAC-LC 48 kHz stereo }, SL }.
    let descriptors = [
        3, 25, 0, 0, 0, // ES_DescrTag
        4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0xBB, 0x80, 0, 0, 0xBB, 0x80, // DecoderConfigDescrTag
        5, 2, 0x11, 0x90, // DecSpecificInfoTag
        6, 1, 2, // SLConfigDescrTag
    ];
    boxed(
        *b"mp4a",
        &[
            &[0, 0, 0, 0, 0, 0, 0, 1],
            &words(&[0, 0]),
            &[0, 2, 0, 16, 0, 0, 0, 0],
            &words(&[48_000 << 16]),
            &boxed(*b"esds", &[&words(&[0]), &descriptors]),
        ],
    )
}

/// The `gpmd` sample entry.
pub(super) fn telemetry_sample_entry() -> Vec<u8> {
    boxed(*b"gpmd", &[&[0, 0, 0, 0, 0, 0, 0, 1], &words(&[0])])
}
