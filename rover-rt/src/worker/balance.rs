//! How workers share connections. New ones go to the worker that has the fewest: the kernel
//! deals them out by a hash of their addresses, which with few connections leaves workers
//! idle. A worker whose handlers take long is left to those who ask for them: its other
//! connections move, between two requests, and while it is in a handler the others take what
//! comes to its listening sockets. New connections of an address whose requests took long go to
//! the worker where they did: each of them would be the first of many on a worker that others
//! have just moved to. That is for the sake of others: where there are none, as behind a
//! proxy, or where addresses are not counted, it is not done.
//!
//! Only here do workers speak to each other. A request costs two stores for it.

use std::io;
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::time::clock::now;
use crate::worker::address::{Owner, Owners};
use crate::worker::slow::SlowOwners;

/// A turn of a connection that takes so long, in milliseconds, is one that others should not
/// wait behind.
pub(crate) const LONG: u64 = 100;
/// For so long after it, in milliseconds, a worker is expected to have another.
const HELD: u64 = 3000;
/// So many connections are taken at once from a worker that has no time for them.
const TAKEN: usize = 32;

/// A connection on its way to another worker.
pub(crate) struct Handed {
    pub(crate) stream: TcpStream,
    pub(crate) peer: IpAddr,
    /// Nothing of a connection that is new.
    pub(crate) past: Option<Past>,
}

/// What a connection has been before it moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Past {
    /// It has made a request.
    pub(crate) proven: bool,
    /// Ticks that it has until the next one.
    pub(crate) left: u32,
}

/// Apart from each other: each is written by its own worker all the time.
#[repr(align(128))]
struct Seat {
    open: AtomicUsize,
    /// Connections that were handed over and have not come yet.
    coming: AtomicUsize,
    /// When the turn began that its worker is in; 0 between two.
    turn: AtomicU64,
    /// Until when others had better be elsewhere; 0 where they need not.
    held: AtomicU64,
    inbox: UnboundedSender<Handed>,
    listeners: Mutex<Vec<TcpListener>>,
}

impl Seat {
    fn load(&self) -> usize {
        self.open.load(Ordering::Relaxed) + self.coming.load(Ordering::Relaxed)
    }

    /// Gives its worker a connection; gives it back where that has ended.
    fn hand(&self, handed: Handed) -> Result<(), Handed> {
        self.coming.fetch_add(1, Ordering::Relaxed);
        self.inbox.send(handed).map_err(|back| {
            self.coming.fetch_sub(1, Ordering::Relaxed);
            back.0
        })
    }

    /// Whether its worker is in a long turn.
    fn is_stuck(&self, now: u64) -> bool {
        let turn = self.turn.load(Ordering::Relaxed);
        turn != 0 && now.saturating_sub(turn) >= LONG
    }

