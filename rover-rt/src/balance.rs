//! New connections go to the worker that has the fewest. The kernel deals them out by a
//! hash of their addresses, which with few connections leaves workers idle; only here, where
//! a connection begins, do workers speak to each other.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Handed = (TcpStream, SocketAddr);

struct Seat {
    open: AtomicUsize,
    inbox: UnboundedSender<Handed>,
}

/// A worker's place among the others.
pub(crate) struct Share {
    seats: Arc<[Seat]>,
    own: usize,
}

/// What the other workers hand over.
pub(crate) type Inbox = UnboundedReceiver<Handed>;

/// The places of so many workers.
pub(crate) fn shares(workers: usize) -> Vec<(Share, Inbox)> {
    let (seats, inboxes): (Vec<Seat>, Vec<Inbox>) = (0..workers)
        .map(|_| {
            let (inbox, receiver) = unbounded_channel();
            let open = AtomicUsize::new(0);
            (Seat { open, inbox }, receiver)
        })
        .unzip();
    let seats: Arc<[Seat]> = seats.into();
    let shares = (0..workers).map(|own| Share {
        seats: Arc::clone(&seats),
        own,
    });
    shares.zip(inboxes).collect()
}

impl Share {
    /// A connection begins here.
    pub(crate) fn enter(&self) {
        if let Some(seat) = self.seats.get(self.own) {
            seat.open.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// A connection that began here has ended.
    pub(crate) fn leave(&self) {
        if let Some(seat) = self.seats.get(self.own) {
            seat.open.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The worker that should have a new connection, if it is another. Where workers have
    /// many, a small difference is not worth the way.
    fn other(&self) -> Option<&Seat> {
        let load = |seat: &Seat| seat.open.load(Ordering::Relaxed);
        let own = load(self.seats.get(self.own)?);
        let least = self.seats.iter().min_by_key(|seat| load(seat))?;
        (own > load(least) + own / 8).then_some(least)
    }

    /// Gives a new connection away where another worker has fewer; gives it back
    /// otherwise.
    pub(crate) fn place(
        &self,
        stream: tokio::net::TcpStream,
        peer: SocketAddr,
    ) -> std::io::Result<Option<tokio::net::TcpStream>> {
        let Some(seat) = self.other() else {
            return Ok(Some(stream));
        };
        match seat.inbox.send((stream.into_std()?, peer)) {
            Ok(()) => Ok(None),
            // That worker has ended.
            Err(back) => tokio::net::TcpStream::from_std(back.0.0).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worker_with_the_fewest() {
        let shares: Vec<Share> = shares(3).into_iter().map(|(share, _)| share).collect();
        let goes = |from: usize| shares[from].other().is_some();
        assert!(!goes(0));
        shares[0].enter();
        assert!(goes(0));
        assert!(!goes(1));
        for _ in 0..100 {
            shares[0].enter();
            shares[1].enter();
            shares[2].enter();
        }
        assert!(!goes(0), "one of a hundred is no difference");
        for _ in 0..20 {
            shares[0].enter();
        }
        assert!(goes(0));
    }
}
