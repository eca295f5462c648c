//! The window shows its own page and never leaves it: links are opened by Rust, in the person's browser.

use tauri::plugin::{Builder, TauriPlugin};
use tauri::{Runtime, Url};

/// A plugin that refuses every other page.
pub fn guard<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("navigation")
        .on_navigation(|_, address| is_own_page(address, tauri::is_dev()))
        .build()
}

/// Whether an address is the window's own page: the embedded one, or Vite's while developing.
fn is_own_page(address: &Url, developing: bool) -> bool {
    let embedded = match address.scheme() {
        "tauri" => address.host_str() == Some("localhost"),
        // What the embedded page is called on Windows.
        "http" | "https" => address.host_str() == Some("tauri.localhost") && address.port().is_none(),
        _ => false,
    };
    let served = developing
        && address.scheme() == "http"
        && address.host_str() == Some("127.0.0.1")
        && address.port() == Some(5173);
    embedded || served
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_page_is_ever_shown() {
        for (address, released, developing) in [
            ("tauri://localhost/", true, true),
            ("http://tauri.localhost/index.html", true, true),
            ("http://127.0.0.1:5173/", false, true),
            ("http://127.0.0.1:5174/", false, false),
            ("https://www.mapillary.com/", false, false),
            ("tauri://elsewhere/", false, false),
            ("http://tauri.localhost:81/", false, false),
            ("file:///etc/passwd", false, false),
            ("data:text/html,x", false, false),
            ("about:blank", false, false),
        ] {
            let url = Url::parse(address).unwrap();
            assert_eq!(is_own_page(&url, false), released, "{address}");
            assert_eq!(is_own_page(&url, true), developing, "{address}");
        }
    }
}
