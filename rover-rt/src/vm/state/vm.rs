//! What natives reach.

use std::cell::{Cell, OnceCell, RefCell, UnsafeCell};
use std::ffi::{c_int, c_void};
use std::rc::Rc;
use std::sync::Arc;

use rover_model::LogLevel;

use crate::log::Log;
use crate::pattern;
use crate::program::Program;
use crate::time::pulse::Pulse;
use crate::vm::ctx::reads::Made;
use crate::vm::guard::check::Checks;
use crate::vm::json::decode::Decoder;
use crate::vm::json::encode::KeyOrder;
use crate::vm::library::patterns::Replaced;
use crate::vm::response::lists::Lists;
use crate::vm::response::pages::Pages;
use crate::vm::run::call::Call;
use crate::vm::run::failure::Raised;
use crate::vm::run::machine_code;
use crate::vm::state::deadline::Deadline;
use crate::vm::state::memory::Memory;
use crate::vm::state::shapes::Shapes;

/// More than this is not written to the log of one message.
pub(crate) const LOGGED_BYTES: usize = 8 << 10;
/// What natives reach through their upvalue; it outlives the Lua state.
pub(crate) struct Shared {
    pub(crate) program: &'static Program,
    pub(crate) log: Rc<Log>,
    /// The running call; null between requests.
    pub(crate) current: Cell<*const Call<'static>>,
    /// Where the handlers and hooks are written: `routes.lua:12`.
    pub(crate) places: OnceCell<Vec<Option<String>>>,
    /// The last error that was not caught.
    pub(crate) raised: RefCell<Raised>,
    pub(crate) order: OnceCell<KeyOrder>,
    pub(crate) array_meta: Cell<*const c_void>,
    pub(crate) body_meta: Cell<*const c_void>,
    pub(crate) html_meta: Cell<*const c_void>,
    pub(crate) ctx_meta: Cell<*const c_void>,
    /// Of tables that can only be lists.
    pub(crate) list_meta: Cell<*const c_void>,
    pub(crate) http_error_meta: Cell<*const c_void>,
    pub(crate) response_meta: Cell<*const c_void>,
    pub(crate) shapes: Shapes,
    pub(crate) decoder: Decoder,
    /// Where `rover.json.encode` writes.
    pub(crate) encoded: UnsafeCell<Vec<u8>>,
    pub(crate) lists: Lists,
    pub(crate) made: Made,
    pub(crate) checks: Checks,
    pub(crate) pages: Pages,
    pub(crate) deadline: Deadline,
    pub(crate) memory: Memory,
    pub(crate) replaced: Replaced,
    #[cfg(unix)]
    pub(crate) compiler: machine_code::Compiler,
    pub(crate) patterns: pattern::Cache,
    /// Where the request's part of the native stack begins.
    pub(crate) stack: Cell<usize>,
    /// Rust code panicked: the VM serves no other request.
    pub(crate) panicked: Cell<bool>,
    /// What the last panic said.
    pub(crate) reason: Cell<Option<String>>,
    /// A buffer for the next response's body.
    pub(crate) body: Cell<Vec<u8>>,
}

impl Shared {
    pub(crate) fn new(program: &'static Program, log: Rc<Log>, pulse: Arc<Pulse>) -> Self {
        Shared {
            program,
            log,
            current: Cell::new(std::ptr::null()),
            places: OnceCell::new(),
            raised: RefCell::default(),
            order: OnceCell::new(),
            array_meta: Cell::new(std::ptr::null()),
            body_meta: Cell::new(std::ptr::null()),
            html_meta: Cell::new(std::ptr::null()),
            ctx_meta: Cell::new(std::ptr::null()),
            list_meta: Cell::new(std::ptr::null()),
            http_error_meta: Cell::new(std::ptr::null()),
            response_meta: Cell::new(std::ptr::null()),
            shapes: Shapes::default(),
            decoder: Decoder::default(),
            encoded: UnsafeCell::default(),
            lists: Lists::default(),
            made: Made::default(),
            checks: Checks::default(),
            pages: Pages::default(),
            deadline: Deadline::new(pulse),
            memory: Memory::new(),
            replaced: Replaced::default(),
            #[cfg(unix)]
            compiler: machine_code::Compiler::default(),
            patterns: pattern::Cache::default(),
            stack: Cell::new(0),
            panicked: Cell::new(false),
            reason: Cell::default(),
            body: Cell::default(),
        }
    }

    /// Where a handler is written: `routes.lua:12`.
    pub(crate) fn written_at(&self, handler: c_int) -> Option<&str> {
        self.places.get()?.get(handler as usize - 1)?.as_deref()
    }

    /// For tests of functions that need no program.
    #[cfg(test)]
    pub(crate) fn bare() -> Self {
        const OPTIONS: crate::program::Options = crate::program::Options {
            host: "",
            port: 0,
            workers: 1,
            log_level: LogLevel::Off,
            health: false,
            limits: rover_model::Limits::DEFAULT,
            deadline: 0,
            memory_limit: 0,
            from_start: false,
            compiled_in: &[],
        };
        static PROGRAM: Program = Program {
            name: "",
            version: "",
            options: OPTIONS,
            given: &[],
            chunks: &[],
            routes: &[],
            static_paths: &rover_model::PerfectMap {
                salt: 0,
                seeds: &[],
                entries: &[],
            },
            dynamic: |_, _| None,
            key_order: &[],
            templates: &[],
            steps: &[],
            guards: &[],
            docs: None,
            special_orders: &[],
            pages: &[],
            html_steps: &[],
        };
        let log = Rc::new(Log::new(LogLevel::Off));
        Shared::new(&PROGRAM, log, Arc::default())
    }
}

/// What a function that is called through the FFI is given first.
///
/// # Safety
/// Lowered code gives the address that `start` gave it, of the `Shared` that outlives
/// the Lua state.
pub(crate) unsafe fn shared<'a>(vm: *const c_void) -> &'a Shared {
    // SAFETY: as the caller's.
    unsafe { &*vm.cast::<Shared>() }
}
