//! `rover.guard` in the VM: what is checked comes from the running request or from Lua, and
//! what was checked becomes a Lua value, or the error for the client.

use std::cell::{Cell, UnsafeCell};
use std::ffi::{c_int, c_void};

use http::StatusCode;
use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::guard::{Checked, Patterns, Schema, Value};

use crate::guard::{UnreadJson, read_form, read_json, read_params, read_query};
use crate::message::form::{self, FormError};
use crate::pattern::{Matcher, PatternError};
use crate::program::First;
use crate::vm::ctx::members::push as push_text;
use crate::vm::json::decode;
use crate::vm::library::patterns::Steps;
use crate::vm::native::unwind::{LATE, NO_MEMORY, raise_by};
use crate::vm::response::written::{bad_body, call};
use crate::vm::run::call::Call;
use crate::vm::state::vm::Shared;
use rover_model::json::Malformed;

pub(crate) use crate::vm::guard::in_place::{Holders, addresses};
use crate::vm::guard::made::Made;
pub(crate) use crate::vm::guard::made::{FUNCTIONS, install};
pub(crate) use crate::vm::guard::push::Origin;

/// What is called by lowered code.
pub(crate) const DIRECT: [(&std::ffi::CStr, lua_CFunction); 3] = [
    (c"expect", expect_constant),
    (c"hold", crate::vm::guard::in_place::hold),
    (c"held_value", crate::vm::guard::in_place::held_value),
];

/// The registry's function that raises the error for what did not pass.
pub(crate) const INVALID: &str = "rover.invalid";
/// The registry's function that raises an error that is an answer.
pub(crate) const HTTP_ERROR: &str = "rover.http_error";
/// The registry's `json_encode`.
pub(crate) const ENCODE: &std::ffi::CStr = c"rover.json_encode";

/// What checking keeps from one value to the next.
pub(crate) struct Checks {
    /// Where values are laid out: each use begins with clearing it, and none begins inside
    /// another, as nothing that is called meanwhile runs any Lua of the program's.
    pub(crate) checked: UnsafeCell<Checked>,
    scratch: UnsafeCell<String>,
    /// The schema that was made of a plain table last.
    pub(crate) plain: UnsafeCell<Option<Made>>,
    pub(crate) holders: Holders,
    /// What was checked before the handler ran, until the handler asks for it.
    pub(crate) ready: Cell<Option<First>>,
    /// The address of the metatable of userdata that hold a schema.
    pub(crate) schema_meta: Cell<*const c_void>,
}

impl Default for Checks {
    fn default() -> Self {
        Checks {
            checked: UnsafeCell::default(),
            scratch: UnsafeCell::default(),
            plain: UnsafeCell::default(),
            holders: Holders::default(),
            ready: Cell::default(),
            schema_meta: Cell::new(std::ptr::null()),
        }
    }
}

impl Checks {
    /// Lets go of what was checked, of which a request's end is told the size.
    pub(crate) fn reset(&self) {
        // SAFETY: nothing that uses it runs between two requests.
        unsafe { (*self.checked.get()).clear() };
        self.holders.reset();
    }
}

/// What a client is told whose request needs more memory than there is.
pub(crate) const TOO_LARGE: &str = "Request too large: reading it needs more memory than there is";

/// More of a text with escapes is not kept.
const KEPT_SCRATCH: usize = 64 << 10;

/// A part of the request that is checked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Body,
    Query,
    Params,
}

impl Source {
    /// The number that the compiler and `ctx.lua` give.
    pub(crate) fn from_number(number: f64) -> Self {
        match number as u8 {
            0 => Source::Body,
            1 => Source::Query,
            _ => Source::Params,
        }
    }
}

/// Lua's patterns, whose steps the deadline counts.
pub(crate) struct Find<'a> {
    shared: &'a Shared,
    /// There was no time for one of them: what it gave is of no use.
    pub(crate) stopped: Cell<bool>,
}

impl<'a> Find<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        Find {
            shared,
            stopped: Cell::new(false),
        }
    }
}

impl Patterns for Find<'_> {
    fn has_time(&self, steps: usize) -> bool {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        if !self.stopped.get() && !self.shared.deadline.spend(steps) {
            self.stopped.set(true);
        }
        !self.stopped.get()
    }

    fn found(&self, pattern: &str, text: &[u8]) -> bool {
        let mut steps = Steps(self.shared);
        let pattern = self.shared.patterns.get(pattern.as_bytes(), true);
        let found = Matcher::new(text, &mut steps).search(&pattern, 0);
        if found == Err(PatternError::Stopped) {
            self.stopped.set(true);
        }
        // One that is too complex is not found.
        matches!(found, Ok(Some(_)))
    }
}

