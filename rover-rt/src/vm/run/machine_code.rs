//! What happens where the system refuses memory for machine code.
//!
//! LuaJIT makes this memory writable while it compiles and executable when it has (`mprotect`
//! in `lj_mcode.c`). Where that is refused it calls the state's panic function, and ends the
//! process. There is no way back: bytecode may refer already to the trace whose memory could
//! not be made executable (`trace_stop` in `lj_trace.c`), and which of the two was refused is
//! not told. So the process says why it ends. A rule of the system that forbids such memory is
//! found out before: then nothing is compiled.

use std::cell::Cell;
use std::ffi::{c_int, c_void};
use std::io;
use std::ptr;
use std::time::{Duration, Instant};

use mlua::ffi::{self, lua_State};
use rover_model::LogLevel;
use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};

use crate::log;
use crate::vm::native::stack::lossy;
use crate::vm::native::unwind;
use crate::vm::state::vm::VmState;

/// Where it was refused at the start, memory is tried again so often.
const AGAIN: Duration = Duration::from_secs(10);
/// How the message begins that LuaJIT gives its panic function (`LJ_ERR_JITPROT`).
const REFUSED: &str = "runtime code generation failed";
const MODE_OFF: c_int = 0;
const MODE_ON: c_int = 0x100;

type Panic = Option<unsafe extern "C-unwind" fn(*mut lua_State) -> c_int>;

unsafe extern "C-unwind" {
    fn luaJIT_setmode(state: *mut lua_State, index: c_int, mode: c_int) -> c_int;
    /// With a function or none, which mlua's declaration does not know.
    fn lua_atpanic(state: *mut lua_State, panic: Panic) -> Panic;
}

/// The state of LuaJIT's compiler.
pub(crate) struct Compiler {
    /// When it was found that it cannot work; nothing where it does.
    off: Cell<Option<Instant>>,
    /// The panic function that was there before.
    before: Panic,
}

/// What the log says of a refusal.
fn complaint(error: &io::Error, consequence: &str) -> String {
    let known = error.raw_os_error().map(Errno::from_raw_os_error);
    let reason = match known {
        Some(Errno::ACCESS | Errno::PERM) => {
            "a rule of the system forbids it (MemoryDenyWriteExecute= of systemd, SELinux's execmem)"
        }
        _ => {
            "the machine's memory, the limit of what it may promise (vm.overcommit_memory) or the \
             process's mappings (vm.max_map_count) are used up"
        }
    };
    format!("LuaJIT's machine code: mprotect: {error}; {consequence}. Perhaps {reason}")
}

/// Whether memory may become executable, by a page of our own.
fn try_page() -> io::Result<()> {
    // A multiple of every page's size.
    let size = 64 << 10;
    let private = MapFlags::PRIVATE;
    let writable = ProtFlags::READ | ProtFlags::WRITE;
    let executable = MprotectFlags::READ | MprotectFlags::EXEC;
    // SAFETY: the page is new, nobody else's, and given back.
    unsafe {
        let page = mmap_anonymous(ptr::null_mut(), size, writable, private)?;
        let tried = mprotect(page, size, executable);
        munmap(page, size)?;
        Ok(tried?)
    }
}

/// Puts [`panicked`] before the panic function of a state, and turns its compiler off
/// where the system does not let it work.
///
/// # Safety
/// The state lives, runs nothing that is compiled, and has the allocator of `shared`.
pub(crate) unsafe fn watch(state: *mut lua_State, shared: &VmState) -> Compiler {
    // SAFETY: the state lives. `panicked` finds its `VmState` by the allocator's data, which the
    // caller has seen to.
    let before = unsafe { lua_atpanic(state, Some(panicked)) };
    let mut off = None;
    if let Err(error) = try_page() {
        off = Some(Instant::now());
        let message = complaint(&error, "nothing is compiled, and handlers run slowly");
        shared.log.line(LogLevel::Warn, &message, None);
        // SAFETY: the state lives, and no trace of it runs that would be thrown away.
        unsafe { luaJIT_setmode(state, 0, MODE_OFF) };
    }
    Compiler {
        off: Cell::new(off),
        before,
    }
}

/// Takes [`panicked`] away.
///
/// # Safety
/// The state lives, and is the one that was watched.
pub(crate) unsafe fn leave(state: *mut lua_State, compiler: &Compiler) {
    // SAFETY: the state lives; the function is the one that it had before.
    unsafe { lua_atpanic(state, compiler.before) };
}

impl Compiler {
    /// Turns the compiler on again where it has been off for long enough.
    ///
    /// # Safety
    /// The state lives, is the one that was watched, and runs nothing.
    pub(crate) unsafe fn tick(&self, state: *mut lua_State) {
        let Some(since) = self.off.get() else {
            return;
        };
        if since.elapsed() < AGAIN {
            return;
        }
        match try_page() {
            Ok(()) => {
                self.off.set(None);
                // SAFETY: the state lives, and no trace of it runs.
                unsafe { luaJIT_setmode(state, 0, MODE_ON) };
            }
            Err(_) => self.off.set(Some(Instant::now())),
        }
    }
}

/// The panic function: called for memory that was refused, and where an error is raised that
/// nothing catches.
unsafe extern "C-unwind" fn panicked(state: *mut lua_State) -> c_int {
    // First of all: anything else may change it.
    let error = io::Error::last_os_error();
    let mut data: *mut c_void = ptr::null_mut();
    // SAFETY: the allocator's data is the address of the `VmState` that `watch` was given, which
    // outlives the state.
    let shared = unsafe {
        ffi::lua_getallocf(state, &raw mut data);
        &*data.cast::<VmState>()
    };
    unwind::pure(shared, || {
        // SAFETY: LuaJIT has put a message on top of the stack.
        let message = unsafe { lossy(state, -1) };
        let message = match message.starts_with(REFUSED) {
            true => complaint(&error, "compiled code cannot go on: the process ends"),
            false => format!("an error of Lua's that nothing catches: {message}"),
        };
        shared.log.line(LogLevel::Error, &message, None);
        log::finish();
    });
    // LuaJIT ends the process.
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_may_become_executable_here() {
        try_page().unwrap();
    }

    #[test]
    fn the_log_says_what_to_do() {
        let text = |errno: Errno| complaint(&errno.into(), "it is slow");
        assert!(text(Errno::NOMEM).contains("vm.max_map_count"));
        assert!(text(Errno::PERM).contains("MemoryDenyWriteExecute"));
        assert!(text(Errno::NOMEM).contains("mprotect: Cannot allocate memory"));
    }
}
