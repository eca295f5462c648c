//! Files for `cargo xtask bench`: as many and as large as a camera's, cheap to make.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use waypost_generator::{GeneratorError, PhotoSpec, VideoSpec, WalkSpec, photo_bytes, walk, write_gopro_video};

const USAGE: &str = "\
usage: bench_material photos FOLDER COUNT PADDING_BYTES
       bench_material video FILE SECONDS FRAMES_PER_SECOND FRAME_BYTES";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["photos", folder, count, padding] => match (count.parse(), padding.parse()) {
            (Ok(count), Ok(padding_bytes)) => photos(Path::new(folder), count, padding_bytes),
            _ => Err(USAGE.to_owned()),
        },
        ["video", file, seconds, frames, bytes] => match (seconds.parse(), frames.parse(), bytes.parse()) {
            (Ok(duration_s), Ok(frames_per_second), Ok(frame_bytes)) => {
                video(Path::new(file), duration_s, frames_per_second, frame_bytes).map_err(|error| error.to_string())
            }
            _ => Err(USAGE.to_owned()),
        },
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// One walk, small pictures; the padding makes the files as long as wanted.
fn photos(folder: &Path, count: usize, padding_bytes: usize) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let photos = walk(&WalkSpec {
        count,
        width_px: 64,
        height_px: 48,
        padding_bytes,
        ..WalkSpec::default()
    });
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let writers: Vec<_> = photos
            .chunks(count.div_ceil(threads).max(1))
            .map(|chunk| scope.spawn(|| chunk.iter().try_for_each(|photo| write(folder, photo))))
            .collect();
        writers
            .into_iter()
            .try_for_each(|writer| writer.join().unwrap_or_else(|_| Err("a writer ended early".into())))
    })
}

fn write(folder: &Path, photo: &PhotoSpec) -> Result<(), String> {
    let path: PathBuf = folder.join(&photo.file_name);
    let bytes = photo_bytes(photo).map_err(|error| error.to_string())?;
    std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn video(file: &Path, duration_s: u32, frames_per_second: u32, frame_bytes: usize) -> Result<(), GeneratorError> {
    write_gopro_video(
        file,
        &VideoSpec {
            duration_s,
            frames_per_second,
            frame_bytes,
            large_mdat: u64::from(duration_s) * u64::from(frames_per_second) * frame_bytes as u64 > 0xF000_0000,
            ..VideoSpec::default()
        },
    )
}
