//! Memory that the host of a virtual machine lends.
//!
//! What a virtual machine frees goes back to its host, and comes again page by page at the first touch, several times
//! slower than memory that is at hand. The practice server writes into such memory what the run before gave back, so
//! a run would be measured by what the one before it did. Touched just before, memory is at hand for whoever comes next.

use std::fs;
use std::path::Path;

/// The least amount that is touched, bytes: also small material leaves files, journals and two programs behind.
const LEAST_BYTES: u64 = 1 << 30;

/// Touches as much memory as the files of `folder` take twice, at most half of what is available; nothing where there is
/// no `/proc`.
pub fn fetch_for(folder: &Path) -> Result<(), String> {
    let Ok(meminfo) = fs::read_to_string("/proc/meminfo") else {
        return Ok(());
    };
    let half_bytes = available_bytes(&meminfo).unwrap_or_default() / 2;
    let wanted_bytes = LEAST_BYTES.max(bytes_in(folder)?.saturating_mul(2)).min(half_bytes);
    let count = usize::try_from(wanted_bytes).map_err(|error| error.to_string())?;
    // Every byte is written, which is more than every page.
    let touched = vec![1_u8; count];
    std::hint::black_box(&touched);
    Ok(())
}

/// `MemAvailable` (proc_meminfo(5)), bytes: what is free, and what holds files that can be read again.
fn available_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

fn bytes_in(folder: &Path) -> Result<u64, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut bytes = 0;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let metadata = entry.metadata().map_err(failed)?;
        bytes += if metadata.is_dir() {
            bytes_in(&entry.path())?
        } else {
            metadata.len()
        };
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn available_memory_is_read_as_linux_writes_it() {
        let meminfo = "MemTotal:       24683520 kB\nMemFree:         23999999 kB\nMemAvailable:   1048576 kB\n";
        assert_eq!(available_bytes(meminfo), Some(1 << 30));
        assert_eq!(available_bytes("MemTotal: 1 kB\n"), None);
        assert_eq!(available_bytes("MemAvailable: much\n"), None);
    }
}
