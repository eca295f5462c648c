//! How much memory sending takes: no more than 80 MB, however much there is to send and in however many uploads at once.

use std::fs;
use std::time::Duration;

use tokio::process::Command;
use waypost_generator::{VideoSpec, write_gopro_video};
use waypost_testkit::canary;

use crate::support::{World, ended};

/// The promise of 80 MB, MiB.
const PROMISED_MIB: u64 = 76;
/// What the released program and the libraries take of it by themselves at most, MiB: pages of files. `RssFile` was 18
/// when this was written, and 33 in the program that is tested here, which is why its own are not counted.
const PROGRAM_MIB: u64 = 22;
/// What is left for everything that it does.
const MOST_MIB: u64 = PROMISED_MIB - PROGRAM_MIB;
/// Folders, photos in each, and bytes of a photo, as those of a camera with two lenses: in all twice the promise. A zip
/// pass holds three of them, so four at once would be beyond it too.
const MATERIAL: (usize, usize, usize) = (4, 7, 6_000_000);

/// Runs the program to its end, successfully; the largest memory of its own that was seen, MiB.
async fn peak_mib(command: &mut Command) -> u64 {
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id().unwrap());
    let mut peak_kib = 0;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak_kib = kib.unwrap_or(0).max(peak_kib);
        // Often enough that nothing that lasts is missed: what is held is held while megabytes are sent.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    ended(child).await.ends_with(0);
    assert!(peak_kib > 0, "Linux tells the memory of a process");
    peak_kib / 1024
}

/// Takes away the photos and what arrived of them: hundreds of megabytes in which nobody need look for secrets.
fn forget_the_bytes(world: &World) {
    for folder in [world.path("card"), world.path(canary::SERVICE).join("uploads")] {
        fs::remove_dir_all(folder).unwrap();
    }
}

#[tokio::test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
async fn several_sequences_at_once_take_no_more_than_the_memory_of_the_promise() {
    let (folders, photos, photo_bytes) = MATERIAL;
    for package in ["zip", "images"] {
        let world = World::start().await;
        for number in 0..folders {
            world.padded_photos(&format!("card/{number}"), photos, photo_bytes);
        }
        let arguments = ["process_and_upload", "card", "--package", package];
        let peak_mib = peak_mib(&mut world.waypost(&arguments)).await;
        println!("{package}: {peak_mib} MiB");
        assert!(peak_mib < MOST_MIB, "{package}: {peak_mib} MiB");
        let sizes: Vec<usize> = world.clusters().iter().map(Vec::len).collect();
        assert_eq!(sizes, vec![photos; folders]);
        forget_the_bytes(&world);
    }
}

#[tokio::test]
#[cfg_attr(not(target_os = "linux"), ignore = "reads /proc")]
async fn a_video_larger_than_that_takes_no_more_either() {
    let world = World::start().await;
    fs::create_dir(world.path("card")).unwrap();
    let spec = VideoSpec {
        frames_per_second: 10,
        duration_s: 40,
        frame_bytes: 400_000,
        ..VideoSpec::default()
    };
    write_gopro_video(&world.path("card/GX010042.MP4"), &spec).unwrap();
    let peak_mib = peak_mib(&mut world.waypost(&["process_and_upload", "card"])).await;
    println!("video: {peak_mib} MiB");
    assert!(peak_mib < MOST_MIB, "{peak_mib} MiB");
    assert_eq!(world.snapshot().clusters[0].file_type, "mly_camm_video");
    forget_the_bytes(&world);
}
