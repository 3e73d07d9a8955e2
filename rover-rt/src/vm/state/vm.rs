//! What natives reach: the state of a VM, and in it that of the request that runs.

use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use mlua::ffi::lua_State;

use crate::log::Log;
#[cfg(feature = "client")]
use crate::outbound::{Client, Defaults};
use crate::pattern;
use crate::program::Program;
#[cfg(feature = "redis")]
use crate::remote::Remote;
use crate::resources::Resources;
#[cfg(feature = "crypto")]
use crate::sessions::Sessions;
use crate::time::pulse::Pulse;
use crate::vm::state::admission::VmAdmission;
use crate::vm::state::call::Call;
#[cfg(feature = "database")]
use crate::vm::state::databases::VmDatabases;
use crate::vm::state::deadline::Pace;
use crate::vm::state::decoder::Decoder;
#[cfg(unix)]
use crate::vm::state::files::VmFiles;
use crate::vm::state::memory::Memory;
use crate::vm::state::order::KeyOrder;
use crate::vm::state::replaced::Replaced;
use crate::vm::state::request::RequestState;
use crate::vm::state::schemas::Schemas;
#[cfg(feature = "crypto")]
use crate::vm::state::secrets::VmSecrets;
use crate::vm::state::shapes::Shapes;
use crate::vm::state::slots::RowSlots;
use crate::vm::state::stores::VmStores;
use crate::vm::state::waiting::WaitingTasks;
use crate::vm::state::waits::Coroutines;

/// More than this is not written to the log of one message.
pub(crate) const LOGGED_BYTES: usize = 8 << 10;

/// The state of a VM. Natives reach it by their upvalue, compiled traces by its address: it
/// stays where it is, and outlives the Lua state.
///
/// Functions that lowered code calls through the FFI take it as `&VmState`: what they are given
/// first is the address that `start` has put into `direct.lua`'s table, and nothing else.
pub(crate) struct VmState {
    pub(crate) program: &'static Program,
    pub(crate) log: Rc<Log>,
    /// Of the request that runs.
    pub(crate) running: RequestState,
    pub(crate) memory: Memory,
    pub(crate) pace: Pace,
    pub(crate) panics: Panics,
    /// A buffer for the next response's body.
    pub(crate) body: Cell<Vec<u8>>,
    /// What a row's values are put into before they are written.
    pub(crate) slots: RowSlots,
    /// A text that the request does not hold as it is, until lowered code has copied it.
    pub(crate) read_text: RefCell<Vec<u8>>,
    pub(crate) metatables: Metatables,
    /// Where the handlers and hooks are written: `routes.lua:12`.
    pub(crate) places: OnceCell<Vec<Option<String>>>,
    /// How many answers hooks were given.
    pub(crate) answers: Cell<u32>,
    pub(crate) order: OnceCell<KeyOrder>,
    pub(crate) shapes: Shapes,
    pub(crate) decoder: Decoder,
    /// Where `rover.json.encode` writes.
    pub(crate) encoded: UnsafeCell<Vec<u8>>,
    pub(crate) schemas: Schemas,
    pub(crate) replaced: Replaced,
    pub(crate) patterns: pattern::Cache,
    pub(crate) coroutines: Coroutines,
    pub(crate) waiting: WaitingTasks,
    /// What `rover.http.client` made, by their numbers less one.
    #[cfg(feature = "client")]
    pub(crate) clients: RefCell<Vec<Client>>,
    /// That of `rover.http` itself, made when it is first used.
    #[cfg(feature = "client")]
    common_client: OnceCell<Client>,
    #[cfg(feature = "database")]
    pub(crate) databases: Rc<VmDatabases>,
    /// What `rover.redis` made, by their numbers less one.
    #[cfg(feature = "redis")]
    pub(crate) redis: Rc<RefCell<Vec<crate::redis::worker::Worker>>>,
    /// The server that has the program's state, where it is not this process.
    #[cfg(feature = "redis")]
    pub(crate) remote: Option<Remote>,
    #[cfg(feature = "crypto")]
    pub(crate) secrets: VmSecrets,
    pub(crate) stores: VmStores,
    /// Those of the option `sessions`, if it is given.
    #[cfg(feature = "crypto")]
    pub(crate) sessions: OnceCell<Sessions>,
    pub(crate) admission: VmAdmission,
    /// What the workers have in common.
    pub(crate) resources: Arc<Resources>,
    #[cfg(unix)]
    pub(crate) files: VmFiles,
    /// What a handler failed of last, where somebody wants to know.
    pub(crate) last_failure: RefCell<Option<String>>,
}

