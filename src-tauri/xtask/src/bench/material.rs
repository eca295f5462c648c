//! The files that both programs are given, made by the generator's example and taken away at the end.

use std::path::{Path, PathBuf};

use crate::command::{cargo, run};

/// A folder of the bench's own.
pub struct Material {
    folder: PathBuf,
}

impl Material {
    /// An empty folder in the build folder, which is on a real disk where a temporary one may be memory.
    pub fn new() -> Result<Self, String> {
        let folder = crate::place::target().join(format!("bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { folder })
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A folder of photos.
    pub fn photos(&self, name: &str, count: usize, padding_bytes: usize) -> Result<PathBuf, String> {
        let folder = self.path(name);
        generate(&folder, "photos", &[count as u64, padding_bytes as u64])?;
        Ok(folder)
    }

    /// A folder with one video in it.
    pub fn video(
        &self,
        name: &str,
        duration_s: u64,
        frames_per_second: u64,
        frame_bytes: u64,
    ) -> Result<PathBuf, String> {
        let folder = self.path(name);
        let file = folder.join("GX010042.MP4");
        generate(&file, "video", &[duration_s, frames_per_second, frame_bytes])?;
        Ok(folder)
    }

    /// Moves the files of a folder into so many folders in it, one after the other by their names.
    pub fn divide(folder: &Path, count: usize) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .map_err(failed)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        files.sort();
        for (number, files) in files.chunks(files.len().div_ceil(count).max(1)).enumerate() {
            let part = folder.join(number.to_string());
            std::fs::create_dir(&part).map_err(failed)?;
            for file in files {
                let name = file.file_name().unwrap_or_default();
                std::fs::rename(file, part.join(name)).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Takes a part of it away, to make room.
    pub fn remove(path: &Path) -> Result<(), String> {
        std::fs::remove_dir_all(path).map_err(|error| format!("{}: {error}", path.display()))
    }
}

impl Drop for Material {
    fn drop(&mut self) {
        // What cannot be taken away lies in the build folder.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn generate(target: &Path, what: &str, numbers: &[u64]) -> Result<(), String> {
    let mut command = cargo(&[
        "run",
        "--quiet",
        "--release",
        "--package",
        "waypost-generator",
        "--example",
        "bench_material",
        "--",
        what,
    ]);
    run(command.arg(target).args(numbers.iter().map(u64::to_string)))
}
