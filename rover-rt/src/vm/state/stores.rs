//! What a VM has of the stores that it shares with others.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

#[cfg(feature = "redis")]
use crate::remote::cache::Making as RemoteMaking;
use crate::stores::cache::{Cache, Ticket};
use crate::stores::memory::Memory;
use crate::stores::recent::RecentKeys;
use crate::stores::write::StoreError;

/// A text that was read is kept in a buffer up to this size.
const KEPT_BYTES: usize = 256 << 10;

/// The names of what a program opens, in order.
pub(crate) type Names = Rc<RefCell<Vec<String>>>;

/// See the module.
#[derive(Default)]
pub(crate) struct VmStores {
    /// By their numbers, less one.
    all: Rc<RefCell<Vec<Arc<Memory>>>>,
    /// Their names.
    names: Names,
    /// What `rover.cache` has given, likewise.
    caches: Rc<RefCell<Vec<Arc<Cache>>>>,
    cache_names: Names,
    /// The number of the next value that a request makes.
    next: Cell<u32>,
    /// The keys that this VM uses most.
    recent: RefCell<RecentKeys>,
    /// The bytes of the value that was read last, until Lua has made a value of them.
    read: RefCell<Vec<u8>>,
    /// A table that is to be kept, encoded.
    pub(crate) encoded: RefCell<Vec<u8>>,
    pub(crate) slots: StoreSlots,
    /// Why something was not written last.
    pub(crate) problem: Cell<Option<StoreError>>,
}

/// Where `stores.lua` finds what a call has given. Compiled traces hold these addresses.
pub(crate) struct StoreSlots {
    pub(crate) number: Cell<f64>,
    pub(crate) version: Cell<f64>,
    pub(crate) text: Cell<*const u8>,
    pub(crate) length: Cell<u32>,
}

impl Default for StoreSlots {
    fn default() -> Self {
        StoreSlots {
            number: Cell::new(0.0),
            version: Cell::new(0.0),
            text: Cell::new(ptr::null()),
            length: Cell::new(0),
        }
    }
}

impl StoreSlots {
    /// The slots by name, with their C types.
    pub(crate) fn addresses(&self) -> [(&'static str, &'static str, *mut c_void); 4] {
        [
            (
                "store_number",
                "double *",
                ptr::from_ref(&self.number).cast_mut().cast(),
            ),
            (
                "store_version",
                "double *",
                ptr::from_ref(&self.version).cast_mut().cast(),
            ),
            (
                "store_text",
                "const char **",
                ptr::from_ref(&self.text).cast_mut().cast(),
            ),
            (
                "store_length",
                "uint32_t *",
                ptr::from_ref(&self.length).cast_mut().cast(),
            ),
        ]
    }
}

impl VmStores {
    /// The lists that stores and their names are added to.
    pub(crate) fn list(&self) -> (Rc<RefCell<Vec<Arc<Memory>>>>, Names) {
        (Rc::clone(&self.all), Rc::clone(&self.names))
    }

    /// The same of caches.
    pub(crate) fn caches(&self) -> (Rc<RefCell<Vec<Arc<Cache>>>>, Names) {
        (Rc::clone(&self.caches), Rc::clone(&self.cache_names))
    }

    /// The name of a store.
    #[cfg(feature = "redis")]
    pub(crate) fn name(&self, number: u32) -> Option<String> {
        let names = self.names.borrow();
        names.get((number as usize).wrapping_sub(1)).cloned()
    }

    /// The name of a cache.
    #[cfg(feature = "redis")]
    pub(crate) fn cache_name(&self, number: u32) -> Option<String> {
        let names = self.cache_names.borrow();
        names.get((number as usize).wrapping_sub(1)).cloned()
    }

    /// A cache by its number.
    pub(crate) fn cache(&self, number: u32) -> Option<Arc<Cache>> {
        let caches = self.caches.borrow();
        caches.get((number as usize).wrapping_sub(1)).cloned()
    }

