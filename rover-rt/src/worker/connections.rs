//! A worker's open connections: their timers, their buffers, and the word to all of them
//! that the server stops. A request costs no more for it than a few `Cell`s.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::task::Waker;

use rover_model::Limits;
use tokio::sync::Notify;

use crate::time::clock::{Clock, TICK, ticks};
use crate::worker::address::Owner;
use crate::worker::balance::Share;
use crate::worker::lag::Lag;

/// So much is read at once.
const INPUT_BYTES: usize = 64 * 1024;
/// An output buffer that grew beyond this is not kept.
const KEPT_OUTPUT: usize = 256 * 1024;
/// So many connections that may be closed are looked for at once, so that a search through
/// all of them serves many newcomers.
const CANDIDATES: usize = 64;

/// What the connections of a worker are granted. Times are ticks; nothing stands for no limit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grants {
    pub(crate) head: Option<u32>,
    pub(crate) keep_alive: Option<u32>,
    pub(crate) grace: u32,
    /// Bytes per second.
    pub(crate) rate: Option<u64>,
    /// Bytes in all buffers.
    buffers: usize,
}

impl Grants {
    pub(crate) fn new(limits: &Limits, workers: usize) -> Self {
        let buffers = match limits.buffer_limit {
            0 => u64::MAX,
            bytes => bytes / workers as u64,
        };
        Grants {
            head: ticks(limits.header_timeout),
            keep_alive: ticks(limits.keep_alive),
            grace: ticks(limits.rate_grace).unwrap_or(0),
            rate: Some(limits.min_rate).filter(|rate| *rate > 0),
            buffers: usize::try_from(buffers).unwrap_or(usize::MAX),
        }
    }
}

/// What a connection is doing, as far as others want to know: in this order they are closed
/// where there is no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// It has not yet made a request.
    #[default]
    New,
    /// Between two requests.
    Idle,
    /// In the head of a request that is not its first.
    Head,
    /// In a body, or at its end.
    Busy,
    /// In a response that the client does not read as fast as it is sent.
    Sending,
    Evicted,
}

/// A worker's connections.
pub(crate) struct Connections {
    grants: Grants,
    clock: Clock,
    lag: Lag,
    stopping: Cell<bool>,
    slots: RefCell<Vec<Timer>>,
    free: RefCell<Vec<usize>>,
    /// No connection's time is over before.
    earliest: Cell<u32>,
    candidates: RefCell<Candidates>,
    open: Cell<usize>,
    closed: Notify,
    share: Share,
    buffered: Cell<usize>,
    input: RefCell<Box<[u8]>>,
    output: RefCell<Vec<u8>>,
}

/// Connections that may be closed, as they were seen: the place of each, and when its stage
/// began. The one that can be spared best is the last.
#[derive(Default)]
struct Candidates {
    of: Spared,
    list: Vec<(usize, u32)>,
}

/// Which connections may be closed for others.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Spared {
    /// Those that make no request.
    #[default]
    Idle,
    /// The same of one address.
    IdleOf(Owner),
    /// Those whose responses fill the memory.
    Sending,
}

impl Spared {
    fn has(self, timer: &Timer) -> bool {
        match self {
            Spared::Idle => timer.stage <= Stage::Head,
            Spared::IdleOf(owner) => timer.stage <= Stage::Head && timer.owner == owner,
            Spared::Sending => timer.stage == Stage::Sending,
        }
    }
}

#[derive(Default)]
struct Timer {
    waker: Option<Waker>,
    owner: Owner,
    /// On the worker's clock.
    expires: u32,
    /// When its stage began.
    since: u32,
    stage: Stage,
}

impl Connections {
    pub(crate) fn new(share: Share, grants: Grants, lag: Lag) -> Self {
        Connections {
            grants,
            clock: Clock::new(),
            lag,
            stopping: Cell::new(false),
            slots: RefCell::default(),
            free: RefCell::default(),
            earliest: Cell::new(u32::MAX),
            candidates: RefCell::default(),
            open: Cell::new(0),
            closed: Notify::new(),
            share,
            buffered: Cell::new(0),
            input: RefCell::new(vec![0; INPUT_BYTES].into()),
            output: RefCell::default(),
        }
    }

    pub(crate) fn enter(self: &Rc<Self>, owner: Owner) -> Slot {
        self.open.set(self.open.get() + 1);
        self.share.enter(owner);
        let mut slots = self.slots.borrow_mut();
        let index = self.free.borrow_mut().pop().unwrap_or_else(|| {
            slots.push(Timer::default());
            slots.len() - 1
        });
        slots[index].owner = owner;
        slots[index].since = self.clock.ticks();
        Slot {
            all: Rc::clone(self),
            index,
            owner,
            expires: Cell::new(0),
            stage: Cell::new(Stage::New),
            buffered: Cell::new(0),
        }
    }

