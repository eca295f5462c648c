//! What no client can go below: the MD5 of all bytes, and moving them over the loopback.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::command::output;

/// Bytes that are moved at once over the raw line.
const BLOCK_BYTES: usize = 1024 * 1024;

/// How far it is from what one stream cannot go below: the MD5 of all bytes, because the key of the first byte is made
/// of the last one too, and then moving them over the loopback. Where the server looks at the MD5 before it answers, that
/// is another one behind the first.
pub fn limit(folder: &Path, what: &str, wall_s: f64) -> Result<String, String> {
    let files = files_of(folder)?;
    let begun = Instant::now();
    output(Command::new("md5sum").args(&files))?;
    let md5_s = begun.elapsed().as_secs_f64();
    let raw_s = raw_loopback_s(&files)?;
    Ok(format!(
        "The limit for {what}: MD5 of these files {md5_s:.3} s (`md5sum`), reading and moving them over a raw loopback \
         line {raw_s:.3} s. Waypost takes {:.2} times the sum.\n",
        wall_s / (md5_s + raw_s),
    ))
}

fn files_of(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    Ok(files)
}

fn raw_loopback_s(files: &[PathBuf]) -> Result<f64, String> {
    let wrong = |error: std::io::Error| format!("the raw line: {error}");
    let listener = TcpListener::bind("127.0.0.1:0").map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    let sink = std::thread::spawn(move || -> std::io::Result<()> {
        let (mut line, _) = listener.accept()?;
        let mut block = vec![0; BLOCK_BYTES];
        while line.read(&mut block)? > 0 {}
        Ok(())
    });
    let begun = Instant::now();
    let mut line = TcpStream::connect(address).map_err(wrong)?;
    let mut block = vec![0; BLOCK_BYTES];
    for file in files {
        let mut file = File::open(file).map_err(wrong)?;
        loop {
            let count = file.read(&mut block).map_err(wrong)?;
            let Some(bytes) = block.get(..count).filter(|bytes| !bytes.is_empty()) else {
                break;
            };
            line.write_all(bytes).map_err(wrong)?;
        }
    }
    drop(line);
    sink.join()
        .map_err(|_| "the raw line's end stopped early")?
        .map_err(wrong)?;
    Ok(begun.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::super::material::Material;
    use super::*;

    #[test]
    fn the_raw_line_moves_every_byte_and_the_limit_names_both_of_its_parts() {
        let material = Material::new().unwrap();
        let folder = material.path("few");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("a"), vec![7; 3_000_000]).unwrap();
        std::fs::write(folder.join("b"), b"").unwrap();
        if crate::place::find_program("md5sum").is_some() {
            let said = limit(&folder, "both", 1.0).unwrap();
            assert!(said.contains("md5sum") && said.contains("loopback"), "{said}");
        }
        assert!(raw_loopback_s(&files_of(&folder).unwrap()).unwrap() > 0.0);
    }
}