    /// A number for a value that a request makes.
    pub(crate) fn next(&self) -> u32 {
        let number = self.next.get().wrapping_add(1);
        self.next.set(number);
        number
    }

    /// A store by its number.
    #[inline]
    pub(crate) fn with<R>(&self, number: u32, f: impl FnOnce(&Memory) -> R) -> Option<R> {
        let stores = self.all.borrow();
        let store = stores.get((number as usize).wrapping_sub(1))?;
        Some(f(store))
    }

    /// The same, and the VM's keys.
    #[inline]
    pub(crate) fn with_recent<R>(
        &self,
        number: u32,
        f: impl FnOnce(&Memory, &mut RecentKeys) -> R,
    ) -> Option<R> {
        self.with(number, |store| f(store, &mut self.recent.borrow_mut()))
    }

    /// Keeps the bytes of a value until Lua has made a value of them, and tells Lua where they are.
    #[inline]
    pub(crate) fn keep(&self, bytes: &[u8]) {
        let mut read = self.read.borrow_mut();
        read.clear();
        if read.capacity() > KEPT_BYTES {
            read.shrink_to(KEPT_BYTES);
        }
        read.extend_from_slice(bytes);
        self.slots.text.set(read.as_ptr());
        // A value is shorter than 4 GiB: see `MOST_BYTES`.
        self.slots.length.set(read.len() as u32);
    }

    /// The bytes that were kept last.
    pub(crate) fn kept(&self) -> Vec<u8> {
        self.read.take()
    }
}

/// The values of caches that a request makes, by their numbers. Those that it leaves behind, others make.
#[derive(Default)]
pub(crate) struct Making(RefCell<Vec<(u32, Made)>>);

enum Made {
    Here(Ticket),
    /// The server says whether it is made here.
    #[cfg(feature = "redis")]
    Elsewhere(Coming),
}

/// A value that is kept on a server, and made here for all who wait.
#[cfg(feature = "redis")]
pub(crate) struct RemoteTicket {
    pub(crate) ticket: Ticket,
    pub(crate) making: RemoteMaking,
}

#[cfg(feature = "redis")]
type Coming = Rc<RefCell<Option<RemoteTicket>>>;

impl Making {
    pub(crate) fn keep(&self, number: u32, ticket: Ticket) {
        self.0.borrow_mut().push((number, Made::Here(ticket)));
    }

    /// Keeps what the server gives.
    #[cfg(feature = "redis")]
    pub(crate) fn expect(&self, number: u32, coming: Coming) {
        let mut making = self.0.borrow_mut();
        // Where the server had a value, or nobody waits any more, nothing comes.
        making.retain(|(_, made)| match made {
            Made::Here(_) => true,
            Made::Elsewhere(coming) => Rc::strong_count(coming) > 1 || coming.borrow().is_some(),
        });
        making.push((number, Made::Elsewhere(coming)));
    }

    fn remove(&self, number: u32) -> Option<Made> {
        let mut making = self.0.borrow_mut();
        let at = making.iter().position(|(known, _)| *known == number)?;
        Some(making.swap_remove(at).1)
    }

    /// Takes one from the request.
    pub(crate) fn take(&self, number: u32) -> Option<Ticket> {
        match self.remove(number)? {
            Made::Here(ticket) => Some(ticket),
            #[cfg(feature = "redis")]
            Made::Elsewhere(_) => None,
        }
    }

    /// The same of one that the server has given.
    #[cfg(feature = "redis")]
    pub(crate) fn take_remote(&self, number: u32) -> Option<RemoteTicket> {
        match self.remove(number)? {
            Made::Here(_) => None,
            Made::Elsewhere(coming) => coming.take(),
        }
    }

    pub(crate) fn swap(&self, other: &Making) {
        self.0.swap(&other.0);
    }

    pub(crate) fn reset(&self) {
        drop(self.0.take());
    }
}
