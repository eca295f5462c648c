//! Exit codes, those of mapillary_tools 0.14.7 (protocol notes §3.4).

use waypost_core::error::CoreError;

/// All went well.
pub const OK: u8 = 0;
/// Something Waypost has no number for.
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
/// Stopped by Ctrl-C.
pub const INTERRUPTED: u8 = 130;

/// The exit code of an error, by its stable code.
pub fn of_code(code: &str) -> u8 {
    match code {
        "path_not_found" => FILE_NOT_FOUND,
        "description_file" => INVALID_DESCRIPTION,
        "description_does_not_fit" | "description_invalid" => METADATA_INVALID,
        "invalid_setting" | "several_profiles" | "no_such_profile" | "no_app_identity"
        | "no_such_upload" => BAD_PARAMETER,
        "not_signed_in" | "sign_in_expired" | "upload_not_allowed" | "unauthorized"
        | "needs_sign_in" => UNAUTHORISED,
        "connection" | "dns" | "tls" | "captive_portal" => CONNECTION,
        "timeout" => TIMEOUT,
        "content" | "finish_without_cluster" => HTTP_CONTENT,
        "status" | "redirect" | "rate_limited" => HTTP_ERROR,
        "stopped" => INTERRUPTED,
        _ => OTHER,
    }
}

/// The exit code of an error.
pub fn of(error: &CoreError) -> u8 {
    of_code(error.code())
}
