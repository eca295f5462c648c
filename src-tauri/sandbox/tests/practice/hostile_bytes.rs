//! Arbitrary bytes as zip, image, manifest and video: a clear 400, never a panic, never a hang.

use serde_json::json;

use crate::mp4_bytes::ride;
use crate::support::{Practice, photo, photos, zip_bytes};

/// A small generator with a fixed seed: the same bytes on every machine and every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        // xorshift64 (Marsaglia 2003).
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    /// `seed` with a few bytes changed, or cut, or with a piece repeated.
    fn mutant(&mut self, seed: &[u8]) -> Vec<u8> {
        const TELLING: [u8; 6] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF];
        let mut bytes = seed.to_vec();
        match self.below(8) {
            0 => bytes.truncate(self.below(seed.len())),
            1 => {
                let (from, at) = (self.below(seed.len()), self.below(seed.len()));
                let piece = seed[from..(from + 64).min(seed.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                for _ in 0..=self.below(6) {
                    let at = self.below(bytes.len());
                    bytes[at] = TELLING[self.below(TELLING.len())];
                }
            }
        }
        bytes
    }
}

/// Sends each of `packages` and finishes it: 200 or 400, and the service still answers.
async fn survives(packages: impl Iterator<Item = Vec<u8>>, file_type: &str) {
    let practice = Practice::start().await;
    let mut refused = 0;
    for (index, bytes) in packages.enumerate() {
        let handle = practice.handle(&format!("uuid_{index}.bin"), &bytes).await;
        let (status, body) = practice.finish(&handle, file_type).await;
        match status.as_u16() {
            200 => {}
            400 => {
                let message = body["error"]["message"].as_str().unwrap();
                assert!(!message.contains("broke off"), "a panic with package {index}");
                refused += 1;
            }
            other => panic!("status {other} for package {index}: {body}"),
        }
    }
    assert!(refused > 0, "no package was refused");
}

#[tokio::test]
async fn noise_is_refused_as_every_kind_of_package() {
    for file_type in ["zip", "mly_bundle_manifest", "mly_camm_video"] {
        let mut random = Random(0x5EED_0001);
        let noise = (0..60).map(move |_| {
            let length = random.below(2_000);
            (0..length).map(|_| random.next().to_le_bytes()[3]).collect()
        });
        survives(noise, file_type).await;
    }
}

#[tokio::test]
async fn mutants_of_a_zip_are_survived() {
    let seed = zip_bytes(&photos(2));
    let mut random = Random(0x5EED_0002);
    // Mutating the directory at the end and the headers matters more than the pictures.
    let mutants = (0..250).map(move |index| {
        if index % 2 == 0 {
            let tail = seed.len() - 300;
            let mut bytes = seed[..tail].to_vec();
            bytes.extend(random.mutant(&seed[tail..]));
            bytes
        } else {
            random.mutant(&seed)
        }
    });
    survives(mutants, "zip").await;
}

#[tokio::test]
async fn mutants_of_a_video_are_survived() {
    let seed = ride(4);
    let mut random = Random(0x5EED_0003);
    let mutants = (0..400).map(move |_| random.mutant(&seed));
    survives(mutants, "mly_camm_video").await;
}

#[tokio::test]
async fn mutants_of_an_image_are_survived() {
    let seed = photo(0);
    let mut random = Random(0x5EED_0004);
    // The first two kilobytes hold every segment in front of the picture.
    let mutants = (0..250).map(move |_| {
        let mut bytes = random.mutant(&seed[..2_000]);
        bytes.extend_from_slice(&seed[2_000..]);
        zip_bytes(&[bytes])
    });
    survives(mutants, "zip").await;
}

#[tokio::test]
async fn mutants_of_a_manifest_are_survived() {
    let seed = json!({
        "image_handles": ["2:0011"], "upload_type": "images", "version": "1",
    })
    .to_string()
    .into_bytes();
    let mut random = Random(0x5EED_0005);
    let mutants = (0..150).map(move |_| random.mutant(&seed));
    survives(mutants, "mly_bundle_manifest").await;
}

#[tokio::test]
async fn a_video_that_announces_more_than_it_holds_takes_no_memory() {
    // stsz announces 2^32-1 samples of one byte; a moov of 127 MiB that is not there.
    let mut announced = ride(2);
    let at = announced.windows(4).rposition(|part| part == b"stsz").unwrap();
    announced[at + 8..at + 16].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
    let short = [&b"\0\0\0\x08ftyp\x07\xF0\0\0moov"[..], &[0; 64]].concat();
    survives([announced, short].into_iter(), "mly_camm_video").await;
}
