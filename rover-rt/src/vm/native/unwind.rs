//! What keeps a fault inside its request: panics of Rust code that Lua called, and
//! recursion on the native stack.
//!
//! A panic must not unwind into LuaJIT: a `pcall` of the program's would take it for its
//! own error, and Rust aborts the process when a panic is dropped by others. Nor may a Lua
//! error be caught by Rust. So what runs inside [`pure`] calls nothing that raises Lua
//! errors, and what raises them runs outside.

use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};

use mlua::ffi::{self, lua_State};

use crate::error::panic_reason;
use crate::vm::ctx::members::{push, shared};
use crate::vm::state::deadline;
use crate::vm::state::vm::Shared;

#[cfg(panic = "abort")]
compile_error!(
    "rover-rt needs panic = \"unwind\" (the default): with \"abort\" one request could end \
     the whole server. Remove `panic = \"abort\"` from the profile in Cargo.toml."
);

/// How far Lua and C may call each other on the native stack. An error's way through so many
/// calls takes time by their square (`err_unwind` in LuaJIT's `lj_err.c` begins at the top for
/// each), which no deadline ends.
const STACK_BYTES: usize = 256 << 10;

/// Runs code that raises no Lua errors; nothing where it panics, which the request's end
/// finds out whatever the program does with the error that follows.
#[inline]
pub(crate) fn pure<T>(shared: &Shared, f: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) => {
            shared.reason.set(Some(panic_reason(&*payload).to_owned()));
            // Its destructor might panic, too.
            std::mem::forget(payload);
            shared.panicked.set(true);
            // The program has no more time, whatever it makes of what it is given.
            shared.deadline.expire();
            None
        }
    }
}

/// [`pure`], for functions that compiled traces call by their addresses: nothing may unwind
/// into those. What a panic gives is the result that says least; the next look at the clock
/// ends the program.
#[inline]
pub(crate) fn pure_or_default<T: Default>(shared: &Shared, f: impl FnOnce() -> T) -> T {
    pure(shared, f).unwrap_or_default()
}

/// How a place in the runtime's own chunks begins.
pub(crate) const RUNTIME: &str = "rover:";

/// What a guarded native returns to raise the value on top of the stack.
pub(crate) const RAISE: c_int = -1;

/// What it returns to raise the error of a deadline that has passed.
pub(crate) const LATE: c_int = c_int::MIN;

/// What it returns where the stack has no room for its values.
pub(crate) const FULL: c_int = c_int::MIN + 1;

/// What it returns where there is no memory for what it makes.
pub(crate) const NO_MEMORY: c_int = c_int::MIN + 2;

/// What it returns to raise an error by calling the Lua function below so many arguments on
/// top of the stack, when none of its own frames is left.
pub(crate) const fn raise_by(arguments: c_int) -> c_int {
    RAISE - 1 - arguments
}

/// Sees to so many free slots.
///
/// # Safety
/// In a C function.
pub(crate) unsafe fn room(state: *mut lua_State, slots: c_int) -> Result<(), c_int> {
    // SAFETY: as the caller's; this one raises no error.
    match unsafe { ffi::lua_checkstack(state, slots) } {
        0 => Err(FULL),
        _ => Ok(()),
    }
}

/// The C function of a guarded native, whose own is the third upvalue: it calls no Lua
/// code and raises no errors.
pub(crate) unsafe extern "C-unwind" fn enter(state: *mut lua_State) -> c_int {
    // SAFETY: `register` makes these closures.
    unsafe {
        let function = ffi::lua_touserdata(state, ffi::lua_upvalueindex(3));
        let function = *function.cast::<ffi::lua_CFunction>();
        native(state, shared(state), || function(state))
    }
}

