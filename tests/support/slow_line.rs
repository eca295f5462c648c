//! A line between client and server that stops at a chosen place and stays silent, so that a program can be killed
//! there with certainty and not by luck.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Where the line stops.
#[derive(Clone, Debug)]
pub enum Stop {
    /// After so many bytes from the client, over all connections.
    AfterBytes(u64),
    /// Before the first request that holds this text goes on to the server.
    BeforeRequest(&'static str),
    /// Before the answer to the first request that holds this text comes back.
    BeforeAnswerTo(&'static str),
}

/// The running line.
#[derive(Debug)]
pub struct SlowLine {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    stop: Stop,
    budget: AtomicU64,
    stopped: AtomicBool,
    cut: AtomicBool,
}

impl SlowLine {
    /// A line to `server` (`host:port`) that stops at `stop`.
    pub fn to(server: &str, stop: Stop) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let budget = match stop {
            Stop::AfterBytes(bytes) => bytes,
            _ => u64::MAX,
        };
        let shared = Arc::new(Shared {
            stop,
            budget: AtomicU64::new(budget),
            stopped: AtomicBool::new(false),
            cut: AtomicBool::new(false),
        });
        let (server, for_connections) = (server.to_owned(), Arc::clone(&shared));
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, shared) = (server.clone(), Arc::clone(&for_connections));
                std::thread::spawn(move || connect(&client, &server, &shared));
            }
        });
        Self { port, shared }
    }

    /// `address` with this line in the place of its host.
    pub fn in_place_of(&self, address: &str) -> String {
        let mut address = url::Url::parse(address).expect("an address");
        address.set_port(Some(self.port)).expect("a host");
        address.into()
    }

    /// Whether it has stopped.
    pub fn has_stopped(&self) -> bool {
        self.shared.stopped.load(Ordering::SeqCst)
    }

    /// Cuts it: both ends learn that the other has gone.
    pub fn cut(&self) {
        self.shared.cut.store(true, Ordering::SeqCst);
    }
}

impl Drop for SlowLine {
    fn drop(&mut self) {
        self.cut();
    }
}

fn connect(client: &TcpStream, server: &str, shared: &Arc<Shared>) {
    let Ok(server) = TcpStream::connect(server) else { return };
    let (Ok(from_client), Ok(to_server)) = (client.try_clone(), server.try_clone()) else {
        return;
    };
    let requests = {
        let shared = Arc::clone(shared);
        std::thread::spawn(move || carry_requests(from_client, to_server, &shared))
    };
    carry_answers(&server, client, shared);
    requests.join().ok();
}

fn carry_requests(mut from: TcpStream, mut to: TcpStream, shared: &Shared) {
    // Small pieces, so that the place to stop is met closely.
    let mut piece = [0; 4096];
    while let Ok(count) = from.read(&mut piece) {
        let bytes = &piece[..count];
        if count == 0 {
            break;
        }
        let text = String::from_utf8_lossy(bytes);
        if matches!(shared.stop, Stop::BeforeRequest(wanted) if text.contains(wanted)) {
            stay_silent(shared);
            break;
        }
        let allowed = spend(&shared.budget, count as u64);
        let is_held = matches!(shared.stop, Stop::BeforeAnswerTo(wanted) if text.contains(wanted));
        if is_held {
            shared.stopped.store(true, Ordering::SeqCst);
        }
        let allowed = usize::try_from(allowed).unwrap_or(count);
        if to.write_all(&bytes[..allowed]).is_err() {
            break;
        }
        if allowed < count {
            stay_silent(shared);
            break;
        }
    }
    // The client has gone: so has its request, as on a line that breaks.
    to.shutdown(Shutdown::Both).ok();
}

fn carry_answers(mut from: &TcpStream, mut to: &TcpStream, shared: &Shared) {
    let mut piece = [0; 4096];
    while let Ok(count) = from.read(&mut piece) {
        if count == 0 {
            break;
        }
        if matches!(shared.stop, Stop::BeforeAnswerTo(_)) && shared.stopped.load(Ordering::SeqCst) {
            stay_silent(shared);
            break;
        }
        if to.write_all(&piece[..count]).is_err() {
            break;
        }
    }
    to.shutdown(Shutdown::Both).ok();
}

/// Takes `wanted` bytes from the budget, or what is left of it.
fn spend(budget: &AtomicU64, wanted: u64) -> u64 {
    budget
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            Some(left.saturating_sub(wanted))
        })
        .unwrap_or(0)
        .min(wanted)
}

/// Keeps the line open and carries nothing, until it is cut.
fn stay_silent(shared: &Shared) {
    shared.stopped.store(true, Ordering::SeqCst);
    while !shared.cut.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(10));
    }
}
