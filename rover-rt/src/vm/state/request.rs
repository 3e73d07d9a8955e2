//! What belongs to the request that runs, in one place.

use std::cell::{Cell, RefCell};
use std::ptr;

use crate::message::reply::Reply;
use crate::vm::state::admission::Admitted;
use crate::vm::state::call::Call;
use crate::vm::state::checks::Checks;
use crate::vm::state::deadline::Deadline;
#[cfg(unix)]
use crate::vm::state::files::StandardFiles;
use crate::vm::state::lists::Lists;
use crate::vm::state::memory::{Loan, Memory};
use crate::vm::state::pages::Pages;
use crate::vm::state::waits::Waits;

/// The state of one request. The VM has one place for it, which compiled traces reach by the
/// VM's address: another request's state would be swapped into that place. Between two calls
/// nothing is left in it but empty buffers and the numbers of pages, which go on, so that no
/// number means two pages.
///
/// What a request has in Lua stands there: its ctx in slot 0 of the table of handlers, the values
/// that its lists wait for in the registry's [`PENDING`].
///
/// [`PENDING`]: crate::vm::state::lists::PENDING
pub(crate) struct RequestState {
    /// The running call; null between calls.
    call: Cell<*const Call<'static>>,
    pub(crate) deadline: Deadline,
    /// What Rust code holds of the VM's memory for the request.
    pub(crate) loan: Loan,
    pub(crate) lists: Lists,
    pub(crate) pages: Pages,
    pub(crate) checks: Checks,
    /// The answer, which natives write. Between calls it is empty.
    pub(crate) reply: RefCell<Reply>,
    /// Why the handler's result is no answer.
    pub(crate) failure: RefCell<Option<String>>,
    /// The last error that was not caught.
    pub(crate) raised: RefCell<Raised>,
    /// Where the request's part of the native stack begins.
    pub(crate) stack: Cell<usize>,
    /// What it waits for.
    pub(crate) waits: Waits,
    /// What hooks have found that let it in. It stays from one of its calls to the next.
    pub(crate) admitted: Admitted,
    #[cfg(unix)]
    pub(crate) standard_files: StandardFiles,
}

/// An uncaught error, for the log.
#[derive(Default)]
pub(crate) struct Raised {
    pub(crate) text: String,
    pub(crate) traceback: String,
    /// The deadline had passed then.
    pub(crate) late: bool,
}

impl Default for RequestState {
    fn default() -> Self {
        RequestState {
            call: Cell::new(ptr::null()),
            deadline: Deadline::default(),
            loan: Loan::default(),
            lists: Lists::default(),
            pages: Pages::default(),
            checks: Checks::default(),
            reply: RefCell::default(),
            failure: RefCell::default(),
            raised: RefCell::default(),
            stack: Cell::new(0),
            waits: Waits::default(),
            admitted: Admitted::default(),
            #[cfg(unix)]
            standard_files: StandardFiles::default(),
        }
    }
}

impl RequestState {
    /// A call begins: it has so many milliseconds, a buffer for the answer's body, and the
    /// native stack from here on.
    ///
    /// # Safety
    /// What this gives is dropped, and not forgotten, before `call` is.
    pub(crate) unsafe fn begin(
        &self,
        call: &Call<'_>,
        limit: u32,
        body: Vec<u8>,
        stack: usize,
        memory: &Memory,
    ) -> Running<'_> {
        let call: *const Call<'_> = call;
        self.call.set(call.cast());
        self.end(memory);
        self.lists.reset();
        self.pages.reset();
        self.checks.ready.set(None);
        self.stack.set(stack);
        self.deadline.begin(limit);
        self.reply.borrow_mut().body = body;
        Running(self)
    }

    /// The call is over: what Rust code holds of the VM's memory is free again. Whether there was
    /// no room for what it would have held.
    pub(crate) fn end(&self, memory: &Memory) -> bool {
        let (held, exceeded) = self.loan.take_back(memory);
        if held {
            self.lists.reset();
            self.pages.reset();
            self.checks.reset();
        }
        exceeded
    }

    /// A function in the background begins, of which nothing is known before.
    pub(crate) fn begin_background(&self, memory: &Memory) {
        self.end(memory);
        self.lists.reset();
        self.pages.reset();
        self.checks.ready.set(None);
        self.waits.may.set(true);
    }

    /// A call goes on that has waited: its answer is there as far as it was written.
    ///
    /// # Safety
    /// What this gives is dropped, and not forgotten, before `call` is.
    pub(crate) unsafe fn go_on(
        &self,
        call: Option<&Call<'_>>,
        limit: u32,
        stack: usize,
    ) -> Running<'_> {
        let call = call.map_or(ptr::null(), ptr::from_ref);
        self.call.set(call.cast());
        self.stack.set(stack);
        self.deadline.begin(limit);
        Running(self)
    }

    /// Changes places with the state of another request: natives and traces find the one that
    /// runs where they look for it.
    ///
    /// # Safety
    /// This runs between two calls, so that no native holds a reference to what is in either.
    pub(crate) unsafe fn swap(&self, other: &RequestState) {
        self.call.swap(&other.call);
        self.deadline.swap(&other.deadline);
        self.loan.swap(&other.loan);
        self.lists.swap(&other.lists);
        self.pages.swap(&other.pages);
        // SAFETY: the caller sees to it that nothing in either is borrowed.
        unsafe { self.checks.swap(&other.checks) };
        self.reply.swap(&other.reply);
        self.failure.swap(&other.failure);
        self.raised.swap(&other.raised);
        self.stack.swap(&other.stack);
        self.waits.swap(&other.waits);
        self.admitted.swap(&other.admitted);
        #[cfg(unix)]
        self.standard_files.swap(&other.standard_files);
    }

    /// The running call.
    #[inline]
    pub(crate) fn call(&self) -> Option<&Call<'_>> {
        // SAFETY: the pointer is null, or that of a call whose `Running` is there, which is when
        // the call lives. What asks runs inside that call and keeps no reference longer.
        unsafe { self.call.get().cast::<Call<'_>>().as_ref() }
    }

    /// Lets go of an answer that was begun.
    pub(crate) fn forget_written(&self) {
        let mut reply = self.reply.borrow_mut();
        let mut body = std::mem::take(&mut reply.body);
        body.clear();
        *reply = Reply::into_buffer(body);
    }
}

/// While it is there, a call runs. Then the call's code has ended: there is no running call from
/// there on, and no deadline.
pub(crate) struct Running<'a>(&'a RequestState);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.call.set(ptr::null());
        self.0.deadline.end();
    }
}