    /// This worker's place among the others.
    pub(crate) fn share(&self) -> &Share {
        &self.share
    }

    pub(crate) fn grants(&self) -> &Grants {
        &self.grants
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn lag(&self) -> &Lag {
        &self.lag
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// Bytes that may still be kept.
    fn room(&self) -> usize {
        self.grants.buffers.saturating_sub(self.buffered.get())
    }

    /// Whether buffers are full, and not by these bytes of one connection alone: a response
    /// may be larger than all the memory that there is for many.
    fn is_full_beside(&self, own: usize) -> bool {
        let others = self.buffered.get().saturating_sub(own);
        self.room() == 0 && others >= self.grants.buffers / 2
    }

    /// Looks at the clock, and wakes the connections whose time is over; whether a second
    /// has passed.
    pub(crate) fn tick(&self) -> bool {
        let second = self.clock.look();
        self.lag.moment().look();
        if !self.is_stopping() {
            self.share.relieve();
        }
        let now = self.clock.ticks();
        if self.earliest.get() <= now {
            let mut earliest = u32::MAX;
            for timer in self.slots.borrow().iter() {
                match &timer.waker {
                    Some(waker) if timer.expires <= now => waker.wake_by_ref(),
                    Some(_) => earliest = earliest.min(timer.expires),
                    None => {}
                }
            }
            // Those that were woken say themselves how long they go on.
            self.earliest.set(earliest);
        }
        second
    }

    /// Tells every connection to finish its request and close.
    pub(crate) fn stop(&self) {
        self.stopping.set(true);
        for timer in self.slots.borrow().iter() {
            if let Some(waker) = &timer.waker {
                waker.wake_by_ref();
            }
        }
    }

    /// A connection's turn with its requests begins.
    pub(crate) fn begin_turn(&self, start: u64) {
        self.share.begin_turn(start);
    }

    /// It ends; whether it was long, which others need not wait behind.
    pub(crate) fn end_turn(&self, owner: Owner, start: u64) -> bool {
        let end = self.lag.moment().look();
        self.lag.turn(start, end);
        let long = self.share.end_turn(owner, start, end);
        if long && self.share.is_left() {
            self.wake_idle();
        }
        long
    }

    /// Gives a turn to every connection that is between two requests.
    fn wake_idle(&self) {
        for timer in self.slots.borrow().iter() {
            match &timer.waker {
                Some(waker) if timer.stage <= Stage::Idle => waker.wake_by_ref(),
                _ => {}
            }
        }
    }

    /// Waits until the last connection is closed.
    pub(crate) async fn all_closed(&self) {
        while self.open.get() > 0 {
            self.closed.notified().await;
        }
    }

    /// Closes the connection that can be spared best; whether there is one. Its task closes
    /// it when its turn comes.
    pub(crate) fn evict(&self, of: Spared) -> bool {
        let mut slots = self.slots.borrow_mut();
        let mut candidates = self.candidates.borrow_mut();
        let mut searched = false;
        loop {
            if candidates.of == of {
                while let Some((index, since)) = candidates.list.pop() {
                    let timer = &mut slots[index];
                    // As it was when it was seen.
                    if timer.since != since || !of.has(timer) {
                        continue;
                    }
                    if let Some(waker) = &timer.waker {
                        timer.stage = Stage::Evicted;
                        waker.wake_by_ref();
                        return true;
                    }
                }
            }
            if searched {
                return false;
            }
            searched = true;
            *candidates = Candidates {
                of,
                list: spared(&slots, of),
            };
        }
    }

    /// The buffer that connections read into.
    pub(crate) fn input(&self) -> RefMut<'_, [u8]> {
        RefMut::map(self.input.borrow_mut(), |input| &mut **input)
    }

    /// An empty buffer for output; it comes back by `give_back`.
    pub(crate) fn take_output(&self) -> Vec<u8> {
        self.output.take()
    }

    pub(crate) fn give_back(&self, mut output: Vec<u8>) {
        if output.capacity() <= KEPT_OUTPUT {
            output.clear();
            self.output.replace(output);
        }
    }
}

/// The connections that can be spared, the best last: of the first stage in which there are
/// any, the oldest, or the one that has least time left for its response.
fn spared(slots: &[Timer], of: Spared) -> Vec<(usize, u32)> {
    let matching = || {
        let slots = slots.iter().enumerate();
        slots.filter(|(_, timer)| timer.waker.is_some() && of.has(timer))
    };
    let Some(stage) = matching().map(|(_, timer)| timer.stage).min() else {
        return Vec::new();
    };
    let mut found: Vec<(usize, &Timer)> = matching()
        .filter(|(_, timer)| timer.stage == stage)
        .collect();
    let order = |(_, timer): &(usize, &Timer)| match stage {
        Stage::Sending => timer.expires,
        _ => timer.since,
    };
    if found.len() > CANDIDATES {
        found.select_nth_unstable_by_key(CANDIDATES, order);
        found.truncate(CANDIDATES);
    }
    found.sort_unstable_by_key(|timer| std::cmp::Reverse(order(timer)));
    let places = found.into_iter();
    places.map(|(index, timer)| (index, timer.since)).collect()
}

/// One connection's entry.
pub(crate) struct Slot {
    all: Rc<Connections>,
    index: usize,
    owner: Owner,
    expires: Cell<u32>,
    stage: Cell<Stage>,
    buffered: Cell<usize>,
}

impl Slot {
    pub(crate) fn all(&self) -> &Rc<Connections> {
        &self.all
    }

