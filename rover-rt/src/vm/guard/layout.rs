//! Parts of the request, laid out by a schema and checked.

use mlua::ffi::lua_State;
use rover_model::guard::{Checked, Schema};
use rover_model::json::Malformed;

use crate::guard::{UnreadJson, read_form, read_json, read_params, read_query};
use crate::message::form::{self, Field, FormError};
use crate::program::Precheck;
use crate::vm::guard::patterns::SchemaPatterns;
use crate::vm::state::call::Call;
use crate::vm::state::vm::VmState;

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
    /// What asks for such a part, as the compiler has it.
    pub(crate) fn first(self, schema: usize, part: Option<i32>) -> Precheck {
        Precheck {
            source: self as u8,
            schema,
            kept: part,
        }
    }

    /// The number that the compiler and `ctx.lua` give.
    pub(crate) fn from_number(number: f64) -> Self {
        match number as u8 {
            0 => Source::Body,
            1 => Source::Query,
            _ => Source::Params,
        }
    }
}

/// What values of any kind come from.
#[derive(Clone, Copy)]
pub(crate) enum Origin<'a> {
    /// There are none.
    Nothing,
    /// Parts of a JSON text.
    Json(&'a [u8]),
    /// Files of a form.
    Form(&'a [Field<'a>]),
    /// Items of a Lua table at this absolute index.
    Lua(std::ffi::c_int),
}

impl<'a> Origin<'a> {
    /// What texts that are not in the buffer stand in.
    pub(crate) fn text(self) -> &'a [u8] {
        match self {
            Origin::Json(body) => body,
            _ => b"",
        }
    }
}

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
    shared: &VmState,
    call: &'c Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
) -> Result<(Origin<'c>, bool), Unread> {
    let request = call.request;
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
            // SAFETY: reading JSON calls nothing that uses the scratch, and no Lua code, so
            // that this is its only user until the end of this block.
            let scratch = unsafe { &mut *shared.schemas.scratch.get() };
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
    find: &SchemaPatterns<'_>,
) -> Result<Origin<'c>, Unread> {
    let shared = find.shared;
    shared.reclaim(laid.taken());
    laid.begin(shared.memory.free());
    let read = read(shared, call, source, schema, laid).and_then(|(origin, fits)| {
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
        Ok(_) if laid.taken() > 0 => drop(shared.lend(laid.taken())),
        Ok(_) => {}
        Err(_) => laid.clear(),
    }
    read
}

/// The same where garbage is collected before it is said that there is no memory.
///
/// # Safety
/// In a contained native, or outside of any call.
pub(crate) unsafe fn lay_collected<'c>(
    state: *mut lua_State,
    call: &'c Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
    find: &SchemaPatterns<'_>,
) -> Result<Origin<'c>, Unread> {
    match lay(call, source, schema, laid, find) {
        Err(Unread::Full) => {
            // SAFETY: the caller is in a contained native or outside of any call, where memory
            // is relaxed: a full collection may run, and raises no error.
            unsafe { find.shared.memory.collect(state) };
            lay(call, source, schema, laid, find)
        }
        laid => laid,
    }
}

/// Lays out a part of the request and checks it: whether it passes.
pub(crate) fn fits(
    shared: &VmState,
    call: &Call<'_>,
    source: Source,
    schema: &Schema,
    laid: &mut Checked,
) -> bool {
    let find = SchemaPatterns::new(shared);
    lay(call, source, schema, laid, &find).is_ok()
        && !find.stopped.get()
        && laid.problems.is_empty()
}

/// What the texts of a part that was checked stand in.
pub(crate) fn origin<'c>(call: &'c Call<'_>, source: Source) -> Origin<'c> {
    let Some(body) = call.request.body.filter(|_| source == Source::Body) else {
        return Origin::Nothing;
    };
    match form::is_form(call.request.headers.get("content-type")) {
        true => call.form().map_or(Origin::Nothing, Origin::Form),
        false => Origin::Json(body),
    }
}