/// The addresses of the runtime's metatables, by which its values are known.
pub(crate) struct Metatables {
    pub(crate) array: Cell<*const c_void>,
    pub(crate) body: Cell<*const c_void>,
    pub(crate) html: Cell<*const c_void>,
    pub(crate) ctx: Cell<*const c_void>,
    /// Of tables that can only be lists.
    pub(crate) list: Cell<*const c_void>,
    pub(crate) http_error: Cell<*const c_void>,
    pub(crate) response: Cell<*const c_void>,
    /// Of userdata that hold a schema.
    pub(crate) schema: Cell<*const c_void>,
    /// Of file objects.
    pub(crate) file: Cell<*const c_void>,
    /// Of what stands for rows of a database.
    #[cfg(feature = "database")]
    pub(crate) kept_rows: Cell<*const c_void>,
}

impl Default for Metatables {
    fn default() -> Self {
        let none = || Cell::new(std::ptr::null());
        Metatables {
            array: none(),
            body: none(),
            html: none(),
            ctx: none(),
            list: none(),
            http_error: none(),
            response: none(),
            schema: none(),
            file: none(),
            #[cfg(feature = "database")]
            kept_rows: none(),
        }
    }
}

/// Panics of Rust code that Lua called.
#[derive(Default)]
pub(crate) struct Panics {
    happened: Cell<bool>,
    /// What the last one said.
    reason: Cell<Option<String>>,
}

impl Panics {
    /// Whether there was one: the VM serves no other request.
    pub(crate) fn have_happened(&self) -> bool {
        self.happened.get()
    }

    pub(crate) fn note(&self, reason: String) {
        self.reason.set(Some(reason));
        self.happened.set(true);
    }

    pub(crate) fn take_reason(&self) -> String {
        self.reason.take().unwrap_or_default()
    }

    #[cfg(test)]
    pub(crate) fn forget(&self) {
        self.happened.set(false);
    }
}

impl VmState {
    pub(crate) fn new(
        program: &'static Program,
        log: Rc<Log>,
        pulse: Arc<Pulse>,
        resources: Arc<Resources>,
    ) -> Self {
        #[cfg(feature = "redis")]
        let remote = resources.remote.as_ref();
        #[cfg(feature = "redis")]
        let remote = remote.map(|settings| Remote::new(settings, &log));
        VmState {
            program,
            log,
            running: RequestState::default(),
            memory: Memory::new(),
            pace: Pace::new(pulse),
            panics: Panics::default(),
            body: Cell::default(),
            slots: RowSlots::default(),
            read_text: RefCell::default(),
            metatables: Metatables::default(),
            places: OnceCell::new(),
            answers: Cell::default(),
            order: OnceCell::new(),
            shapes: Shapes::default(),
            decoder: Decoder::default(),
            encoded: UnsafeCell::default(),
            schemas: Schemas::default(),
            replaced: Replaced::default(),
            patterns: pattern::Cache::default(),
            coroutines: Coroutines::default(),
            waiting: WaitingTasks::default(),
            #[cfg(feature = "client")]
            clients: RefCell::default(),
            #[cfg(feature = "client")]
            common_client: OnceCell::new(),
            #[cfg(feature = "database")]
            databases: Rc::default(),
            #[cfg(feature = "redis")]
            redis: Rc::default(),
            #[cfg(feature = "redis")]
            remote,
            #[cfg(feature = "crypto")]
            secrets: VmSecrets::default(),
            stores: VmStores::default(),
            #[cfg(feature = "crypto")]
            sessions: OnceCell::new(),
            admission: VmAdmission::default(),
            resources,
            #[cfg(unix)]
            files: VmFiles::default(),
            last_failure: RefCell::default(),
        }
    }