/// What a guarded native does at its end where there is no value: see [`raise_by`].
pub(crate) type Outcome<T> = Result<T, c_int>;

/// What keeps a part of the request from being checked.
pub(crate) enum Unread {
    NoBody,
    Malformed(Malformed),
    Form(FormError),
    /// There is no memory for it.
    Full,
}

impl From<UnreadJson> for Unread {
    fn from(unread: UnreadJson) -> Self {
        match unread {
            UnreadJson::Malformed(malformed) => Unread::Malformed(malformed),
            UnreadJson::Full => Unread::Full,
        }
    }
}

/// Lays out a part of the request. Gives what its texts and values of any kind stand in,
/// and whether it is known to need no check.
fn read<'c>(
    call: &'c Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
) -> Result<(Origin<'c>, bool), Unread> {
    let (shared, request) = (call.shared, call.request);
    match source {
        Source::Query => read_query(laid, schema, request.query),
        Source::Params => read_params(laid, schema, request),
        Source::Body => {
            let body = request.body.ok_or(Unread::NoBody)?;
            if form::is_form(request.headers.get("content-type")) {
                let fields = call.form().map_err(Unread::Form)?;
                read_form(laid, schema, fields);
                return Ok((Origin::Form(fields), false));
            }
            // SAFETY: the scratch is used by nobody else meanwhile.
            let scratch = unsafe { &mut *shared.checks.scratch.get() };
            let read = read_json(laid, schema, body, scratch);
            scratch.clear();
            scratch.shrink_to(KEPT_SCRATCH);
            return Ok((Origin::Json(body), read?));
        }
    }
    Ok((Origin::Nothing, false))
}

/// Lays out a part of the request and checks it: what is wrong with it is in `laid`. What it
/// needs counts for the VM's memory until the request ends or the next use of `laid`.
fn lay<'c>(
    call: &'c Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
    find: &Find<'_>,
) -> Result<Origin<'c>, Unread> {
    let memory = &call.shared.memory;
    memory.reclaim(laid.taken());
    laid.begin(memory.free());
    let read = read(call, source, schema, laid).and_then(|(origin, fits)| {
        match fits {
            true => debug_assert!(laid.stays(schema, origin.text(), find)),
            false => laid.check(schema, origin.text(), find),
        }
        match laid.is_full() {
            true => Err(Unread::Full),
            false => Ok(origin),
        }
    });
    match read {
        // There is room, as nothing else was made meanwhile.
        Ok(_) if laid.taken() > 0 => drop(memory.lend(laid.taken())),
        Ok(_) => {}
        Err(_) => laid.clear(),
    }
    read
}

/// The same where garbage is collected before it is said that there is no memory.
///
/// # Safety
/// In a guarded native, or outside of any call.
pub(crate) unsafe fn lay_collected<'c>(
    state: *mut lua_State,
    call: &'c Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
    find: &Find<'_>,
) -> Result<Origin<'c>, Unread> {
    match lay(call, source, schema, laid, find) {
        Err(Unread::Full) => {
            // SAFETY: as the caller's.
            unsafe { call.shared.memory.collect(state) };
            lay(call, source, schema, laid, find)
        }
        laid => laid,
    }
}

/// Lays out a part of the request and checks it: whether it passes.
pub(crate) fn fits(call: &Call<'_>, source: Source, schema: &Schema, laid: &mut Checked) -> bool {
    let find = Find::new(call.shared);
    lay(call, source, schema, laid, &find).is_ok()
        && !find.stopped.get()
        && laid.problems.is_empty()
}

