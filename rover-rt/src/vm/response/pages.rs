//! Pages in the making: what compiled templates call.
//!
//! As for lists, the functions for each value are plain C functions that compiled traces
//! call through LuaJIT's FFI: they run no Lua, raise no Lua error and keep nothing that
//! they are given. Buffers are known by numbers that are not given twice while anything
//! may still hold them, so that a template that an error or a coroutine left half-way
//! writes into no page but its own.

use std::ffi::{c_char, c_int};

use http::StatusCode;
use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::{Escape, Place, Rule};

use crate::html;
use crate::message::reply::ContentType;
use crate::program::{Borrowed, HtmlStep, Program};
use crate::vm::native::stack::{push, vm_state};
use crate::vm::native::traced::{Traced, traced};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::state::pages::KEPT_BYTES;
use crate::vm::state::vm::VmState;
use crate::vm::write::scalar::{number, text_number};

pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 2] =
    [(c"html_step", describe), (c"html_take", take)];

/// Texts from this length on are looked at before they are written: with escapes they are longer.
const LONG: usize = 1 << 20;

/// What `html.lua` calls through the FFI, by name.
pub(crate) fn functions() -> [Traced; 11] {
    traced! {
        "html_open" = open: fn(&VmState) -> i32,
        "html_run" = run: fn(&VmState, i32, i32) -> (),
        "html_tail" = tail: fn(&VmState, i32, i32) -> (),
        "html_string" = put_string: fn(&VmState, i32, i32, *const c_char, usize) -> (),
        "html_number" = put_number: fn(&VmState, i32, i32, f64) -> bool,
        "html_boolean" = put_boolean: fn(&VmState, i32, i32, bool) -> (),
        "html_nil" = put_nil: fn(&VmState, i32, i32) -> (),
        "html_safe" = put_safe: fn(&VmState, i32, i32, *const c_char, usize) -> (),
        "html_json" = put_json: fn(&VmState, i32, i32, *const c_char, usize) -> (),
        "html_is_script" = is_script: fn(&VmState, i32) -> bool,
        "html_page" = page: fn(&VmState, i32, i32) -> bool,
    }
}

static NOTHING: HtmlStep = HtmlStep {
    lead: Borrowed(""),
    escape: Escape {
        rule: Rule::Html,
        place: Place::Text,
    },
    tail: Borrowed(""),
};

/// A step by its number.
fn step(program: &'static Program, at: i32) -> &'static HtmlStep {
    let step = usize::try_from(at)
        .ok()
        .and_then(|at| program.html_steps.get(at));
    step.unwrap_or(&NOTHING)
}

/// Writes into a buffer of the running request.
fn with(shared: &VmState, buffer: i32, f: impl FnOnce(&mut Vec<u8>)) {
    let running = &shared.running;
    running.pages.with(&shared.memory, &running.loan, buffer, f);
}

/// Whether there is memory for a text; where there is none, the request fails.
fn is_fitting(shared: &VmState, text: &[u8]) -> bool {
    let fits = text.len() < LONG || shared.memory.has_room(text.len() * 2);
    if !fits {
        shared.running.loan.exceed(&shared.memory);
    }
    fits
}

/// Writes a value and the text around it.
fn put(shared: &VmState, buffer: i32, at: i32, value: impl FnOnce(&mut Vec<u8>, Escape)) {
    try_put(shared, buffer, at, |out, escape| {
        value(out, escape);
        true
    });
}

/// Writes a text, where there is memory for it, and the text around it.
#[inline]
pub(crate) fn put_text(
    shared: &VmState,
    (buffer, at): (i32, i32),
    text: &[u8],
    write: impl FnOnce(&[u8], Escape, &mut Vec<u8>),
) {
    put(shared, buffer, at, |out, escape| {
        if is_fitting(shared, text) {
            write(text, escape, out);
        }
    });
}

/// As [`put`], or false and nothing written where `value` says false.
fn try_put(
    shared: &VmState,
    buffer: i32,
    at: i32,
    value: impl FnOnce(&mut Vec<u8>, Escape) -> bool,
) -> bool {
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        let mut written = true;
        with(shared, buffer, |out| {
            let start = out.len();
            out.reserve(step.lead.len() + step.tail.len() + 64);
            out.extend_from_slice(step.lead.as_bytes());
            written = value(out, step.escape);
            match written {
                true => out.extend_from_slice(step.tail.as_bytes()),
                false => out.truncate(start),
            }
        });
        written
    })
}

extern "C" fn open(shared: &VmState) -> i32 {
    pure_or_default(shared, || shared.running.pages.open())
}

extern "C" fn run(shared: &VmState, buffer: i32, at: i32) {
    pure_or_default(shared, || {
        let text = &step(shared.program, at).lead;
        with(shared, buffer, |out| {
            out.extend_from_slice(text.as_bytes());
        });
    })
}

