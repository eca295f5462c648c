//! The person's own browser.

use std::time::Duration;

use url::Url;

use crate::ports::BrowserOpener;

/// How long a launcher is watched for an error. They answer in milliseconds; one that still runs has handed over to
/// a browser and stays with it.
const LAUNCHER_WATCH: Duration = Duration::from_secs(2);

/// Asks the desktop to open an address: `xdg-open` and its relatives, found through `PATH`, on Linux and BSD, `open`
/// on macOS, `start` on Windows. The browser is not a child that ends with Waypost.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemBrowser;

impl BrowserOpener for SystemBrowser {
    /// Blocks for up to two seconds.
    fn open(&self, address: &Url) -> Result<(), String> {
        // Launchers also start programs for files and other schemes.
        if !matches!(address.scheme(), "http" | "https") {
            return Err(format!("{} is not an address of the web", address.scheme()));
        }
        // The library's error repeats the address, which is of no use to a person.
        open::that_detached_with_timeout(address.as_str(), LAUNCHER_WATCH).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no program to open a browser was found on this computer".to_owned(),
            kind => format!("the program that opens the browser failed ({kind})"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_opened() {
        for address in ["file:///etc/passwd", "javascript:alert(1)", "vscode://x"] {
            assert!(SystemBrowser.open(&Url::parse(address).unwrap()).is_err(), "{address}");
        }
    }
}