    pub(crate) fn owner(&self) -> Owner {
        self.owner
    }

    /// Notes the task's waker, which stays the same for the task's life.
    pub(crate) fn register(&self, waker: &Waker) {
        let timer = &mut self.all.slots.borrow_mut()[self.index];
        if timer.waker.is_none() {
            timer.waker = Some(waker.clone());
        }
    }

    /// Whether the connection was chosen to make room.
    pub(crate) fn is_evicted(&self) -> bool {
        self.all.slots.borrow()[self.index].stage == Stage::Evicted
    }

    pub(crate) fn stage(&self) -> Stage {
        self.stage.get()
    }

    /// A stage begins, for which the connection has so many ticks.
    pub(crate) fn begin(&self, stage: Stage, time: Option<u32>) {
        self.stage.set(stage);
        let now = self.all.clock.ticks();
        {
            let timer = &mut self.all.slots.borrow_mut()[self.index];
            timer.stage = stage;
            timer.since = now;
        }
        self.expire_in(time);
    }

    /// From now on the connection has so many ticks.
    pub(crate) fn expire_in(&self, time: Option<u32>) {
        // The clock may be about to tick.
        let after = |time: u32| {
            self.all
                .clock
                .ticks()
                .saturating_add(time)
                .saturating_add(1)
        };
        self.expire_at(time.map_or(u32::MAX, after));
    }

    pub(crate) fn expire_at(&self, expires: u32) {
        if self.expires.replace(expires) != expires {
            self.all.slots.borrow_mut()[self.index].expires = expires;
            let earliest = &self.all.earliest;
            earliest.set(earliest.get().min(expires));
        }
    }

    pub(crate) fn expires(&self) -> u32 {
        self.expires.get()
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.expires.get() <= self.all.clock.ticks()
    }

    /// Bytes that may still be kept of a body of which there are so many: it may have grown in
    /// this turn, at whose end that is noted.
    pub(crate) fn room(&self, kept: usize) -> usize {
        let before = self.buffered.get();
        let others = self.all.buffered.get().saturating_sub(before);
        self.all.grants.buffers.saturating_sub(others + kept)
    }

    /// Notes the bytes that the connection keeps, and whether they are too many beside those
    /// of the others.
    pub(crate) fn keep(&self, bytes: usize) -> bool {
        let before = self.buffered.replace(bytes);
        if before != bytes {
            let all = &self.all.buffered;
            all.set((all.get() + bytes).saturating_sub(before));
        }
        bytes > 0 && self.all.is_full_beside(bytes)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.keep(0);
        self.all.slots.borrow_mut()[self.index] = Timer::default();
        self.all.free.borrow_mut().push(self.index);
        self.all.open.set(self.all.open.get() - 1);
        self.all.share.leave(self.owner);
        self.all.closed.notify_one();
    }
}

/// Ticks the clock, for as long as the worker lives.
pub(crate) async fn tick(
    connections: Rc<Connections>,
    each_tick: impl Fn(),
    each_second: impl Fn(),
) {
    let mut ticks = tokio::time::interval(TICK);
    // After a long handler the clock jumps.
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        each_tick();
        if connections.tick() {
            each_second();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::balance::shares;

    #[test]
    fn a_body_that_grows_in_a_turn_has_less_room_at_once() {
        let limits = Limits {
            buffer_limit: 1000,
            ..Limits::DEFAULT
        };
        let (share, _inbox) = shares(vec![Vec::new()], 10, 10).remove(0);
        let all = Connections::new(
            share,
            Grants::new(&limits, 1),
            Lag::new(0, std::sync::Arc::default()),
        );
        let all = Rc::new(all);
        let [one, other] = [(); 2].map(|()| Connections::enter(&all, Owner::default()));
        other.keep(300);
        assert_eq!(one.room(0), 700);
        assert_eq!(one.room(400), 300);
        assert_eq!(one.room(900), 0);
        one.keep(400);
        assert_eq!(one.room(400), 300);
        assert_eq!(one.room(0), 700, "it has answered");
        assert_eq!(other.room(300), 300);
    }
}