/// The text after a value that is there already.
extern "C" fn tail(shared: &VmState, buffer: i32, at: i32) {
    pure_or_default(shared, || {
        let text = &step(shared.program, at).tail;
        with(shared, buffer, |out| {
            out.extend_from_slice(text.as_bytes());
        });
    })
}

unsafe extern "C" fn put_string(
    shared: &VmState,
    buffer: i32,
    at: i32,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: the template gives the address and the length of a string that is an argument of
    // its own, so that it is not collected during the call.
    let text = unsafe { std::slice::from_raw_parts(text.cast(), length) };
    put_text(shared, (buffer, at), text, html::write);
}

/// False, with nothing written, for a number that is written as text and has many decimals:
/// Lua's own form is wanted. Digits, points and signs stand for themselves by every rule.
pub(crate) extern "C" fn put_number(shared: &VmState, buffer: i32, at: i32, value: f64) -> bool {
    try_put(shared, buffer, at, |out, escape| match escape.rule {
        Rule::JsValue => {
            number(value, out);
            true
        }
        _ => text_number(value, out),
    })
}

pub(crate) extern "C" fn put_boolean(shared: &VmState, buffer: i32, at: i32, value: bool) {
    put(shared, buffer, at, |out, _| {
        out.extend_from_slice(if value { b"true" } else { b"false" });
    });
}

/// Nothing, which in a script would be no value.
pub(crate) extern "C" fn put_nil(shared: &VmState, buffer: i32, at: i32) {
    put(shared, buffer, at, |out, escape| {
        if escape.rule == Rule::JsValue {
            out.extend_from_slice(b"null");
        }
    });
}

/// A text that is HTML already.
unsafe extern "C" fn put_safe(
    shared: &VmState,
    buffer: i32,
    at: i32,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: the template gives the address and the length of a string that is an argument of
    // its own, so that it is not collected during the call.
    let text = unsafe { std::slice::from_raw_parts(text.cast(), length) };
    put_text(shared, (buffer, at), text, html::write_html);
}

/// A table, as JSON.
unsafe extern "C" fn put_json(
    shared: &VmState,
    buffer: i32,
    at: i32,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: the template gives the address and the length of a string that is an argument of
    // its own, so that it is not collected during the call.
    let text = unsafe { std::slice::from_raw_parts(text.cast(), length) };
    put_text(shared, (buffer, at), text, html::write_json);
}

/// Whether a step's value is one of a script.
extern "C" fn is_script(shared: &VmState, at: i32) -> bool {
    step(shared.program, at).escape.rule == Rule::JsValue
}

/// Makes a buffer the running request's answer; false where there is none of the two.
extern "C" fn page(shared: &VmState, status: i32, buffer: i32) -> bool {
    pure_or_default(shared, || {
        if shared.call().is_none() {
            return false;
        }
        let reply = &mut *shared.running.reply.borrow_mut();
        let taken = shared.running.pages.close(buffer, |out| {
            shared.running.pages.length.set(out.len().min(KEPT_BYTES));
            reply.body.clear();
            std::mem::swap(&mut reply.body, out);
        });
        let status = u16::try_from(status).unwrap_or_default();
        reply.status = StatusCode::from_u16(status).ok();
        reply.content_type = Some(ContentType::Html);
        taken.is_some()
    })
}

/// `html_take(buffer)`: the text of a finished buffer.
pub(crate) unsafe extern "C-unwind" fn take(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `html.lua` calls with a number. Pushing the
    // string runs no Lua code, so that the buffer stays as it is until Lua has copied it. It
    // takes one of the free slots.
    unsafe {
        let shared = vm_state(state);
        let pages = &shared.running.pages;
        let buffer = ffi::lua_tonumber(state, 1) as i32;
        let (mut text, mut length) = (c"".as_ptr(), 0);
        with(shared, buffer, |out| {
            (text, length) = (out.as_ptr().cast(), out.len())
        });
        ffi::lua_pushlstring(state, text, length);
        pages.close(buffer, |_| ());
    }
    1
}

/// `html_step(number)`: its texts, and the names of its rule and place, for pages that are
/// rendered by Lua alone.
pub(crate) unsafe extern "C-unwind" fn describe(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `html_plain.lua` calls with a number. The four
    // texts have room among 20 free slots; all of them are constants.
    unsafe {
        let shared = vm_state(state);
        let step = step(shared.program, ffi::lua_tonumber(state, 1) as i32);
        let rule = Rule::ALL.iter().find(|(rule, _)| *rule == step.escape.rule);
        let place = Place::ALL
            .iter()
            .find(|(place, _)| *place == step.escape.place);
        push(state, step.lead.as_bytes());
        push(state, rule.map_or("", |(_, name)| *name).as_bytes());
        push(state, place.map_or("", |(_, name)| *name).as_bytes());
        push(state, step.tail.as_bytes());
    }
    4
}
