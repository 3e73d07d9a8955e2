//! How connections come to a worker: from its listening sockets and from other workers.

use std::cell::Cell;
use std::io::ErrorKind;
use std::net::{IpAddr, TcpListener};
use std::rc::Rc;
use std::time::Duration;

use rover_model::LogLevel;
use tokio::net::TcpStream;
use tokio::task::yield_now;

use crate::http1::Service;
use crate::service::dispatch::ProgramService;
use crate::worker::address::Owner;
use crate::worker::balance::{Handed, Inbox, Past};
use crate::worker::connection::Connection;
use crate::worker::connections::{Connections, Spared};

/// After an error that does not pass by itself: descriptors or memory are used up.
const PAUSE: Duration = Duration::from_millis(20);
/// So many newcomers are taken before those that are there have a round.
const AT_ONCE: usize = 32;
/// So many connections are closed at once where descriptors are used up.
const EVICTED: usize = 8;
/// What a client hears for whom there is no room. Its request is not read.
const NO_ROOM: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: application/json\r\ncontent-length: 31\r\nretry-after: 1\r\n\
    connection: close\r\n\r\n{\"error\":\"Service Unavailable\"}";

/// A worker's door.
pub(crate) struct Door {
    service: Rc<ProgramService>,
    connections: Rc<Connections>,
    refused: Cell<u64>,
    errors: Cell<u64>,
    last_error: Cell<Option<std::io::Error>>,
}

impl Door {
    pub(crate) fn new(service: Rc<ProgramService>, connections: Rc<Connections>) -> Self {
        Door {
            service,
            connections,
            refused: Cell::new(0),
            errors: Cell::new(0),
            last_error: Cell::new(None),
        }
    }

    /// Takes what comes to a listening socket, for as long as it is polled.
    pub(crate) async fn watch(self: Rc<Self>, listener: Rc<tokio::net::TcpListener>) {
        for count in 1_usize.. {
            if count % AT_ONCE == 0 {
                yield_now().await;
            }
            match listener.accept().await {
                Ok((stream, peer)) => match self.connections.share().place(stream, peer.ip()) {
                    Ok(Some(stream)) => self.admit(stream, peer.ip()).await,
                    Ok(None) => {}
                    Err(error) => self.fails(error),
                },
                // The client is where it was.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The client is gone already: the next one is not.
                Err(error) if is_of_the_client(&error) => self.fails(error),
                Err(error) => {
                    self.fails(error);
                    let evicted = (0..EVICTED).filter(|_| self.connections.evict(Spared::Idle));
                    match evicted.count() {
                        0 => tokio::time::sleep(PAUSE).await,
                        _ => yield_now().await,
                    }
                }
            }
        }
    }

    /// Takes what other workers hand over, for as long as it is polled.
    pub(crate) async fn receive(&self, inbox: &mut Inbox) {
        while let Some(Handed { stream, peer, past }) = inbox.recv().await {
            self.connections.share().arrive();
            // Of a stream that cannot be taken over its client hears by the end.
            match (TcpStream::from_std(stream), past) {
                (Ok(stream), None) => self.admit(stream, peer).await,
                // It had its room before.
                (Ok(stream), past) => self.start(stream, peer, past),
                (Err(_), _) => {}
            }
        }
    }

    /// Serves a connection where there is room, or where room can be made.
    async fn admit(&self, stream: TcpStream, peer: IpAddr) {
        let share = self.connections.share();
        let owner = Owner::of(peer);
        let crowded = match (share.is_full_for(owner), share.is_full()) {
            (true, _) => Some(Spared::IdleOf(owner)),
            (false, true) => Some(Spared::Idle),
            (false, false) => None,
        };
        if let Some(of) = crowded {
            if !self.connections.evict(of) {
                // The rest of what the client sends is lost with the socket, and with it
                // the answer, at worst.
                let _ = stream.try_write(NO_ROOM);
                self.refused.set(self.refused.get() + 1);
                return;
            }
            self.start(stream, peer, None);
            // The one that goes has its turn before the next one comes.
            yield_now().await;
            return;
        }
        self.start(stream, peer, None);
    }

    fn start(&self, stream: TcpStream, peer: IpAddr, past: Option<Past>) {
        // Without it small responses wait for acknowledgements; nothing is lost if it fails.
        let _ = stream.set_nodelay(true);
        let service = Rc::clone(&self.service);
        let connection = Connection::new(stream, peer, past, service, &self.connections);
        tokio::task::spawn_local(connection);
    }

    /// Serves the connections that the system has accepted already, which would be reset
    /// when their listening socket closes.
    pub(crate) fn empty(&self, listener: Rc<tokio::net::TcpListener>) {
        let listener = Rc::into_inner(listener).map(tokio::net::TcpListener::into_std);
        if let Some(Ok(listener)) = listener {
            self.serve_waiting(&listener);
        }
    }

    /// Serves the connections that other workers have handed over already; they keep those
    /// that they would hand over now.
    pub(crate) fn take_over(&self, inbox: &mut Inbox) {
        inbox.close();
        while let Ok(Handed { stream, peer, past }) = inbox.try_recv() {
            self.connections.share().arrive();
            if let Ok(stream) = TcpStream::from_std(stream) {
                self.start(stream, peer, past);
            }
        }
    }

    fn serve_waiting(&self, listener: &TcpListener) {
        loop {
            let (stream, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if is_of_the_client(&error) => continue,
                Err(_) => return,
            };
            let stream = stream
                .set_nonblocking(true)
                .and_then(|()| TcpStream::from_std(stream));
            if let Ok(stream) = stream {
                self.start(stream, peer.ip(), None);
            }
        }
    }

    fn fails(&self, error: std::io::Error) {
        self.errors.set(self.errors.get() + 1);
        self.last_error.set(Some(error));
    }

    /// Writes what has happened since the last time to the log, a line for each kind.
    pub(crate) fn report(&self) {
        let log = self.service.log();
        if let Some(error) = self.last_error.take() {
            let times = self.errors.take();
            log.line(LogLevel::Warn, &format!("accept: {error} ({times}x)"), None);
        }
        let refused = self.refused.take();
        if refused > 0 {
            let message = format!("no room: {refused} connections were turned away");
            log.line(LogLevel::Warn, &message, None);
        }
        let late = self.connections.lag().take_refused();
        if late > 0 {
            let message = format!("overload: {late} requests were turned away");
            log.line(LogLevel::Warn, &message, None);
        }
    }
}

/// Errors of one connection, which accept(2) reports in place of it.
fn is_of_the_client(error: &std::io::Error) -> bool {
    use ErrorKind::{
        ConnectionAborted, ConnectionReset, HostUnreachable, NetworkDown, NetworkUnreachable,
        PermissionDenied, TimedOut,
    };
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionReset
            | HostUnreachable
            | NetworkDown
            | NetworkUnreachable
            | PermissionDenied
            | TimedOut
    )
}