    /// Whether the program's state is on a server, which is waited for.
    pub(crate) fn is_elsewhere(&self) -> bool {
        #[cfg(feature = "redis")]
        return self.remote.is_some();
        #[cfg(not(feature = "redis"))]
        return false;
    }

    /// The running call.
    #[inline]
    pub(crate) fn call(&self) -> Option<&Call<'_>> {
        self.running.call()
    }

    /// A client by its number; 0 is that of `rover.http` itself.
    #[cfg(feature = "client")]
    pub(crate) fn client(&self, number: usize) -> Client {
        let own = number.checked_sub(1);
        let own = own.and_then(|at| self.clients.borrow().get(at).cloned());
        own.unwrap_or_else(|| {
            let common = || Client::new(Defaults::default());
            self.common_client.get_or_init(common).clone()
        })
    }

    /// Where a handler is written: `routes.lua:12`.
    pub(crate) fn written_at(&self, handler: c_int) -> Option<&str> {
        let at = usize::try_from(handler).ok()?.checked_sub(1)?;
        self.places.get()?.get(at)?.as_deref()
    }

    /// The bytes that there is room for as one string.
    pub(crate) fn room(&self) -> usize {
        self.memory.free().min(self.memory.longest())
    }

    /// The library has done so much; whether there is time for more.
    #[inline]
    pub(crate) fn spend(&self, steps: u32) -> bool {
        self.pace.spend(&self.running.deadline, steps)
    }

    /// Whether the running call's deadline has passed, as far as is known without a look at the
    /// clock.
    #[inline]
    pub(crate) fn is_late(&self) -> bool {
        self.running.deadline.has_passed()
    }

    /// The rounds of a loop until the next look at the clock; none where the time is over.
    pub(crate) fn next_budget(&self) -> u32 {
        self.pace
            .next_budget(&self.running.deadline, Instant::now())
    }

    /// Rust code panicked: the running call's time ends now, whatever the program makes of it, and nothing
    /// that waits goes on.
    pub(crate) fn panicked(&self, reason: String) {
        self.panics.note(reason);
        self.waiting.end();
        self.running.deadline.expire();
        self.pace.hurry();
    }

    /// Rust code holds so many more bytes for the running request; whether there is room.
    #[inline]
    pub(crate) fn lend(&self, bytes: usize) -> bool {
        self.running.loan.lend(&self.memory, bytes)
    }

    /// Of what Rust code holds for the running request, so many bytes are free again.
    #[inline]
    pub(crate) fn reclaim(&self, bytes: usize) {
        self.running.loan.reclaim(&self.memory, bytes);
    }

    /// Whether what lives is over the limit: garbage is collected before that is said.
    ///
    /// # Safety
    /// `state` is the running thread, in a C function, and memory is not refused.
    #[inline]
    pub(crate) unsafe fn is_full(&self, state: *mut lua_State) -> bool {
        // SAFETY: the caller is in a C function of this thread, and has relaxed memory.
        unsafe { self.running.loan.is_full(&self.memory, state) }
    }

    /// For tests of functions that need no program.
    #[cfg(test)]
    pub(crate) fn bare() -> Self {
        use rover_model::LogLevel;

        let program = Box::leak(Box::new(Program::empty()));
        let log = Rc::new(Log::new(LogLevel::Off));
        VmState::new(program, log, Arc::default(), Arc::default())
    }
}

/// The state by the address that functions called through the FFI are given first.
///
/// # Safety
/// The address is that of a [`VmState`] that lives, as the one is that `start` gives to lowered
/// code.
#[inline]
pub(crate) unsafe fn by_address<'a>(vm: *const c_void) -> &'a VmState {
    // SAFETY: the caller gives the address of a `VmState`. It is never borrowed mutably.
    unsafe { &*vm.cast::<VmState>() }
}
