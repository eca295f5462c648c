//! The scheme `thumb:`: small pictures by number, never by path, so that the window can ask for nothing else.

use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager as _, UriSchemeContext, UriSchemeResponder, Wry};
use waypost_core::app::PictureOf;

use crate::shell::Shell;

/// Name of the scheme.
pub const SCHEME: &str = "thumb";

/// Answers `thumb://localhost/plan/N`, `thumb://localhost/upload/N` and `thumb://localhost/library/N`.
#[expect(clippy::needless_pass_by_value, reason = "tauri gives its arguments away")]
pub fn answer(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let wanted = wanted(request.uri().path());
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let bytes = match (wanted, app.try_state::<Shell>()) {
            (Some(wanted), Some(shell)) => shell.waypost().await.picture(wanted).await,
            _ => None,
        };
        responder.respond(response(bytes));
    });
}

/// What a path asks for. The window percent-encodes the slash between the two parts.
fn wanted(path: &str) -> Option<PictureOf> {
    let path = path.trim_start_matches('/').replace("%2F", "/");
    let (kind, number) = path.split_once('/')?;
    match kind {
        "plan" => number.parse().ok().map(PictureOf::PlanPhoto),
        "library" => number.parse().ok().map(PictureOf::LibraryLine),
        "upload" => number.parse().ok().map(PictureOf::Upload),
        _ => None,
    }
}

fn response(bytes: Option<Vec<u8>>) -> Response<Vec<u8>> {
    let status = if bytes.is_some() {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let mut response = Response::new(bytes.unwrap_or_default());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("image/jpeg"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        header::HeaderValue::from_static("nosniff"),
    );
    // The number of a photo means another one after the next drop.
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_pictures() {
        assert_eq!(wanted("/plan/7"), Some(PictureOf::PlanPhoto(7)));
        assert_eq!(wanted("/library/3"), Some(PictureOf::LibraryLine(3)));
        assert_eq!(wanted("/upload%2F12"), Some(PictureOf::Upload(12)));
        for path in [
            "/",
            "/plan",
            "/plan/",
            "/plan/-1",
            "/plan/../../etc/passwd",
            "/etc/passwd",
            "/upload/1/2",
        ] {
            assert_eq!(wanted(path), None, "{path}");
        }
    }
}
