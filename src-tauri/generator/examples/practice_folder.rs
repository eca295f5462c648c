//! Writes a practice folder and a video, to look at and to try other programs on.

use std::path::Path;
use std::process::ExitCode;

use waypost_generator::{
    GeneratorError, PracticeFolder, PracticeOptions, VideoSpec, write_gopro_video, write_practice_folder,
};

fn main() -> ExitCode {
    let Some(root) = std::env::args_os().nth(1) else {
        eprintln!("usage: practice_folder FOLDER");
        return ExitCode::from(2);
    };
    match write(Path::new(&root)) {
        Ok(folder) => {
            println!(
                "{} photos in {} sequences, {} bad photos, {} other files, 1 video",
                folder.good.len(),
                folder.sequences,
                folder.bad.len(),
                folder.ignored.len()
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn write(root: &Path) -> Result<PracticeFolder, GeneratorError> {
    let folder = write_practice_folder(root, &PracticeOptions::default())?;
    write_gopro_video(&root.join("DCIM/102GOPRO/GX010001.MP4"), &VideoSpec::default())?;
    Ok(folder)
}
