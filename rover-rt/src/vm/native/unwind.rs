//! What keeps a fault inside its request: panics of Rust code that Lua called.
//!
//! A panic must not unwind into LuaJIT: a `pcall` of the program's would take it for its
//! own error, and Rust aborts the process when a panic is dropped by others. Nor may a Lua
//! error be caught by Rust. So what runs inside [`pure`] calls nothing that raises Lua
//! errors, and what raises them runs outside.
//!
//! A *contained* native is one that [`enter`] calls: it calls no Lua code and raises no Lua
//! error, and what it returns says what is raised when none of its own frames is left.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use mlua::ffi::{self, lua_State};

use crate::error::panic_reason;
use crate::vm::native::raise::{FULL, LATE, NO_MEMORY, RAISE, YIELD, fail, late, panicked};
use crate::vm::native::stack::vm_state;
use crate::vm::state::vm::VmState;

#[cfg(panic = "abort")]
compile_error!(
    "rover-rt needs panic = \"unwind\" (the default): with \"abort\" one request could end \
     the whole server. Remove `panic = \"abort\"` from the profile in Cargo.toml."
);

/// Runs code that raises no Lua errors; nothing where it panics, which the request's end
/// finds out whatever the program does with the error that follows.
#[inline]
pub(crate) fn pure<T>(shared: &VmState, f: impl FnOnce() -> T) -> Option<T> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(value) => Some(value),
        Err(payload) => {
            shared.panicked(panic_reason(&*payload).to_owned());
            // Its destructor might panic, too.
            std::mem::forget(payload);
            None
        }
    }
}

/// [`pure`], for functions that compiled traces call by their addresses: nothing may unwind
/// into those. What a panic gives is the result that says least; the next look at the clock
/// ends the program.
#[inline]
pub(crate) fn pure_or_default<T: Default>(shared: &VmState, f: impl FnOnce() -> T) -> T {
    pure(shared, f).unwrap_or_default()
}

/// The C function of a contained native, whose own is the third upvalue: it calls no Lua
/// code and raises no errors.
pub(crate) unsafe extern "C-unwind" fn enter(state: *mut lua_State) -> c_int {
    // SAFETY: `register` makes these closures. Their first upvalue is the address of the
    // `VmState`, their third that of a function in a table that is static.
    unsafe {
        let function = ffi::lua_touserdata(state, ffi::lua_upvalueindex(3));
        let function = *function.cast::<ffi::lua_CFunction>();
        contained(state, vm_state(state), || function(state))
    }
}

/// Runs code that uses Lua's stack but calls no Lua code and raises no errors: nor does
/// memory, of which it gets what it asks for. What that was too much is raised at its end,
/// and so is a deadline that has passed meanwhile.
///
/// # Safety
/// In a C function in a protected call; the frame owns nothing.
pub(crate) unsafe fn contained(
    state: *mut lua_State,
    shared: &VmState,
    f: impl FnOnce() -> c_int,
) -> c_int {
    let was_late = shared.is_late();
    let before = shared.memory.relax(true);
    let results = pure(shared, f);
    // SAFETY: this is the running thread, in a C function, with memory relaxed. A VM in which
    // code panicked does nothing more.
    let full = !before && results.is_some() && unsafe { shared.is_full(state) };
    shared.memory.relax(before);
    // SAFETY: `f` and all that it owned is gone. The error may leave this frame and the
    // caller's, which own nothing. Where a function is called, `f` has left it on the stack below
    // its arguments.
    unsafe {
        match results {
            None => panicked(state),
            Some(_) if full => fail(state, b"not enough memory"),
            // It has given up; a program that is late already may still answer.
            Some(_) if !was_late && shared.is_late() => late(state, shared),
            Some(RAISE) => ffi::lua_error(state),
            Some(LATE) => late(state, shared),
            Some(NO_MEMORY) => fail(state, b"not enough memory"),
            Some(FULL) => fail(state, b"stack overflow (too many values)"),
            // `lua_yield` gives what the C function must return. It raises no error, as the native
            // has asked whether the coroutine can yield.
            Some(YIELD) => ffi::lua_yield(state, 1),
            Some(by) if by < RAISE => {
                ffi::lua_call(state, RAISE - 1 - by, 0);
                0
            }
            Some(results) => results,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::c_void;

    use mlua::{LightUserData, Lua, LuaOptions, StdLib};

    use super::*;
    use crate::vm::native::register::{Entry, register};
    use crate::vm::native::stack::push;
    use crate::vm::state::vm::by_address;

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
        let shared = unsafe { by_address(vm) };
        pure_or_default(shared, || match round {
            1000 => panic!("for the test"),
            round => round,
        })
    }

    /// The loop is long compiled when it happens.
    #[test]
    fn a_panic_below_a_trace_ends_its_call_and_the_time() {
        let shared = VmState::bare();
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
        let vm: *const VmState = &raw const shared;
        let vm = LightUserData(vm.cast_mut().cast());
        let sum: f64 = lua.load(program).call((address, vm)).unwrap();
        assert_eq!(sum, 499_500.0);
        assert!(shared.panics.have_happened());
        assert!(shared.is_late() && !shared.spend(1));
    }

    #[test]
    fn a_panic_is_an_error_that_no_program_hides() {
        let shared = Box::new(VmState::bare());
        let lua = Lua::new();
        let natives = lua.create_table().unwrap();
        let by = Entry::Contained;
        register(&lua, &shared, &natives, &natives, &FUNCTIONS, by).unwrap();
        let raised: String = lua
            .load("return (select(2, pcall((...).raises)))")
            .call(&natives)
            .unwrap();
        assert_eq!(raised, "raised");
        assert!(!shared.panics.have_happened());
        for program in [
            "local ok, message = pcall((...).panics) return message",
            "local _, message = xpcall((...).panics, function(m) return m end) return message",
            "local co = coroutine.create((...).panics) local _, m = coroutine.resume(co) return m",
            "for i = 1, 1000 do pcall((...).panics) end return select(2, pcall((...).panics))",
        ] {
            shared.panics.forget();
            let message: String = lua.load(program).call(&natives).unwrap();
            assert_eq!(message, "the runtime panicked");
            assert!(shared.panics.have_happened(), "{program}");
        }
    }
}
