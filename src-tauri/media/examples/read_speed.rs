//! How fast the headers of files are read: `cargo run --release -p waypost-media --example read_speed -- FILE…`.
//!
//! Each file is read as often as fits into two seconds, from the system's cache, on one thread. Without files it reads a
//! generated photo and a generated recording from memory.

use std::io::{Cursor, Read, Seek};
use std::path::Path;
use std::time::{Duration, Instant};

use waypost_generator::{PhotoSpec, VideoSpec, gopro_video_bytes, photo_bytes};
use waypost_media::{MediaError, read_photo, read_video};

/// How long each file is read again and again.
const ROUND: Duration = Duration::from_secs(2);

/// Reads a file of either sort; what it is called in the output.
fn read<R: Read + Seek>(reader: &mut R) -> Result<String, MediaError> {
    match read_photo(reader) {
        Ok(_) => Ok("photo".to_owned()),
        Err(MediaError::NotAJpeg { .. }) => {
            let facts = read_video(reader)?;
            Ok(format!("video, {} points", facts.track.len() + facts.removed.len()))
        }
        Err(error) => Err(error),
    }
}

fn measure(name: &str, mut once: impl FnMut() -> Result<String, MediaError>) {
    let start = Instant::now();
    let mut reads = 0_u32;
    let result = loop {
        let result = once();
        reads += 1;
        if result.is_err() || start.elapsed() >= ROUND {
            break result;
        }
    };
    let each = start.elapsed() / reads;
    let a_second = 1.0 / each.as_secs_f64();
    match result {
        Ok(what) => println!("{name}: {what}: {each:?} each, {a_second:.0} a second"),
        Err(error) => println!("{name}: {error}"),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    for file in &files {
        let path = Path::new(file);
        measure(&path.display().to_string(), || read(&mut std::fs::File::open(path)?));
    }
    if files.is_empty() {
        let photo = photo_bytes(&PhotoSpec::default())?;
        measure("generated photo", || read(&mut Cursor::new(&photo)));
        for minutes in [1, 100] {
            let spec = VideoSpec {
                duration_s: minutes * 60,
                frames_per_second: 2,
                frame_bytes: 64,
                ..VideoSpec::default()
            };
            let video = gopro_video_bytes(&spec)?;
            let name = format!(
                "generated recording of {minutes} minutes, {} MB",
                video.len() / 1_000_000
            );
            measure(&name, || read(&mut Cursor::new(&video)));
        }
    }
    Ok(())
}
