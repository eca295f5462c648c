//! `bench`, the reading part: `process` of photos and videos to a description.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Instant;

use super::material::Material;
use super::measure::{Start, Used, in_turn, median_of, table};

/// Counted runs of each program.
const RUNS: usize = 5;
/// Photos that both programs read.
const PHOTOS: usize = 2000;
/// Folders that show whether time grows with the number of photos.
const GROWTH: [usize; 3] = [1_000, 10_000, 100_000];
/// 4 GB: eight minutes at 30 frames a second.
const LARGE_VIDEO: (u64, u64, u64) = (480, 30, 280_000);
/// A hundred minutes and more, with a payload of telemetry each second: 6,600.
const LONG_VIDEO: (u64, u64, u64) = (6600, 2, 0);
/// What of a photo is read to know it: more than any header of a GoPro.
const HEADER_BYTES: u64 = 64 * 1024;

/// Runs all of it; returns Markdown.
pub fn run(waypost: &Path, peer: &Path) -> Result<String, String> {
    let material = Material::new()?;
    let mut parts = Vec::new();

    let photos = material.photos("photos", PHOTOS, 0)?;
    let (ours, theirs) = compare(waypost, peer, &photos, &material)?;
    let heading = format!("`process` of {PHOTOS} generated photos to a description file");
    parts.push(table(&heading, &ours, &theirs));
    let limit_s = header_reads_s(&photos)?;
    parts.push(format!(
        "Opening each of these files and reading its first {} KiB, by one thread that does nothing else: {limit_s:.3} s. \
         The whole of Waypost's `process` takes {:.2} times as long.\n",
        HEADER_BYTES / 1024,
        median_of(&ours, |used| used.wall_s) / limit_s
    ));
    Material::remove(&photos)?;

    for (name, (duration_s, frames, frame_bytes), what) in [
        ("large", LARGE_VIDEO, "a GoPro video of 4 GB (480 payloads)"),
        ("long", LONG_VIDEO, "a GoPro recording of 110 minutes (6,600 payloads)"),
    ] {
        let folder = material.video(name, duration_s, frames, frame_bytes)?;
        let (ours, theirs) = compare(waypost, peer, &folder, &material)?;
        parts.push(table(
            &format!("`process` of {what} to a description file"),
            &ours,
            &theirs,
        ));
        Material::remove(&folder)?;
    }
    parts.push(growth(waypost, &material)?);
    Ok(parts.join("\n"))
}

fn compare(waypost: &Path, peer: &Path, folder: &Path, material: &Material) -> Result<(Vec<Used>, Vec<Used>), String> {
    let ours = process(waypost, folder, material);
    let theirs = process(peer, folder, material);
    in_turn(RUNS, 1, || ours.measure(), || theirs.measure())
}

/// `PROGRAM process FOLDER`; the description goes to a file that nobody reads.
fn process(program: &Path, folder: &Path, material: &Material) -> Start {
    let description = material.path("description.json");
    let (folder, description) = (folder.display().to_string(), description.display().to_string());
    let arguments = [
        "process",
        &folder,
        "--skip_process_errors",
        "--geotag_source",
        "native",
        "--desc_path",
        &description,
    ];
    Start::new(program, &arguments).with("WAYPOST_DATA_DIR", material.path("data"))
}

/// How Waypost's time grows from a thousand photos to a hundred thousand.
fn growth(waypost: &Path, material: &Material) -> Result<String, String> {
    let mut lines = vec!["| photos | wall time of `process` | peak memory |\n|---|---|---|".to_owned()];
    let mut medians = Vec::new();
    for count in GROWTH {
        let folder = material.photos("growth", count, 0)?;
        let start = process(waypost, &folder, material);
        let runs: Vec<Used> = (0..=RUNS).map(|_| start.measure()).skip(1).collect::<Result<_, _>>()?;
        let wall_s = median_of(&runs, |used| used.wall_s);
        lines.push(format!(
            "| {count} | {wall_s:.3} s | {:.0} MiB |",
            median_of(&runs, |used| used.peak_mib)
        ));
        medians.push((count as f64, wall_s));
        Material::remove(&folder)?;
    }
    lines.push(format!(
        "\nTime grows with the number of photos to the power of {:.2} (1 is linear).\n",
        exponent(&medians)
    ));
    Ok(lines.join("\n"))
}

/// The power with which the second number grows with the first, from the ends.
fn exponent(points: &[(f64, f64)]) -> f64 {
    match (points.first(), points.last()) {
        (Some(first), Some(last)) => (last.1 / first.1).ln() / (last.0 / first.0).ln(),
        _ => f64::NAN,
    }
}

fn header_reads_s(folder: &Path) -> Result<f64, String> {
    let wrong = |error: std::io::Error| format!("{}: {error}", folder.display());
    let begun = Instant::now();
    let mut header = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        header.clear();
        let file = File::open(entry.map_err(wrong)?.path()).map_err(wrong)?;
        file.take(HEADER_BYTES).read_to_end(&mut header).map_err(wrong)?;
    }
    Ok(begun.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponent_tells_linear_growth_from_square_growth() {
        assert!((exponent(&[(1.0, 2.0), (10.0, 20.0), (100.0, 200.0)]) - 1.0).abs() < 1e-9);
        assert!((exponent(&[(1.0, 1.0), (100.0, 10_000.0)]) - 2.0).abs() < 1e-9);
    }
}
