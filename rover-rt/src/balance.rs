//! New connections go to the worker that has the fewest. The kernel deals them out by a
//! hash of their addresses, which with few connections leaves workers idle; only here, where
//! a connection begins or ends, do workers speak to each other.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::address::{Owner, Owners};

/// A connection on its way to another worker.
pub(crate) type Handed = (TcpStream, SocketAddr);

struct Seat {
    open: AtomicUsize,
    inbox: UnboundedSender<Handed>,
}

/// A worker's place among the others.
#[derive(Clone)]
pub(crate) struct Share {
    seats: Arc<[Seat]>,
    own: usize,
    owners: Arc<Owners>,
    most: usize,
}

/// What the other workers hand over.
pub(crate) type Inbox = UnboundedReceiver<Handed>;

/// The places of so many workers, with what all of them may have together.
pub(crate) fn shares(workers: usize, connections: usize, per_owner: u64) -> Vec<(Share, Inbox)> {
    let (seats, inboxes): (Vec<Seat>, Vec<Inbox>) = (0..workers)
        .map(|_| {
            let (inbox, receiver) = unbounded_channel();
            let open = AtomicUsize::new(0);
            (Seat { open, inbox }, receiver)
        })
        .unzip();
    let seats: Arc<[Seat]> = seats.into();
    let owners = Arc::new(Owners::new(per_owner));
    let shares = (0..workers).map(|own| Share {
        seats: Arc::clone(&seats),
        own,
        owners: Arc::clone(&owners),
        most: connections,
    });
    shares.zip(inboxes).collect()
}

fn load(seat: &Seat) -> usize {
    seat.open.load(Ordering::Relaxed)
}

impl Share {
    /// How many workers there are.
    pub(crate) fn workers(&self) -> usize {
        self.seats.len()
    }

    /// A connection begins here.
    pub(crate) fn enter(&self, owner: Owner) {
        if let Some(seat) = self.seats.get(self.own) {
            seat.open.fetch_add(1, Ordering::Relaxed);
        }
        self.owners.enter(owner);
    }

    /// A connection that began here has ended.
    pub(crate) fn leave(&self, owner: Owner) {
        if let Some(seat) = self.seats.get(self.own) {
            seat.open.fetch_sub(1, Ordering::Relaxed);
        }
        self.owners.leave(owner);
    }

    /// Whether all workers together have as many connections as they may.
    pub(crate) fn is_full(&self) -> bool {
        self.seats.iter().map(load).sum::<usize>() >= self.most
    }

    /// Whether an address has as many connections as it may.
    pub(crate) fn is_full_for(&self, owner: Owner) -> bool {
        self.owners.is_full(owner)
    }

    /// The worker that should have a new connection, if it is another: that with the fewest,
    /// or, where one must be closed for it, that with the most. Where workers have many, a
    /// small difference is not worth the way.
    fn other(&self) -> Option<&Seat> {
        let own = load(self.seats.get(self.own)?);
        if self.is_full() {
            let most = self.seats.iter().max_by_key(|seat| load(seat))?;
            return (load(most) > own + own / 8).then_some(most);
        }
        let least = self.seats.iter().min_by_key(|seat| load(seat))?;
        (own > load(least) + own / 8).then_some(least)
    }

    /// Gives a new connection away where another worker should have it; gives it back
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
        let shares = shares(3, 1000, 0).into_iter();
        let shares: Vec<Share> = shares.map(|(share, _)| share).collect();
        let enter = |worker: usize| shares[worker].enter(Owner::default());
        let goes = |from: usize| shares[from].other().is_some();
        assert!(!goes(0));
        enter(0);
        assert!(goes(0));
        assert!(!goes(1));
        for _ in 0..100 {
            (0..3).for_each(enter);
        }
        assert!(!goes(0), "one of a hundred is no difference");
        for _ in 0..20 {
            enter(0);
        }
        assert!(goes(0));
    }

    #[test]
    fn where_there_is_no_room_the_one_with_the_most() {
        let shares = shares(2, 4, 0).into_iter();
        let shares: Vec<Share> = shares.map(|(share, _)| share).collect();
        for _ in 0..3 {
            shares[1].enter(Owner::default());
        }
        assert!(!shares[0].is_full());
        shares[0].enter(Owner::default());
        assert!(shares[0].is_full());
        assert!(shares[0].other().is_some());
        assert!(shares[1].other().is_none());
        shares[1].leave(Owner::default());
        assert!(!shares[1].is_full());
    }
}
