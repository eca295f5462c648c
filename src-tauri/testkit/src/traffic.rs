//! One HTTP/1.1 message at a time through a pair of sockets, with a count of where its parts begin and end.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// Largest piece that is carried at once, bytes.
const PIECE_BYTES: usize = 4_096;

/// One direction of a connection: bytes come in here and go out there.
#[derive(Debug)]
pub(crate) struct Pipe {
    from: TcpStream,
    to: TcpStream,
    buffer: Vec<u8>,
}

/// Why carrying a message ended before its end.
#[derive(Debug)]
pub(crate) enum Broken {
    /// One of the two ends has gone.
    Gone,
    /// It met the limit.
    Limit,
}

impl From<io::Error> for Broken {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

/// Where a message ends when it has no body of a stated length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With its head.
    Request,
    /// With the connection.
    Answer,
}

/// What was carried of a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Carried {
    /// Bytes that went on.
    pub bytes: u64,
    /// Bytes of the head.
    pub head_bytes: u64,
    /// Where each chunk of a chunked body ends, from the beginning of the message.
    pub borders: Vec<u64>,
}

/// What decides how far a message may go: called with a count of bytes, says how many of them may pass.
pub(crate) type Gate<'a> = dyn FnMut(u64) -> u64 + 'a;

impl Pipe {
    pub(crate) fn new(from: TcpStream, to: TcpStream) -> Self {
        Self {
            from,
            to,
            buffer: Vec::new(),
        }
    }

    /// The head of the next message, which stays where it is until it is carried; `None` when the other end has gone.
    pub(crate) fn peek_head(&mut self) -> Option<String> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                return Some(String::from_utf8_lossy(&self.buffer[..end + 4]).into_owned());
            }
            if !self.fill().ok()? {
                return None;
            }
        }
    }

    /// Carries the message whose head was looked at, as far as `gate` lets it.
    pub(crate) fn carry(&mut self, head: &str, kind: Kind, gate: &mut Gate<'_>) -> (Carried, Result<(), Broken>) {
        let mut carried = Carried {
            head_bytes: head.len() as u64,
            ..Carried::default()
        };
        let result = self.carry_parts(head, kind, gate, &mut carried);
        (carried, result)
    }

    fn carry_parts(
        &mut self,
        head: &str,
        kind: Kind,
        gate: &mut Gate<'_>,
        carried: &mut Carried,
    ) -> Result<(), Broken> {
        self.pass(head.len(), gate, carried)?;
        if header(head, "transfer-encoding").is_some_and(|value| value.contains("chunked")) {
            loop {
                let line = self.line()?;
                let size = usize::from_str_radix(line.split([';', '\r']).next().unwrap_or_default().trim(), 16)
                    .map_err(|_| Broken::Gone)?;
                // The line that names the size, the bytes, and the line end behind them.
                self.pass(line.len() + size + 2, gate, carried)?;
                carried.borders.push(carried.bytes);
                if size == 0 {
                    return Ok(());
                }
            }
        }
        if let Some(length) = header(head, "content-length") {
            let length = length.parse().map_err(|_| Broken::Gone)?;
            return self.pass(length, gate, carried);
        }
        while kind == Kind::Answer && (!self.buffer.is_empty() || self.fill()?) {
            self.pass(self.buffer.len(), gate, carried)?;
        }
        Ok(())
    }

    /// The next line with its end; it stays where it is.
    fn line(&mut self) -> Result<String, Broken> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n") {
                return Ok(String::from_utf8_lossy(&self.buffer[..end + 2]).into_owned());
            }
            if !self.fill()? {
                return Err(Broken::Gone);
            }
        }
    }

    fn pass(&mut self, count: usize, gate: &mut Gate<'_>, carried: &mut Carried) -> Result<(), Broken> {
        let mut left = count;
        while left > 0 {
            if self.buffer.is_empty() && !self.fill()? {
                return Err(Broken::Gone);
            }
            let ready = self.buffer.len().min(left);
            let allowed = usize::try_from(gate(ready as u64)).unwrap_or(ready).min(ready);
            self.to.write_all(&self.buffer[..allowed])?;
            carried.bytes += allowed as u64;
            self.buffer.drain(..allowed);
            if allowed < ready {
                return Err(Broken::Limit);
            }
            left -= ready;
        }
        Ok(())
    }

    /// Reads more; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        let mut piece = [0; PIECE_BYTES];
        let count = self.from.read(&mut piece)?;
        self.buffer.extend_from_slice(&piece[..count]);
        Ok(count > 0)
    }
}

/// The value of a header, in lowercase.
fn header(head: &str, name: &str) -> Option<String> {
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name)
            .then(|| value.trim().to_ascii_lowercase())
    })
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
