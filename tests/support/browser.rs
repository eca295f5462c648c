//! A fake `xdg-open` that plays the person's browser.
//!
//! The script only notes the address it was asked to open; the test then does what a person does: loads the page,
//! presses Allow or Deny, and follows where it leads.

use std::path::{Path, PathBuf};

use crate::process::wait_for;

/// The folder with the fake `xdg-open`, to be put first into `PATH`.
#[derive(Debug)]
pub struct FakeBrowser {
    folder: PathBuf,
}

impl FakeBrowser {
    /// Writes the script below `home`.
    pub fn new(home: &Path) -> Self {
        let folder = home.join("fake-browser");
        std::fs::create_dir_all(&folder).expect("a folder for the fake browser");
        let script = folder.join("xdg-open");
        let note = folder.join("address");
        let text = format!(
            "#!/bin/sh\nprintf '%s' \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n",
            note.display()
        );
        std::fs::write(&script, text).expect("the script can be written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("made executable");
        }
        Self { folder }
    }

    /// `PATH` with the fake browser first.
    pub fn path_variable(&self) -> String {
        let rest = std::env::var("PATH").unwrap_or_default();
        format!("{}:{rest}", self.folder.display())
    }

    /// Waits for the next address that was opened, and forgets it.
    pub fn next_address(&self) -> String {
        let note = self.folder.join("address");
        wait_for("the browser to be opened", || {
            let address = std::fs::read_to_string(&note).ok()?;
            std::fs::remove_file(&note).ok()?;
            Some(address)
        })
    }

    /// Loads `address`, presses the button `decision` (`allow` or `deny`) and returns the last page.
    pub fn decide(&self, address: &str, decision: &str) -> String {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let http = reqwest::Client::builder().no_proxy().build().expect("a client");
            let page = http
                .get(address)
                .send()
                .await
                .expect("the sign-in page answers")
                .text()
                .await
                .expect("a page");
            assert!(
                page.contains("Allow") && page.contains("Deny"),
                "not the sign-in page: {page}"
            );
            let mut target = url::Url::parse(address).expect("an address");
            target.query_pairs_mut().append_pair("decision", decision);
            let answer = http.get(target).send().await.expect("the decision is taken");
            answer.text().await.expect("a last page")
        })
    }
}
