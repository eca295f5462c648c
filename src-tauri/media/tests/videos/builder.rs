//! Takes MP4 files apart and puts them together again, for files that are known to be whole.

/// A box around its content.
pub fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes()[..], &kind, content].concat()
}

/// A box whose size is written with 64 bits.
pub fn boxed_wide(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = (content.len() + 16) as u64;
    [&1_u32.to_be_bytes()[..], &kind, &size.to_be_bytes(), content].concat()
}

/// A box whose size is "to the end".
pub fn boxed_to_end(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    [&[0; 4][..], &kind, content].concat()
}

/// The boxes in `bytes`: kind and content.
pub fn boxes(mut bytes: &[u8]) -> Vec<([u8; 4], &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let short = u32::from_be_bytes(bytes[..4].try_into().unwrap());
        let kind = bytes[4..8].try_into().unwrap();
        let (head, size) = match short {
            1 => (
                16,
                usize::try_from(u64::from_be_bytes(bytes[8..16].try_into().unwrap())).unwrap(),
            ),
            size => (8, size as usize),
        };
        found.push((kind, &bytes[head..size]));
        bytes = &bytes[size..];
    }
    found
}

/// The content of the first box at `path`.
pub fn at<'b>(mut bytes: &'b [u8], path: &[&[u8; 4]]) -> Option<&'b [u8]> {
    for kind in path {
        bytes = boxes(bytes).into_iter().find(|(found, _)| found == *kind)?.1;
    }
    Some(bytes)
}

/// The contents of the movie's tracks.
pub fn tracks(file: &[u8]) -> Vec<&[u8]> {
    boxes(at(file, &[b"moov"]).unwrap())
        .into_iter()
        .filter(|(kind, _)| kind == b"trak")
        .map(|(_, content)| content)
        .collect()
}

/// The handler and the format of a track's samples.
pub fn kinds(track: &[u8]) -> (&[u8], &[u8]) {
    let handler = &at(track, &[b"mdia", b"hdlr"]).unwrap()[8..12];
    let stsd = at(track, &[b"mdia", b"minf", b"stbl", b"stsd"]).unwrap();
    (handler, &stsd[12..16])
}

/// Rebuilds the movie's tracks: `change` gets each track's boxes and returns what becomes of
/// them. Only for files whose index stands behind the media data, so that no offset moves.
pub fn with_tracks(file: &[u8], change: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> Vec<u8> {
    let mut new = Vec::new();
    for (kind, content) in boxes(file) {
        if &kind != b"moov" {
            new.extend(boxed(kind, content));
            continue;
        }
        let inside: Vec<u8> = boxes(content)
            .into_iter()
            .flat_map(|(kind, content)| match &kind {
                b"trak" => change(content).concat(),
                _ => boxed(kind, content),
            })
            .collect();
        new.extend(boxed(*b"moov", &inside));
    }
    new
}

/// A track as it was.
pub fn unchanged(track: &[u8]) -> Vec<Vec<u8>> {
    vec![boxed(*b"trak", track)]
}

/// An edit list: duration in the movie's units, start in the media's, -1 for nothing.
pub fn edit_list(edits: &[(u32, i32)]) -> Vec<u8> {
    let mut content = vec![0; 4];
    content.extend(u32::try_from(edits.len()).unwrap().to_be_bytes());
    for (duration, start) in edits {
        content.extend(duration.to_be_bytes());
        content.extend(start.to_be_bytes());
        content.extend([0, 1, 0, 0]);
    }
    boxed(*b"edts", &boxed(*b"elst", &content))
}

/// `bytes` with each `from` replaced by `to` of the same length.
pub fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut new = bytes.to_vec();
    let mut found = 0;
    for start in 0..=bytes.len() - from.len() {
        if bytes[start..].starts_with(from) {
            new[start..start + to.len()].copy_from_slice(to);
            found += 1;
        }
    }
    assert!(found > 0, "the bytes to replace are there");
    new
}
