//! Every option of mapillary_tools 0.14.7 is known: it works, or it is refused in a sentence. None is passed over.

use crate::support::{World, run};

#[tokio::test]
async fn what_waypost_does_not_do_is_refused_in_a_sentence() {
    let world = World::start().await;
    world.photos("walk", 2);
    let refused: &[(&[&str], &str)] = &[
        (&["--overwrite_all_EXIF_tags"], "never changes an original"),
        (&["--overwrite_EXIF_time_tag"], "never changes an original"),
        (&["--overwrite_EXIF_gps_tag"], "never changes an original"),
        (&["--overwrite_EXIF_direction_tag"], "never changes an original"),
        (&["--overwrite_EXIF_orientation_tag"], "never changes an original"),
        (&["--geotag_source", "gpx"], "the track file is not named"),
        (&["--geotag_source", "nmea"], "the track file is not named"),
        (&["--geotag_source", "native,gpx"], "not from several sources"),
        (&["--geotag_source", "exiftool_xml"], "not from exiftool_xml"),
        (&["--geotag_source", "exiftool_runtime"], "not from exiftool_runtime"),
        (&["--geotag_source", "gopro"], "not from gopro"),
        (
            &["--geotag_source", "{\"source\": \"gpx\"}"],
            "positions come from the photos",
        ),
        (&["--geotag_source_path", "track.gpx"], "positions come from the photos"),
        (&["--video_geotag_source", "native"], "chosen with --geotag_source"),
        (
            &["--interpolation_use_gpx_start_time"],
            "positions come from the photos",
        ),
        (
            &["--interpolation_offset_time", "-2.5"],
            "positions come from the photos",
        ),
        (&["--filetypes", "pictures"], "\"pictures\" is not a kind of file"),
        (&["--desc_path", "track.gpx"], "as JSON, not as GPX"),
        (&["--offset_time", "inf"], "--offset_time"),
        (&["--cutoff_time", "nan"], "--cutoff_time"),
        (&["--time_zone", "Nowhere/Nothing"], "Nowhere/Nothing"),
    ];
    for command in ["process", "process_and_upload"] {
        for (options, sentence) in refused {
            let arguments = [&[command, "walk"], *options].concat();
            let said = run(&mut world.waypost(&arguments)).await.ends_with(2).says(&[sentence]);
            assert_eq!(said.stdout, "", "{arguments:?}");
        }
    }
    assert_eq!(world.request_count("POST", "/upload/"), 0);
}

#[tokio::test]
async fn what_mapillary_tools_takes_by_default_may_be_said_aloud() {
    let world = World::start().await;
    world.photos("walk", 2);
    run(&mut world.signed_out(&[
        "process",
        "walk",
        "--geotag_source",
        "native,exiftool_runtime",
        "--interpolation_offset_time",
        "0.0",
        "--offset_time",
        "0",
        "--offset_angle",
        "0",
        "--cutoff_distance",
        "100",
        "--cutoff_time",
        "60",
        "--duplicate_distance",
        "0.1",
        "--duplicate_angle",
        "5",
        "--num_processes",
        "2",
        "--skip_zigzag_check",
    ]))
    .await
    .ends_with(0);
}

#[tokio::test]
async fn commands_that_cut_videos_are_refused_whatever_follows() {
    let world = World::start().await;
    for command in ["sample_video", "video_process", "video_process_and_upload"] {
        run(&mut world.signed_out(&[command, "film.mp4", "out", "--video_sample_distance", "3", "--rerun"]))
            .await
            .ends_with(2)
            .says(&["does not cut videos into photos"]);
    }
}

#[tokio::test]
async fn an_unknown_option_or_a_wrong_number_is_a_mistake_of_the_command_line() {
    let world = World::start().await;
    world.photos("walk", 2);
    for arguments in [
        &["process", "walk", "--no_such_option"][..],
        &["process"],
        &["no_such_command"],
        &["process_and_upload", "walk", "--num_upload_workers", "0"],
        &["process_and_upload", "walk", "--num_upload_workers", "-3"],
        &["process", "walk", "--cutoff_time", "soon"],
        &["authenticate", "--jwt", "x", "--user_email", "a@b.c"],
        &["settle", "1"],
        &["sandbox", "--stage-seconds", "-1"],
    ] {
        run(&mut world.waypost(arguments)).await.ends_with(2);
    }
}

#[tokio::test]
async fn asked_for_nothing_it_shows_its_help() {
    let world = World::start().await;
    for arguments in [&[][..], &["--help"], &["process", "--help"], &["--version"]] {
        let said = run(&mut world.signed_out(arguments)).await.ends_with(0);
        assert!(said.stdout.to_lowercase().contains("waypost"), "{said:#?}");
    }
}

#[tokio::test]
async fn variables_tune_and_wrong_values_are_named() {
    let world = World::start().await;
    world.photos("walk", 4);
    let mut tuned = world.signed_out(&["process", "walk"]);
    tuned.env("MAPILLARY_TOOLS_CUTOFF_TIME", "1");
    run(&mut tuned).await.ends_with(0).says(&["in 4 sequences"]);
    let mut named = world.signed_out(&["process", "walk"]);
    named.env("MAPILLARY_TOOLS_IMAGE_DESCRIPTION_FILENAME", "mine.json");
    run(&mut named).await.ends_with(0);
    assert!(world.path("walk/mine.json").is_file());
    for (name, command) in [
        ("MAPILLARY_TOOLS_CUTOFF_TIME", "process"),
        ("MAPILLARY_TOOLS_MAX_UPLOAD_RETRIES", "process_and_upload"),
        ("MAPILLARY_TOOLS_MIN_UPLOAD_SPEED", "process_and_upload"),
    ] {
        let mut wrong = world.waypost(&[command, "walk"]);
        wrong.env(name, "much");
        run(&mut wrong).await.ends_with(2).says(&[name, "\"much\""]);
    }
}