/// What a check has found: where the value does not pass, the error for the client is raised.
///
/// # Safety
/// In a guarded native, in a request.
pub(crate) unsafe fn verdict(
    state: *mut lua_State,
    laid: &Checked,
    find: &Find<'_>,
) -> Outcome<()> {
    if find.stopped.get() {
        return Err(LATE);
    }
    if laid.problems.is_empty() {
        return Ok(());
    }
    // SAFETY: as the caller's.
    unsafe {
        push_text(state, INVALID.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        crate::vm::guard::push::problems(state, laid);
    }
    Err(raise_by(1))
}

/// Lays out a part of the request and checks it; what is wrong with it is raised. Gives what
/// its texts and values of any kind stand in.
///
/// # Safety
/// As [`verdict`].
pub(crate) unsafe fn lay_out<'c>(
    state: *mut lua_State,
    call: &'c Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
) -> Outcome<Origin<'c>> {
    let find = Find::new(call.shared);
    // SAFETY: as the caller's; errors that are answers are raised by Lua functions.
    unsafe {
        match lay_collected(state, call, source, schema, laid, &find) {
            Ok(origin) => verdict(state, laid, &find).map(|()| origin),
            Err(Unread::NoBody) => {
                ffi::lua_pushnil(state);
                Err(bad_body(state))
            }
            Err(Unread::Malformed(malformed)) => {
                decode::push_malformed(state, &call.shared.decoder, malformed);
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
/// As [`verdict`].
pub(crate) unsafe fn push_part(
    state: *mut lua_State,
    call: &Call<'_>,
    laid: &Checked,
    (schema, value): (&Schema, Value),
    origin: Origin<'_>,
) -> c_int {
    // SAFETY: as the caller's; what was pushed is garbage before it is collected.
    unsafe {
        let top = ffi::lua_gettop(state);
        match crate::vm::guard::push::value(state, call.shared, laid, schema, value, origin) {
            Ok(()) => 1,
            Err(NO_MEMORY) => {
                ffi::lua_settop(state, top);
                call.shared.memory.collect(state);
                raise_too_large(state)
            }
            Err(raise) => raise,
        }
    }
}

/// Checks a part of the request, and pushes the value.
///
/// # Safety
/// As [`verdict`].
pub(crate) unsafe fn expect(
    state: *mut lua_State,
    call: &Call<'_>,
    source: Source,
    schema: &Schema,
) -> c_int {
    // SAFETY: as the caller's; see `Checks::checked`.
    unsafe {
        let laid = &mut *call.shared.checks.checked.get();
        match lay_out(state, call, source, schema, laid) {
            Ok(origin) => push_part(state, call, laid, (schema, laid.root), origin),
            Err(raise) => raise,
        }
    }
}

/// What a native gives back to its guard.
pub(crate) fn results(outcome: Outcome<c_int>) -> c_int {
    outcome.unwrap_or_else(|raise| raise)
}

/// `expect(source, number)`: the checked part of the request; the schema is a constant of
/// the program.
unsafe extern "C-unwind" fn expect_constant(state: *mut lua_State) -> c_int {
    // SAFETY: called by lowered code inside the protected call of a request, with the
    // numbers that the compiler wrote.
    unsafe {
        let call = call(state);
        let source = Source::from_number(ffi::lua_tonumber(state, 1));
        let number = ffi::lua_tonumber(state, 2) as usize;
        let Some(schema) = call.shared.program.guards.get(number) else {
            return 0;
        };
        let checks = &call.shared.checks;
        if checks.is_ready(source, number, None) {
            let laid = &*checks.checked.get();
            let origin = crate::vm::guard::precheck::origin(call, source);
            return push_part(state, call, laid, (schema, laid.root), origin);
        }
        expect(state, call, source, schema)
    }
}

/// An error that is an answer, to be raised.
///
/// # Safety
/// As [`verdict`].
unsafe fn raise_answer(state: *mut lua_State, status: StatusCode, message: &str) -> c_int {
    // SAFETY: as the caller's.
    unsafe {
        push_text(state, HTTP_ERROR.as_bytes());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_pushnumber(state, f64::from(status.as_u16()));
        push_text(state, message.as_bytes());
    }
    raise_by(2)
}

/// # Safety
/// As [`verdict`].
unsafe fn raise_too_large(state: *mut lua_State) -> c_int {
    // SAFETY: as the caller's.
    unsafe { raise_answer(state, StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE) }
}

/// Whether a value is a schema.
///
/// # Safety
/// `index` is absolute and valid, with three free slots.
pub(crate) unsafe fn is_schema(state: *mut lua_State, shared: &Shared, index: c_int) -> bool {
    // SAFETY: as the caller's; nothing runs before the result is dropped.
    unsafe { crate::vm::guard::made::held(state, shared, index).is_some() }
}

/// The address of a value's metatable; null without one.
///
/// # Safety
/// `index` is absolute and valid.
pub(crate) unsafe fn metatable(state: *mut lua_State, index: c_int) -> *const c_void {
    // SAFETY: as the caller's; the stack is restored.
    unsafe {
        if ffi::lua_getmetatable(state, index) == 0 {
            return std::ptr::null();
        }
        let address = ffi::lua_topointer(state, -1);
        ffi::lua_pop(state, 1);
        address
    }
}
