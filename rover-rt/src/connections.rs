//! A worker's open connections: their timers, their buffers, and the word to all of them
//! that the server stops. A request costs no more for it than a few `Cell`s.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::task::Waker;

use tokio::sync::Notify;

use crate::balance::Share;
use crate::http1::Clock;

/// So much is read at once.
const INPUT_BYTES: usize = 64 * 1024;
/// An output buffer that grew beyond this is not kept.
const KEPT_OUTPUT: usize = 256 * 1024;

/// A worker's connections.
pub(crate) struct Connections {
    clock: Clock,
    stopping: Cell<bool>,
    slots: RefCell<Vec<Timer>>,
    free: RefCell<Vec<usize>>,
    open: Cell<usize>,
    closed: Notify,
    share: Share,
    input: RefCell<Box<[u8]>>,
    output: RefCell<Vec<u8>>,
}

#[derive(Default)]
struct Timer {
    waker: Option<Waker>,
    /// On the worker's clock.
    expires: u32,
}

impl Connections {
    pub(crate) fn new(share: Share) -> Self {
        Connections {
            clock: Clock::new(),
            stopping: Cell::new(false),
            slots: RefCell::default(),
            free: RefCell::default(),
            open: Cell::new(0),
            closed: Notify::new(),
            share,
            input: RefCell::new(vec![0; INPUT_BYTES].into()),
            output: RefCell::default(),
        }
    }

    pub(crate) fn enter(self: &Rc<Self>) -> Slot {
        self.open.set(self.open.get() + 1);
        self.share.enter();
        let index = self.free.borrow_mut().pop().unwrap_or_else(|| {
            let mut slots = self.slots.borrow_mut();
            slots.push(Timer::default());
            slots.len() - 1
        });
        Slot {
            all: Rc::clone(self),
            index,
            expires: Cell::new(0),
        }
    }

    /// This worker's place among the others.
    pub(crate) fn share(&self) -> &Share {
        &self.share
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.get()
    }

    /// A second has passed: wakes the connections whose time is over.
    pub(crate) fn tick(&self) {
        self.clock.tick();
        let now = self.clock.seconds();
        for timer in self.slots.borrow().iter() {
            if let Some(waker) = timer.waker.as_ref().filter(|_| timer.expires <= now) {
                waker.wake_by_ref();
            }
        }
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

    /// Waits until the last connection is closed.
    pub(crate) async fn all_closed(&self) {
        while self.open.get() > 0 {
            self.closed.notified().await;
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

/// One connection's entry.
pub(crate) struct Slot {
    all: Rc<Connections>,
    index: usize,
    expires: Cell<u32>,
}

impl Slot {
    pub(crate) fn all(&self) -> &Rc<Connections> {
        &self.all
    }

    /// Notes the task's waker, which stays the same for the task's life.
    pub(crate) fn register(&self, waker: &Waker) {
        let timer = &mut self.all.slots.borrow_mut()[self.index];
        if timer.waker.is_none() {
            timer.waker = Some(waker.clone());
        }
    }

    /// From now on the connection has so many seconds.
    pub(crate) fn expire_in(&self, seconds: u32) {
        // The clock may be about to tick.
        let expires = self.all.clock.seconds() + seconds + 1;
        if self.expires.replace(expires) != expires {
            self.all.slots.borrow_mut()[self.index].expires = expires;
        }
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.expires.get() <= self.all.clock.seconds()
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.all.slots.borrow_mut()[self.index] = Timer::default();
        self.all.free.borrow_mut().push(self.index);
        self.all.open.set(self.all.open.get() - 1);
        self.all.share.leave();
        self.all.closed.notify_one();
    }
}
