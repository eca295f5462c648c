//! The smallest MP4 that holds a video track and a CAMM track.

fn boxed(name: [u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let payload: Vec<u8> = parts.concat();
    let mut out = u32::try_from(payload.len() + 8).unwrap().to_be_bytes().to_vec();
    out.extend_from_slice(&name);
    out.extend_from_slice(&payload);
    out
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// A CAMM position of type 6.
pub fn camm6(epoch_s: f64, latitude: f64, longitude: f64) -> Vec<u8> {
    let mut out = vec![0, 0, 6, 0];
    out.extend_from_slice(&epoch_s.to_le_bytes());
    out.extend_from_slice(&3_i32.to_le_bytes());
    out.extend_from_slice(&latitude.to_le_bytes());
    out.extend_from_slice(&longitude.to_le_bytes());
    for value in [34.5_f32, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    out
}

/// A CAMM position of type 5.
pub fn camm5(latitude: f64, longitude: f64) -> Vec<u8> {
    let mut out = vec![0, 0, 5, 0];
    for value in [latitude, longitude, -1.0] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    out
}

fn track(handler: [u8; 4], format: [u8; 4], lengths: &[u32], offset: u32) -> Vec<u8> {
    let count = u32::try_from(lengths.len()).unwrap();
    let entry = boxed(format, &[&[0; 6], &1_u16.to_be_bytes()]);
    let table = boxed(
        *b"stbl",
        &[
            &boxed(*b"stsd", &[&numbers(&[0, 1]), &entry]),
            &boxed(*b"stts", &[&numbers(&[0, 1, count, 500])]),
            &boxed(*b"stsc", &[&numbers(&[0, 1, 1, count, 1])]),
            &boxed(*b"stsz", &[&numbers(&[0, 0, count]), &numbers(lengths)]),
            &boxed(*b"co64", &[&numbers(&[0, 1, 0, offset])]),
        ],
    );
    boxed(
        *b"trak",
        &[&boxed(
            *b"mdia",
            &[
                &boxed(*b"mdhd", &[&numbers(&[0, 0, 0, 1_000, 500 * count, 0])]),
                &boxed(*b"hdlr", &[&numbers(&[0, 0]), &handler, &[0; 13]]),
                &boxed(*b"minf", &[&table]),
            ],
        )],
    )
}

/// A video recorded at `created_s` (seconds since 1970 UTC) with these CAMM samples, half a second
/// apart.
pub fn video(created_s: u32, samples: &[Vec<u8>]) -> Vec<u8> {
    let lengths: Vec<u32> = samples
        .iter()
        .map(|sample| u32::try_from(sample.len()).unwrap())
        .collect();
    let created = created_s.wrapping_add(2_082_844_800);
    let frame = [0_u8; 64];
    let make = |frame_at: u32, camm_at: u32| {
        boxed(
            *b"moov",
            &[
                &boxed(*b"mvhd", &[&numbers(&[0, created, created, 1_000, 5_000])]),
                &track(*b"vide", *b"avc1", &[64], frame_at),
                &track(*b"camm", *b"camm", &lengths, camm_at),
                &boxed(
                    *b"udta",
                    &[&boxed(*b"@mak", &[b"GoPro"]), &boxed(*b"@mod", &[b"HERO9 Black"])],
                ),
            ],
        )
    };
    let file_type = boxed(*b"ftyp", &[b"mp42", &[0; 4], b"mp42"]);
    let media_at = u32::try_from(file_type.len() + make(0, 0).len() + 8).unwrap();
    [
        file_type,
        make(media_at, media_at + 64),
        boxed(*b"mdat", &[&frame, &samples.concat()]),
    ]
    .concat()
}

/// A ride of `count` positions, about five metres apart, half a second each.
pub fn ride(count: u32) -> Vec<u8> {
    let samples: Vec<Vec<u8>> = (0..count)
        .map(|index| {
            let seconds = f64::from(index) * 0.5;
            camm6(1_777_626_000.0 + seconds, 52.5 + f64::from(index) * 0.000_045, 13.4)
        })
        .collect();
    video(1_777_626_000, &samples)
}
