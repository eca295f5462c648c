//! Looks for a secret where it must never be.

use std::path::Path;

use waypost_testkit::canary;

/// Files below `folder` that hold `secret`, in any of its forms.
pub fn files_with(folder: &Path, secret: &str) -> Vec<String> {
    let searched = canary::search_for(folder, &[secret]).expect("a folder that can be read");
    searched.hits.iter().map(|path| path.display().to_string()).collect()
}

/// Command lines of this computer's processes that hold a token or secret of the tests. Empty where there is no `/proc`.
pub fn in_process_list() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(canary::TOKEN) || line.contains(canary::SECRET))
        .collect()
}

/// Processes of this computer whose environment holds `secret`. Empty where there is no `/proc`.
pub fn in_environments(secret: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    processes
        .map(|process| process.path())
        .filter(|process| {
            // One that has ended, or that belongs to somebody else, is none of ours.
            let environment = std::fs::read(process.join("environ")).unwrap_or_default();
            String::from_utf8_lossy(&environment).contains(secret)
        })
        .map(|process| std::fs::read_to_string(process.join("comm")).unwrap_or_default())
        .collect()
}