/// Runs code that uses Lua's stack but calls no Lua code and raises no errors: nor does
/// memory, of which it gets what it asks for. What that was too much is raised at its end,
/// and so is a deadline that has passed meanwhile.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(crate) unsafe fn native(
    state: *mut lua_State,
    shared: &Shared,
    f: impl FnOnce() -> c_int,
) -> c_int {
    let late = shared.deadline.has_passed();
    let before = shared.memory.relax(true);
    let results = pure(shared, f);
    // SAFETY: as the caller's; a VM in which code panicked does nothing more.
    let full = !before && results.is_some() && unsafe { shared.memory.is_full(state) };
    shared.memory.relax(before);
    // SAFETY: as the caller's.
    unsafe {
        match results {
            None => panicked(state),
            Some(_) if full => fail(state, b"not enough memory"),
            // It has given up; a program that is late already may still answer.
            Some(_) if !late && shared.deadline.has_passed() => deadline::raise(state, shared),
            Some(RAISE) => ffi::lua_error(state),
            Some(LATE) => deadline::raise(state, shared),
            Some(NO_MEMORY) => fail(state, b"not enough memory"),
            Some(FULL) => fail(state, b"stack overflow (too many values)"),
            Some(by) if by < RAISE => {
                ffi::lua_call(state, RAISE - 1 - by, 0);
                0
            }
            Some(results) => results,
        }
    }
}

/// Raises the error that stands for a panic in the program.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(crate) unsafe fn panicked(state: *mut lua_State) -> ! {
    // SAFETY: as the caller's.
    unsafe { fail(state, b"the runtime panicked") }
}

/// Raises an error with the place of the call, as `luaL_error` does.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(crate) unsafe fn fail(state: *mut lua_State, message: &[u8]) -> ! {
    // SAFETY: as the caller's.
    unsafe { fail_at(state, message, 1) }
}

/// The same with the place of a call that is so many calls away, or of the first further one that
/// is not the runtime's.
///
/// # Safety
/// As [`fail`].
pub(crate) unsafe fn fail_at(state: *mut lua_State, message: &[u8], level: c_int) -> ! {
    // SAFETY: as the caller's; an argument's slot may be one too few for three pushes. There
    // is a first call that is not the runtime's: that of the request.
    unsafe {
        ffi::luaL_checkstack(state, 3, std::ptr::null());
        let mut level = level;
        loop {
            ffi::luaL_where(state, level);
            let mut length = 0;
            let text = ffi::lua_tolstring(state, -1, &raw mut length);
            let place: &[u8] = std::slice::from_raw_parts(text.cast(), length);
            if !place.starts_with(RUNTIME.as_bytes()) {
                break;
            }
            ffi::lua_pop(state, 1);
            level += 1;
        }
        push(state, message);
        ffi::lua_concat(state, 2);
        ffi::lua_error(state)
    }
}

/// Raises an error where calls between Lua and C have come too deep.
///
/// # Safety
/// In a C function; the frame owns nothing.
pub(crate) unsafe fn check_stack(state: *mut lua_State, shared: &Shared) {
    if is_deep(shared) {
        // SAFETY: as the caller's.
        unsafe {
            fail(
                state,
                b"stack overflow (calls through C are nested too deep)",
            )
        }
    }
}

/// Whether calls between Lua and C have come too deep.
fn is_deep(shared: &Shared) -> bool {
    shared.stack.get().saturating_sub(here()) > STACK_BYTES
}

/// [`is_deep`], for budgets: C code of LuaJIT's that calls Lua looks at no stack. Called
/// through the FFI.
pub(crate) unsafe extern "C" fn deep(vm: *const c_void) -> bool {
    // SAFETY: lowered code gives the address that `start` gave it.
    let shared = unsafe { crate::vm::state::vm::shared(vm) };
    pure_or_default(shared, || is_deep(shared))
}

/// The address of the native stack's top, about.
#[inline(never)]
pub(crate) fn here() -> usize {
    let frame = 0_u8;
    std::hint::black_box(&raw const frame).addr()
}

/// Checks it before a request: the stack that it may use begins here.
pub(crate) fn begin(shared: &Shared) {
    shared.stack.set(here());
}

#[cfg(test)]
mod tests {
    use mlua::{LightUserData, Lua, LuaOptions, StdLib};

