//! Checks of parts of the request: what passes becomes a Lua value, what does not the error for
//! the client.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::guard::{Checked, Schema, Value};

use crate::vm::guard::layout::{Origin, Source, Unread, lay_collected, origin};
use crate::vm::guard::patterns::SchemaPatterns;
use crate::vm::guard::push;
use crate::vm::json::decode::push_malformed;
use crate::vm::native::raise::{
    INVALID, LATE, NO_MEMORY, Outcome, bad_body, raise_answer, raise_by, raise_too_large,
};
use crate::vm::native::stack::{push as push_text, running};
use crate::vm::state::call::Call;
use crate::vm::state::vm::VmState;

/// What is called by lowered code.
pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 1] = [(c"expect", expect_constant)];

/// What a check has found: where the value does not pass, the error for the client is raised.
///
/// # Safety
/// In a contained native, in a request.
pub(crate) unsafe fn verdict(
    state: *mut lua_State,
    laid: &Checked,
    find: &SchemaPatterns<'_>,
) -> Outcome<()> {
    if find.stopped.get() {
        return Err(LATE);
    }
    if laid.problems.is_empty() {
        return Ok(());
    }
    // SAFETY: the caller is a contained native with room for the function, the list of problems
    // and what is in it. Memory is relaxed, so that nothing raises an error here: the native's
    // end calls the function.
    unsafe {
        push_text(state, INVALID.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        push::problems(state, laid);
    }
    Err(raise_by(1))
}

/// Lays out a part of the request and checks it; what is wrong with it is raised. Gives what
/// its texts and values of any kind stand in.
///
/// # Safety
/// In a contained native, in a request.
pub(crate) unsafe fn lay_out<'c>(
    state: *mut lua_State,
    shared: &VmState,
    call: &'c Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
) -> Outcome<Origin<'c>> {
    let find = SchemaPatterns::new(shared);
    // SAFETY: the caller is a contained native with room for a few values, in which memory is
    // relaxed. What is pushed is a function of the registry and its arguments, which the
    // native's end calls.
    unsafe {
        match lay_collected(state, call, source, schema, laid, &find) {
            Ok(origin) => verdict(state, laid, &find).map(|()| origin),
            Err(Unread::NoBody) => {
                ffi::lua_pushnil(state);
                Err(bad_body(state))
            }
            Err(Unread::Malformed(malformed)) => {
                push_malformed(state, &shared.decoder, malformed);
                Err(bad_body(state))
            }
            Err(Unread::Form(error)) => {
                Err(raise_answer(state, error.status(), &error.to_string()))
            }
            Err(Unread::Full) => Err(raise_too_large(state)),
        }
    }
}

/// Pushes a part of the request that was checked. What needs more memory than there is, is the
/// client's.
///
/// # Safety
/// In a contained native, in a request.
pub(crate) unsafe fn push_part(
    state: *mut lua_State,
    shared: &VmState,
    laid: &Checked,
    (schema, value): (&Schema, Value),
    origin: Origin<'_>,
) -> c_int {
    // SAFETY: the caller is a contained native, in which memory is relaxed. The value sees to
    // its own room. Where memory is short, what was pushed is taken off the stack, so that it
    // is garbage when it is collected.
    unsafe {
        let top = ffi::lua_gettop(state);
        match push::value(state, shared, laid, schema, value, origin) {
            Ok(()) => 1,
            Err(NO_MEMORY) => {
                ffi::lua_settop(state, top);
                shared.memory.collect(state);
                raise_too_large(state)
            }
            Err(raise) => raise,
        }
    }
}

/// Checks a part of the request, and pushes the value.
///
/// # Safety
/// In a contained native, in a request.
pub(crate) unsafe fn expect(
    state: *mut lua_State,
    (shared, call): (&VmState, &Call<'_>),
    source: Source,
    schema: &Schema,
) -> c_int {
    // SAFETY: the caller is a contained native in a request. Nothing that is called from here
    // runs any Lua code, so that no other use of the cell begins while this one lasts.
    unsafe {
        let laid = &mut *shared.running.checks.checked.get();
        match lay_out(state, shared, call, source, schema, laid) {
            Ok(origin) => push_part(state, shared, laid, (schema, laid.root), origin),
            Err(raise) => raise,
        }
    }
}

/// `expect(source, number)`: the checked part of the request; the schema is a constant of
/// the program.
unsafe extern "C-unwind" fn expect_constant(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that lowered code calls in a request, with the two
    // numbers that the compiler wrote. What was checked before the handler ran is in the cell,
    // and nobody writes to it while it is pushed, as no Lua code runs.
    unsafe {
        let (shared, call) = running(state);
        let source = Source::from_number(ffi::lua_tonumber(state, 1));
        let number = ffi::lua_tonumber(state, 2) as usize;
        let Some(schema) = shared.program.guards.get(number) else {
            return 0;
        };
        let checks = &shared.running.checks;
        if checks.is_ready(source.first(number, None)) {
            let laid = &*checks.checked.get();
            let origin = origin(call, source);
            return push_part(state, shared, laid, (schema, laid.root), origin);
        }
        expect(state, (shared, call), source, schema)
    }
}