    fn is_held(&self, now: u64) -> bool {
        self.held.load(Ordering::Relaxed) > now || self.is_stuck(now)
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<TcpListener>> {
        // Nothing can be half-done in it.
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// A worker's place among the others.
#[derive(Clone)]
pub(crate) struct Share {
    seats: Arc<[Seat]>,
    own: usize,
    owners: Arc<Owners>,
    slow: Arc<SlowOwners>,
    most: usize,
}

/// What the other workers hand over.
pub(crate) type Inbox = UnboundedReceiver<Handed>;

/// A place for the worker of each of these listening sockets, with what all of them may have
/// together.
pub(crate) fn shares(
    sockets: Vec<Vec<TcpListener>>,
    connections: usize,
    per_owner: u64,
) -> Vec<(Share, Inbox)> {
    let seat = |listeners| {
        let (inbox, receiver) = unbounded_channel();
        let seat = Seat {
            open: AtomicUsize::new(0),
            coming: AtomicUsize::new(0),
            turn: AtomicU64::new(0),
            held: AtomicU64::new(0),
            inbox,
            listeners: Mutex::new(listeners),
        };
        (seat, receiver)
    };
    let (seats, inboxes): (Vec<Seat>, Vec<Inbox>) = sockets.into_iter().map(seat).unzip();
    let seats: Arc<[Seat]> = seats.into();
    let owners = Arc::new(Owners::new(per_owner));
    let slow = Arc::new(SlowOwners::default());
    let shares = (0..seats.len()).map(|own| Share {
        seats: Arc::clone(&seats),
        own,
        owners: Arc::clone(&owners),
        slow: Arc::clone(&slow),
        most: connections,
    });
    shares.zip(inboxes).collect()
}

impl Share {
    /// How many workers there are.
    pub(crate) fn workers(&self) -> usize {
        self.seats.len()
    }

    fn seat(&self) -> &Seat {
        &self.seats[self.own]
    }

    /// The listening sockets of this worker, for its event loop.
    pub(crate) fn listeners(&self) -> io::Result<Vec<TcpListener>> {
        let listeners = self.seat().listeners();
        listeners.iter().map(TcpListener::try_clone).collect()
    }

    /// Lets go of this worker's listening sockets.
    pub(crate) fn close(&self) {
        self.seat().listeners().clear();
    }

    /// A connection that was handed over has come, and begins next.
    pub(crate) fn arrive(&self) {
        self.seat().coming.fetch_sub(1, Ordering::Relaxed);
    }

    /// A connection begins here.
    pub(crate) fn enter(&self, owner: Owner) {
        self.seat().open.fetch_add(1, Ordering::Relaxed);
        self.owners.enter(owner);
    }

    /// A connection that began here has ended.
    pub(crate) fn leave(&self, owner: Owner) {
        self.seat().open.fetch_sub(1, Ordering::Relaxed);
        self.owners.leave(owner);
    }

    /// A turn of a connection begins, on the clock of [`now`].
    pub(crate) fn begin_turn(&self, now: u64) {
        self.seat().turn.store(now, Ordering::Relaxed);
    }

    /// It ends; whether it was long.
    pub(crate) fn end_turn(&self, owner: Owner, start: u64, end: u64) -> bool {
        let seat = self.seat();
        seat.turn.store(0, Ordering::Relaxed);
        let long = end.saturating_sub(start) >= LONG;
        if long {
            seat.held.store(end + HELD, Ordering::Relaxed);
            self.slow.note(owner, self.own, end);
        }
        long
    }

    /// Connections of all workers.
    fn open(&self) -> usize {
        self.seats.iter().map(Seat::load).sum()
    }

    /// Whether all workers together have as many connections as they may.
    pub(crate) fn is_full(&self) -> bool {
        self.open() >= self.most
    }

    /// Whether an address has as many connections as it may.
    pub(crate) fn is_full_for(&self, owner: Owner) -> bool {
        self.owners.is_full(owner)
    }

    /// The worker for a connection of an address whose requests take long, so that others
    /// are spared; nothing for other addresses, and where there are no others.
    fn own_place(&self, owner: Owner, now: u64, comes: bool) -> Option<&Seat> {
        // Hardly ever is there such an address.
        if !self.slow.any(now) {
            return None;
        }
        let own = usize::try_from(self.owners.count(owner)?).unwrap_or(usize::MAX);
        if self.open() <= own {
            return None;
        }
        let worker = self.slow.worker_of(owner, now, comes)?;
        self.seats.get(worker)
    }

    /// The seat, if it is not this worker's own.
    fn elsewhere<'a>(&'a self, seat: &'a Seat) -> Option<&'a Seat> {
        (!std::ptr::eq(seat, self.seat())).then_some(seat)
    }

    /// Whether this worker is one that others should leave, and when it is.
    fn held_at(&self) -> Option<u64> {
        // Hardly any is.
        if self.seat().held.load(Ordering::Relaxed) == 0 {
            return None;
        }
        let now = now();
        if !self.seat().is_held(now) {
            self.seat().held.store(0, Ordering::Relaxed);
            return None;
        }
        Some(now)
    }

    /// The worker to which a connection should move from this one, where it is held.
    fn refuge(&self, owner: Owner) -> Option<&Seat> {
        let now = self.held_at()?;
        match self.own_place(owner, now, false) {
            Some(place) => self.elsewhere(place),
            None => self.freest(now),
        }
    }

    /// The worker with the fewest connections of those that are not held.
    fn freest(&self, now: u64) -> Option<&Seat> {
        let free = self.seats.iter().filter(|seat| !seat.is_held(now));
        free.min_by_key(|seat| seat.load())
    }

    /// Whether connections should move from this worker to another.
    pub(crate) fn is_left(&self) -> bool {
        self.held_at().and_then(|now| self.freest(now)).is_some()
    }

    /// Gives a connection to another worker where this one is held; whether it is gone.
    pub(crate) fn move_away(
        &self,
        stream: &tokio::net::TcpStream,
        peer: IpAddr,
        past: Past,
    ) -> bool {
        let Some(seat) = self.refuge(Owner::of(peer)) else {
            return false;
        };
        // A descriptor of its own: the task that has this one closes it at its end.
        let Ok(stream) = socket2::SockRef::from(stream).try_clone() else {
            return false;
        };
        let handed = Handed {
            stream: stream.into(),
            peer,
            past: Some(past),
        };
        seat.hand(handed).is_ok()
    }

    /// Takes new connections from the workers that have been in a handler for long.
    pub(crate) fn relieve(&self) {
        let now = now();
        for seat in self.seats.iter().filter(|seat| seat.is_stuck(now)) {
            for listener in seat.listeners().iter() {
                for _ in 0..TAKEN {
                    // Errors are told where that worker meets them.
                    let Ok((stream, peer)) = listener.accept() else {
                        break;
                    };
                    let _ = stream.set_nonblocking(true);
                    let place = self.own_place(Owner::of(peer.ip()), now, true);
                    let handed = Handed {
                        stream,
                        peer: peer.ip(),
                        past: None,
                    };
                    // No worker has ended while none is told to.
                    let _ = place.unwrap_or(self.seat()).hand(handed);
                }
            }
        }
    }

    /// The worker that should have a new connection, if it is another: that where its address's
    /// requests take long, or that with the fewest of those that are not held, or, where one
    /// must be closed for it, that with the most. Where workers have many, a small difference
    /// is not worth the way.
    fn other(&self, owner: Owner) -> Option<&Seat> {
        let own = self.seat().load();
        if self.is_full() {
            let most = self.seats.iter().max_by_key(|seat| seat.load())?;
            return (most.load() > own + own / 8).then_some(most);
        }
        let now = now();
        if let Some(place) = self.own_place(owner, now, true) {
            return self.elsewhere(place);
        }
        let least = self.freest(now)?;
        (self.seat().is_held(now) || own > least.load() + own / 8).then_some(least)
    }

    /// Gives a new connection away where another worker should have it; gives it back
    /// otherwise.
    pub(crate) fn place(
        &self,
        stream: tokio::net::TcpStream,
        peer: IpAddr,
    ) -> io::Result<Option<tokio::net::TcpStream>> {
        let Some(seat) = self.other(Owner::of(peer)) else {
            return Ok(Some(stream));
        };
        let handed = Handed {
            stream: stream.into_std()?,
            peer,
            past: None,
        };
        match seat.hand(handed) {
            Ok(()) => Ok(None),
            // That worker has ended.
            Err(back) => tokio::net::TcpStream::from_std(back.stream).map(Some),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sockets(workers: usize) -> Vec<Vec<TcpListener>> {
        (0..workers).map(|_| Vec::new()).collect()
    }

    fn of(workers: usize) -> Vec<Share> {
        let shares = shares(sockets(workers), 1000, 0).into_iter();
        shares.map(|(share, _)| share).collect()
    }

    #[test]
    fn one_with_long_handlers_is_left() {
        let shares = of(3);
        shares[1].enter(Owner::default());
        // Late enough that nothing is over before the test is.
        let start = now() + 60_000;
        assert!(!shares[0].end_turn(Owner::default(), start, start + LONG - 1));
        assert!(!shares[0].is_left());
        assert!(shares[0].end_turn(Owner::default(), start, start + LONG));
        let refuge = shares[0].refuge(Owner::default()).map(std::ptr::from_ref);
        assert_eq!(refuge, Some(std::ptr::from_ref(&shares[2].seats[2])));
        assert!(
            shares[0].other(Owner::default()).is_some(),
            "new ones go, too"
        );
        assert!(!shares[2].is_left());
        // While the others are no better, nobody moves.
        shares[1].begin_turn(now().saturating_sub(LONG).max(1));
        shares[2].end_turn(Owner::default(), start, start + LONG);
        assert!(!shares[0].is_left());
    }

    #[test]
    fn it_is_not_left_for_ever() {
        let shares = of(2);
        let before = now().saturating_sub(HELD + LONG);
        shares[0].end_turn(Owner::default(), before.saturating_sub(LONG), before);
        assert!(!shares[0].is_left());
    }

    #[test]
    fn newcomers_go_where_their_address_is_slow() {
        let shares = shares(sockets(3), 1000, 100).into_iter();
        let shares: Vec<Share> = shares.map(|(share, _)| share).collect();
        let [slow, good] = [1, 2].map(|host| Owner::of([10, 0, 0, host].into()));
        let place = |from: usize, owner: Owner| {
            let seat = shares[from]
                .other(owner)
                .unwrap_or(&shares[from].seats[from]);
            (0..3).find(|other| std::ptr::eq(seat, &shares[from].seats[*other]))
        };
        let start = now() + 60_000;
        shares[1].enter(slow);
        assert!(shares[1].end_turn(slow, start, start + LONG));
        // There is nobody else to be spared.
        assert_ne!(place(0, slow), Some(1));
        shares[0].enter(good);
        assert_eq!(place(0, slow), Some(1));
        assert_eq!(place(1, slow), Some(1));
        assert_eq!(place(2, slow), Some(1));
        assert_ne!(place(1, good), Some(1));
        // What has come there stays.
        assert!(shares[1].refuge(slow).is_none());
        assert!(shares[1].refuge(good).is_some());
    }

    #[test]
    fn where_addresses_are_not_counted_they_are_all_the_same() {
        let shares = of(2);
        let start = now() + 60_000;
        let slow = Owner::of([10, 0, 0, 1].into());
        shares[0].enter(Owner::default());
        assert!(shares[1].end_turn(slow, start, start + LONG));
        assert!(shares[0].other(slow).is_none());
    }

    #[test]
    fn the_worker_with_the_fewest() {
        let shares = shares(sockets(3), 1000, 0).into_iter();
        let shares: Vec<Share> = shares.map(|(share, _)| share).collect();
        let enter = |worker: usize| shares[worker].enter(Owner::default());
        let goes = |from: usize| shares[from].other(Owner::default()).is_some();
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
        let shares = shares(sockets(2), 4, 0).into_iter();
        let shares: Vec<Share> = shares.map(|(share, _)| share).collect();
        for _ in 0..3 {
            shares[1].enter(Owner::default());
        }
        assert!(!shares[0].is_full());
        shares[0].enter(Owner::default());
        assert!(shares[0].is_full());
        assert!(shares[0].other(Owner::default()).is_some());
        assert!(shares[1].other(Owner::default()).is_none());
        shares[1].leave(Owner::default());
        assert!(!shares[1].is_full());
    }
}