    use super::*;
    use crate::vm::guard::check;
    use crate::vm::start::load::{Guarded, register};

    unsafe extern "C-unwind" fn panics(_: *mut lua_State) -> c_int {
        panic!("for the test")
    }

    unsafe extern "C-unwind" fn raises(state: *mut lua_State) -> c_int {
        // SAFETY: called by Lua.
        unsafe { push(state, b"raised") };
        RAISE
    }

    const FUNCTIONS: [(&std::ffi::CStr, ffi::lua_CFunction); 2] =
        [(c"panics", panics), (c"raises", raises)];

    /// Called through the FFI.
    unsafe extern "C" fn panics_at_the_end(vm: *const c_void, round: i32) -> i32 {
        // SAFETY: the test gives it the address.
        let shared = unsafe { crate::vm::state::vm::shared(vm) };
        pure_or_default(shared, || match round {
            1000 => panic!("for the test"),
            round => round,
        })
    }

    /// The loop is long compiled when it happens.
    #[test]
    fn a_panic_below_a_trace_ends_its_call_and_the_time() {
        let shared = Shared::bare();
        // SAFETY: for `ffi`, by which the test's own text calls.
        let lua = unsafe { Lua::unsafe_new_with(StdLib::ALL, LuaOptions::default()) };
        let program = r#"
            local address, vm = ...
            local f = require("ffi").cast("int32_t (*)(void *, int32_t)", address)
            local sum = 0
            for i = 1, 1000 do sum = sum + f(vm, i) end
            return sum
        "#;
        let address = LightUserData(panics_at_the_end as *const () as *mut c_void);
        let vm: *const Shared = &raw const shared;
        let vm = LightUserData(vm.cast_mut().cast());
        let sum: f64 = lua.load(program).call((address, vm)).unwrap();
        assert_eq!(sum, 499_500.0);
        assert!(shared.panicked.get());
        assert!(shared.deadline.check() && !shared.deadline.spend(1));
    }

    #[test]
    fn a_panic_is_an_error_that_no_program_hides() {
        let shared = Box::new(Shared::bare());
        let lua = Lua::new();
        let natives = lua.create_table().unwrap();
        let by = Guarded::ByEnter;
        register(&lua, &shared, &natives, &natives, &FUNCTIONS, by).unwrap();
        let raised: String = lua
            .load("return (select(2, pcall((...).raises)))")
            .call(&natives)
            .unwrap();
        assert_eq!(raised, "raised");
        assert!(!shared.panicked.get());
        for program in [
            "local ok, message = pcall((...).panics) return message",
            "local _, message = xpcall((...).panics, function(m) return m end) return message",
            "local co = coroutine.create((...).panics) local _, m = coroutine.resume(co) return m",
            "for i = 1, 1000 do pcall((...).panics) end return select(2, pcall((...).panics))",
        ] {
            shared.panicked.set(false);
            let message: String = lua.load(program).call(&natives).unwrap();
            assert_eq!(message, "the runtime panicked");
            assert!(shared.panicked.get(), "{program}");
        }
    }

    /// Outside of a request they have nothing to check, which is a panic.
    #[test]
    fn natives_of_schemas_are_guarded() {
        let shared = Box::new(Shared::bare());
        let lua = Lua::new();
        let natives = lua.create_table().unwrap();
        for functions in [&check::DIRECT[..], &check::FUNCTIONS] {
            let by = Guarded::ByEnter;
            register(&lua, &shared, &natives, &natives, functions, by).unwrap();
        }
        for name in ["expect", "hold", "held_value", "guard_expect"] {
            // As a request begins.
            shared.panicked.set(false);
            shared.deadline.begin(0);
            let call = "local f = ... return select(2, pcall(f, 0, {}, 0))";
            let f: mlua::Function = natives.get(name).unwrap();
            let message: String = lua.load(call).call(f).unwrap();
            assert_eq!(message, "the runtime panicked", "{name}");
            assert!(shared.panicked.get(), "{name}");
        }
    }
}
