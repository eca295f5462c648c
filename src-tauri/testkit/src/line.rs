//! A line to a server that breaks, falls silent or talks nonsense exactly where a test wants it to.
//!
//! It carries HTTP/1.1 over loopback, one exchange of each connection at a time, counts exchanges and bytes, and notes
//! where the parts of each exchange begin and end, so that a test can first watch a good run and then strike at every
//! border of it.

use std::io::Write as _;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::traffic::{Broken, Carried, Kind, Pipe};

/// Where trouble strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this connection, counted from 1, before anything is carried.
    Connection(u64),
    /// In this exchange, counted from 1, after so many bytes of the request. From its length on: after all of it, before
    /// any of the answer.
    Request(u64, u64),
    /// In this exchange, counted from 1, after so many bytes of the answer.
    Answer(u64, u64),
    /// After so many bytes of requests, over all exchanges.
    Sent(u64),
    /// In the first exchange whose request begins with this, after so many bytes of the answer.
    AnswerTo(&'static str, u64),
}

/// What happens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The line is cut: both ends learn that the other has gone.
    Cut,
    /// The line stays open and nothing is carried any more.
    Silence,
    /// These bytes come in the place of the answer, then the line is cut. The request goes no further.
    Say(Vec<u8>),
}

/// An exchange as it went through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// Method and path, as `GET /graph/me`.
    pub what: String,
    /// Bytes of the request's head.
    pub request_head_bytes: u64,
    /// Bytes of the whole request that went on.
    pub request_bytes: u64,
    /// Where the chunks of the request end, from its beginning.
    pub chunk_borders: Vec<u64>,
    /// Bytes of the answer's head; 0 without an answer.
    pub answer_head_bytes: u64,
    /// Bytes of the whole answer that came back.
    pub answer_bytes: u64,
}

/// The running line.
#[derive(Debug)]
pub struct Line {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    server: String,
    strike: Option<(Place, Trouble)>,
    known: Mutex<Known>,
    changed: Condvar,
    struck: AtomicBool,
    ended: AtomicBool,
}

#[derive(Debug, Default)]
struct Known {
    connections: u64,
    exchanges: Vec<Exchange>,
    sent_bytes: u64,
    streams: Vec<TcpStream>,
    is_cut: bool,
}

impl Line {
    /// A line to `server` (`host:port`) on which nothing goes wrong.
    pub fn good(server: &str) -> Self {
        Self::start(server, None)
    }

    /// A line to `server` (`host:port`) on which this goes wrong once.
    pub fn with(server: &str, place: Place, trouble: Trouble) -> Self {
        Self::start(server, Some((place, trouble)))
    }

