//! Exit codes, those of mapillary_tools 0.14.7 (protocol notes §3.4), for every error code there is.

/// All went well.
pub const OK: u8 = 0;
/// Something that mapillary_tools has no number for.
pub const OTHER: u8 = 1;
/// An option or its value makes no sense.
pub const BAD_PARAMETER: u8 = 2;
/// A path does not exist.
pub const FILE_NOT_FOUND: u8 = 3;
/// The description file cannot be used.
pub const INVALID_DESCRIPTION: u8 = 4;
/// Some files cannot be used.
pub const PROCESS_ERRORS: u8 = 6;
/// The service cannot be reached.
pub const CONNECTION: u8 = 12;
/// The service did not answer in time.
pub const TIMEOUT: u8 = 13;
/// The sign-in is missing or not accepted.
pub const UNAUTHORISED: u8 = 14;
/// A description would not be valid.
pub const METADATA_INVALID: u8 = 15;
/// The service answered with an error.
pub const HTTP_ERROR: u8 = 16;
/// The service answered with something that is not an answer.
pub const HTTP_CONTENT: u8 = 17;
/// Stopped by Ctrl-C or SIGTERM.
pub const INTERRUPTED: u8 = 130;

/// Every error code with the exit code it leads to. What is noted about a file that is sent all the same, or that
/// need not be sent, is no reason to fail.
const CODES: [(u8, &[&str]); 13] = [
    (
        OK,
        &[
            "already_sent",
            "cut_off",
            "date_unreadable",
            "date_zeroed",
            "duplicate",
            "gps_out_of_range",
            "gps_reference_missing",
            "gps_time_invalid",
            "gps_unreadable",
            "header_damaged",
            "heading_invalid",
            "picture_missing",
            "point_cut_out",
            "point_impossible",
            "point_imprecise",
            "point_null_island",
            "point_of_drone",
            "point_outlier",
            "point_without_fix",
            "positions_left_out",
            "time_lapse",
            "track_gap",
            "video_frames_go",
            "xmp_damaged",
        ],
    ),
    (
        OTHER,
        &[
            "already_running",
            "browser_did_not_open",
            "file_error",
            "jpeg_not_encoded",
            "exif_not_written",
            "file_in_the_way",
            "image_not_available",
            "journal",
            "journal_too_new",
            "lost_at_service",
            "no_handle",
            "no_page",
            "not_enough_space",
            "not_written",
            "oauth_port_busy",
            "oauth_port_unavailable",
            "outside_hours",
            "picture_damaged",
            "picture_size",
            "practice_unavailable",
            "processing_failed",
            "sandbox_damaged_state",
            "sandbox_data_folder",
            "sandbox_data_folder_in_use",
            "sandbox_listen",
            "sandbox_random",
            "sandbox_redirect_uri",
            "source_unreadable",
            "take_out_folder",
            "target_exists",
            "time_out_of_range",
            "value_out_of_range",
            "video_not_possible",
            "wrong_state",
        ],
    ),
    (
        BAD_PARAMETER,
        &[
            "bad_option",
            "dataset_file",
            "invalid_input",
            "invalid_setting",
            "invalid_url",
            "no_app_identity",
            "no_such_profile",
            "no_such_line",
            "no_such_upload",
            "not_a_track_file",
            "nothing_to_continue",
            "nothing_to_take_out",
            "oauth_invalid_redirect",
            "several_profiles",
            "track_file_damaged",
            "track_file_empty",
            "track_file_too_large",
            "track_is_route",
            "track_without_date",
            "track_without_times",
            "transport_refused",
        ],
    ),
    (FILE_NOT_FOUND, &["path_not_found"]),
    (INVALID_DESCRIPTION, &["description_file"]),
    (
        PROCESS_ERRORS,
        &[
            "description_invalid",
            "empty_file",
            "exif_damaged",
            "exif_too_large",
            "file_too_large",
            "files_refused",
            "format_not_supported",
            "header_too_long",
            "header_truncated",
            "heic_not_supported",
            "invalid_zip",
            "io",
            "no_position",
            "no_time",
            "not_a_jpeg",
            "not_a_video",
            "nothing_to_send",
            "null_island",
            "outside_track",
            "projection_not_supported",
            "source_changed",
            "time_zone_unknown",
            "too_fast",
            "track_empty",
            "track_point_invalid",
            "unreadable",
            "video_cut_off",
            "video_damaged",
            "video_format_not_supported",
            "video_fragmented",
            "video_index_missing",
            "video_not_packable",
            "video_null_island",
            "stationary_video",
            "video_too_fast",
            "video_too_large",
            "video_track_empty",
            "video_track_noise",
            "video_without_pictures",
            "video_without_track",
            "zero_filled",
            "zig_zag",
        ],
    ),
    (
        CONNECTION,
        &["captive_portal", "connection", "dns", "network_setup", "tls"],
    ),
    (TIMEOUT, &["timeout"]),
    (
        UNAUTHORISED,
        &[
            "no_keychain",
            "not_signed_in",
            "oauth_denied",
            "oauth_timed_out",
            "oauth_wrong_state",
            "other_account",
            "sign_in_expired",
            "token_refused",
            "unauthorized",
            "upload_not_allowed",
        ],
    ),
    (
        METADATA_INVALID,
        &[
            "description_does_not_fit",
            "description_entry",
            "description_not_ascii",
            "segment_too_long",
        ],
    ),
    (
        HTTP_ERROR,
        &[
            "feed_refused",
            "link_expired",
            "login_refused",
            "oauth_server_error",
            "query_too_heavy",
            "rate_limited",
            "redirect",
            "server_status",
            "webhook_refused",
        ],
    ),
    (
        HTTP_CONTENT,
        &[
            "finish_doubtful",
            "finish_unanswered",
            "finish_without_cluster",
            "offset_beyond_end",
            "too_many_results",
            "unusable_answer",
        ],
    ),
    (INTERRUPTED, &["oauth_cancelled", "stopped"]),
];

/// The exit code of an error, by its stable code.
pub fn of_code(code: &str) -> u8 {
    listed(code).unwrap_or(OTHER)
}

fn listed(code: &str) -> Option<u8> {
    CODES
        .iter()
        .find(|(_, codes)| codes.contains(&code))
        .map(|(exit, _)| *exit)
}

#[cfg(test)]
#[path = "exit_tests.rs"]
mod tests;
