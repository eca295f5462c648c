//! The scheme `thumb:`: small pictures and tiles of streets by number, never by path, so that the window can ask for
//! nothing else.

use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager as _, UriSchemeContext, UriSchemeResponder, Wry};
use waypost_core::app::PictureOf;
use waypost_core::streets::StreetTile;

use crate::shell::Shell;

/// Name of the scheme.
pub const SCHEME: &str = "thumb";

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Picture(PictureOf),
    Street(StreetTile),
}

/// Answers `thumb://localhost/plan/N`, `…/upload/N`, `…/library/N` and `…/street/ZOOM/X/Y`.
#[expect(clippy::needless_pass_by_value, reason = "tauri gives its arguments away")]
pub fn answer(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let wanted = wanted(request.uri().path());
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let found = match (wanted, app.try_state::<Shell>()) {
            (Some(wanted), Some(shell)) => find(&shell, wanted).await,
            _ => None,
        };
        responder.respond(response(found));
    });
}

/// The bytes and their media type.
async fn find(shell: &Shell, wanted: Wanted) -> Option<(Vec<u8>, &'static str)> {
    let waypost = shell.waypost().await;
    match wanted {
        Wanted::Picture(of) => waypost.picture(of).await.map(|bytes| (bytes, "image/jpeg")),
        Wanted::Street(tile) => waypost
            .street_tile(tile)
            .await
            .map(|tile| (tile.bytes, tile.media_type)),
    }
}

/// What a path asks for. The window percent-encodes the slashes between the parts.
fn wanted(path: &str) -> Option<Wanted> {
    let path = path.trim_start_matches('/').replace("%2F", "/");
    let mut parts = path.split('/');
    let kind = parts.next()?;
    let number = parts.next()?;
    let wanted = match kind {
        "plan" => Wanted::Picture(PictureOf::PlanPhoto(number.parse().ok()?)),
        "library" => Wanted::Picture(PictureOf::LibraryLine(number.parse().ok()?)),
        "upload" => Wanted::Picture(PictureOf::Upload(number.parse().ok()?)),
        "street" => {
            let (x, y) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Wanted::Street(StreetTile::new(number.parse().ok()?, x, y)?)
        }
        _ => return None,
    };
    parts.next().is_none().then_some(wanted)
}

fn response(found: Option<(Vec<u8>, &'static str)>) -> Response<Vec<u8>> {
    let status = if found.is_some() {
        StatusCode::OK
    } else {
        StatusCode::NOT_FOUND
    };
    let (bytes, media_type) = found.unwrap_or((Vec::new(), "image/jpeg"));
    let mut response = Response::new(bytes);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(media_type));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        header::HeaderValue::from_static("nosniff"),
    );
    // The number of a photo means another one after the next drop, and tiles are kept by the core. What was made once
    // is kept there too, within bounds.
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_are_pictures() {
        let picture = |of| Some(Wanted::Picture(of));
        assert_eq!(wanted("/plan/7"), picture(PictureOf::PlanPhoto(7)));
        assert_eq!(wanted("/library/3"), picture(PictureOf::LibraryLine(3)));
        assert_eq!(wanted("/upload%2F12"), picture(PictureOf::Upload(12)));
        let street = StreetTile::new(16, 35_210, 21_492).map(Wanted::Street);
        assert_eq!(wanted("/street%2F16%2F35210%2F21492"), street);
        for path in [
            "/",
            "/plan",
            "/plan/",
            "/plan/-1",
            "/plan/../../etc/passwd",
            "/etc/passwd",
            "/upload/1/2",
            "/street/16/35210",
            "/street/16/35210/21492.png",
            "/street/16/35210/21492/1",
            "/street/20/0/0",
            "/street/1/2/0",
            "/street/http:/example/0",
        ] {
            assert_eq!(wanted(path), None, "{path}");
        }
    }
}