    fn start(server: &str, strike: Option<(Place, Trouble)>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            server: server.to_owned(),
            strike,
            known: Mutex::default(),
            changed: Condvar::new(),
            struck: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        });
        let for_connections = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if for_connections.ended.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&for_connections);
                std::thread::spawn(move || shared.connection(&client));
            }
        });
        Self { port, shared }
    }

    /// Where it listens, as `127.0.0.1:PORT`.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// An address of the server with this line in its place.
    pub fn instead_of_server(&self, address: &str) -> String {
        address.replacen(&self.shared.server, &self.address(), 1)
    }

    /// Whether the trouble has struck.
    pub fn has_struck(&self) -> bool {
        self.shared.struck.load(Ordering::SeqCst)
    }

    /// Waits until the trouble has struck, or `is_over` says that it never will; says which. `is_over` is asked again
    /// and again.
    pub fn wait_for_strike(&self, mut is_over: impl FnMut() -> bool) -> bool {
        let mut known = self.shared.known();
        loop {
            if self.has_struck() {
                return true;
            }
            if is_over() {
                return self.has_struck();
            }
            let waited = self.shared.changed.wait_timeout(known, Duration::from_millis(5));
            known = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The exchanges so far, in the order in which they began.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.shared.known().exchanges.clone()
    }

    /// Connections so far.
    pub fn connections(&self) -> u64 {
        self.shared.known().connections
    }

    /// Bytes of requests that went on so far.
    pub fn sent_bytes(&self) -> u64 {
        self.shared.known().sent_bytes
    }

    /// Cuts everything that is open: both ends learn that the other has gone. New connections are carried.
    pub fn cut(&self) {
        let mut known = self.shared.known();
        known.is_cut = true;
        for stream in known.streams.drain(..) {
            // One that has ended already is as it should be.
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.shared.changed.notify_all();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.cut();
        // Wakes the thread that accepts, so that it ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self, client: &TcpStream) {
        let number = {
            let mut known = self.known();
            known.connections += 1;
            known.connections
        };
        if let Some((Place::Connection(wanted), trouble)) = &self.strike
            && *wanted == number
        {
            self.trouble(trouble, client);
            let _ = client.shutdown(Shutdown::Both);
            return;
        }
        let Ok(server) = TcpStream::connect(&self.server) else {
            return;
        };
        // Without it small pieces wait for each other for tens of milliseconds.
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let ends = || Some((client.try_clone().ok()?, server.try_clone().ok()?));
        if let (Some((from_client, to_server)), Some((to_client, from_server)), Some((one, other))) =
            (ends(), ends(), ends())
        {
            self.known().streams.extend([one, other]);
            let mut there = Pipe::new(from_client, to_server);
            let mut back = Pipe::new(from_server, to_client);
            while self.exchange(&mut there, &mut back, client).is_some() {}
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    }

    /// Carries one exchange; `None` when the connection is at its end.
    fn exchange(&self, there: &mut Pipe, back: &mut Pipe, client: &TcpStream) -> Option<()> {
        let head = there.peek_head()?;
        let what = head.split(" HTTP/").next().unwrap_or_default().to_owned();
        let number = {
            let mut known = self.known();
            known.exchanges.push(Exchange {
                what: what.clone(),
                ..Exchange::default()
            });
            known.exchanges.len() as u64
        };
        let place = |known: &mut Known, change: &dyn Fn(&mut Exchange)| {
            if let Some(exchange) = known.exchanges.get_mut(usize::try_from(number).unwrap_or(0) - 1) {
                change(exchange);
            }
        };
        let (request_limit, answer_limit) = self.limits(number, &what);

        let mut left = request_limit.unwrap_or(u64::MAX);
        let (carried, result) = there.carry(&head, Kind::Request, &mut |count| {
            let allowed = count.min(left).min(self.spend(count));
            left -= allowed;
            allowed
        });
        let Carried {
            bytes,
            head_bytes,
            borders,
        } = carried;
        place(&mut self.known(), &|exchange| {
            exchange.request_head_bytes = head_bytes;
            exchange.request_bytes = bytes;
            exchange.chunk_borders.clone_from(&borders);
        });
        // A request that went through whole although it was to be struck is struck at its end.
        if matches!(result, Err(Broken::Limit)) || (request_limit.is_some() && result.is_ok()) {
            self.strike_now(client);
            return None;
        }
        // A server may answer and go without reading all of the request: its answer counts.
        let Some(head) = back.peek_head() else {
            self.note(answer_limit, client);
            return None;
        };
        let mut left = answer_limit.unwrap_or(u64::MAX);
        let (carried, answered) = back.carry(&head, Kind::Answer, &mut |count| {
            let allowed = count.min(left);
            left -= allowed;
            allowed
        });
        place(&mut self.known(), &|exchange| {
            exchange.answer_head_bytes = carried.head_bytes;
            exchange.answer_bytes = carried.bytes;
        });
        if matches!(answered, Err(Broken::Limit)) || (answer_limit.is_some() && answered.is_ok()) {
            self.strike_now(client);
            return None;
        }
        (result.is_ok() && answered.is_ok()).then_some(())
    }

    /// The line broke by itself where it was to be struck: nothing more will happen there.
    fn note(&self, limit: Option<u64>, client: &TcpStream) {
        if limit.is_some() {
            self.strike_now(client);
        }
    }

    /// How far the request and the answer of this exchange may go.
    fn limits(&self, number: u64, what: &str) -> (Option<u64>, Option<u64>) {
        match self.strike {
            Some((Place::Request(wanted, bytes), _)) if wanted == number => (Some(bytes), None),
            Some((Place::Answer(wanted, bytes), _)) if wanted == number => (None, Some(bytes)),
            Some((Place::AnswerTo(wanted, bytes), _)) if what.starts_with(wanted) && !self.has_struck() => {
                (None, Some(bytes))
            }
            _ => (None, None),
        }
    }

    /// Counts bytes of requests; says how many of these may still go on.
    fn spend(&self, count: u64) -> u64 {
        let mut known = self.known();
        let allowed = match self.strike {
            Some((Place::Sent(limit), _)) if !self.has_struck() => count.min(limit.saturating_sub(known.sent_bytes)),
            _ => count,
        };
        known.sent_bytes += allowed;
        allowed
    }

    fn has_struck(&self) -> bool {
        self.struck.load(Ordering::SeqCst)
    }

    fn strike_now(&self, client: &TcpStream) {
        if let Some((_, trouble)) = &self.strike {
            self.trouble(trouble, client);
        }
    }

    fn trouble(&self, trouble: &Trouble, mut client: &TcpStream) {
        {
            let _known = self.known();
            self.struck.store(true, Ordering::SeqCst);
            self.changed.notify_all();
        }
        match trouble {
            Trouble::Cut => {}
            Trouble::Say(bytes) => {
                // The client may not listen any more; then it hears nothing, as on any line.
                let _ = client.write_all(bytes);
            }
            Trouble::Silence => {
                let mut known = self.known();
                while !known.is_cut {
                    known = self.changed.wait(known).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    /// A server that answers each of `count` connections with what it was sent.
    fn server(count: usize) -> (String, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let serving = std::thread::spawn(move || {
            let mut seen = Vec::new();
            for stream in listener.incoming().take(count) {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let mut byte = [0];
                while !request.ends_with(b"0\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
                    request.push(byte[0]);
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                seen.push(String::from_utf8(request).unwrap());
            }
            seen
        });
        (address, serving)
    }

    const REQUEST: &str = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    const HEAD_BYTES: u64 = 48;

    fn asked(line: &Line) -> String {
        let mut stream = TcpStream::connect(line.address()).unwrap();
        let _ = stream.write_all(REQUEST.as_bytes());
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    #[test]
    fn a_good_line_carries_everything_and_knows_the_borders() {
        let (address, serving) = server(1);
        let line = Line::good(&address);
        assert!(asked(&line).ends_with("hello"));
        assert_eq!(serving.join().unwrap(), [REQUEST]);
        let borders = vec![HEAD_BYTES + 8, HEAD_BYTES + 15, HEAD_BYTES + 20];
        let expected = Exchange {
            what: "POST /a".into(),
            request_head_bytes: HEAD_BYTES,
            request_bytes: REQUEST.len() as u64,
            chunk_borders: borders,
            answer_head_bytes: 38,
            answer_bytes: 43,
        };
        assert_eq!((line.exchanges(), line.connections()), (vec![expected], 1));
        assert!(!line.has_struck());
    }

    #[test]
    fn a_cut_lets_through_what_was_before_it_and_nothing_behind() {
        for (place, arrived, answered) in [
            (Place::Request(1, 10), 10, 0),
            (Place::Sent(50), 50, 0),
            (Place::Request(1, 10_000), REQUEST.len(), 0),
            (Place::Answer(1, 0), REQUEST.len(), 0),
            (Place::Answer(1, 40), REQUEST.len(), 40),
            (Place::AnswerTo("POST /a", 40), REQUEST.len(), 40),
        ] {
            let (address, serving) = server(1);
            let line = Line::with(&address, place.clone(), Trouble::Cut);
            assert_eq!(asked(&line).len(), answered, "{place:?}");
            assert_eq!(serving.join().unwrap()[0].len(), arrived, "{place:?}");
            assert!(line.has_struck(), "{place:?}");
        }
    }

    #[test]
    fn a_connection_can_be_refused_and_the_next_one_is_carried() {
        let (address, serving) = server(1);
        let line = Line::with(&address, Place::Connection(1), Trouble::Cut);
        assert_eq!(asked(&line), "");
        assert!(asked(&line).ends_with("hello"));
        assert_eq!(serving.join().unwrap().len(), 1);
    }

    #[test]
    fn nonsense_comes_in_the_place_of_the_answer() {
        let (address, serving) = server(1);
        let line = Line::with(&address, Place::Answer(1, 0), Trouble::Say(b"nonsense".to_vec()));
        assert_eq!(asked(&line), "nonsense");
        assert_eq!(serving.join().unwrap(), [REQUEST]);
    }

    #[test]
    fn silence_lasts_until_the_line_is_cut() {
        let (address, _serving) = server(1);
        let line = Line::with(&address, Place::Sent(60), Trouble::Silence);
        std::thread::scope(|scope| {
            let asking = scope.spawn(|| asked(&line));
            assert!(line.wait_for_strike(|| false));
            assert_eq!(line.sent_bytes(), 60);
            line.cut();
            assert_eq!(asking.join().unwrap(), "");
        });
    }
}
