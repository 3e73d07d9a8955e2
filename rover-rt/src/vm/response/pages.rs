//! Pages in the making: what compiled templates call.
//!
//! As for lists, the functions for each value are plain C functions that compiled traces
//! call through LuaJIT's FFI: they run no Lua, raise no Lua error and keep nothing that
//! they are given. Buffers are known by numbers that are not given twice while anything
//! may still hold them, so that a template that an error or a coroutine left half-way
//! writes into no page but its own.

use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_int, c_void};

use http::StatusCode;
use mlua::ffi::{self, lua_State};
use rover_model::{Escape, Place, Rule};

use crate::html;
use crate::message::reply::ContentType;
use crate::program::{HtmlStep, Program};
use crate::vm::ctx::members::push;
use crate::vm::native::unwind::pure_or_default;
use crate::vm::state::memory::Memory;
use crate::vm::state::vm::{Shared, shared};
use crate::vm::write::scalar::{number, text_number};

/// Room for the next page: that of the last, up to this size.
const KEPT_BYTES: usize = 256 * 1024;
/// The same for pages inside of pages.
const KEPT_OTHERS: usize = 16 * 1024;
/// Texts from this length on are looked at before they are written: with escapes they are longer.
const LONG: usize = 1 << 20;

/// What `runtime.lua` calls through the FFI, by name.
pub(crate) fn addresses() -> [(&'static str, *mut c_void); 11] {
    [
        ("html_open", open as *const () as *mut c_void),
        ("html_run", run as *const () as *mut c_void),
        ("html_tail", tail as *const () as *mut c_void),
        ("html_string", put_string as *const () as *mut c_void),
        ("html_number", put_number as *const () as *mut c_void),
        ("html_boolean", put_boolean as *const () as *mut c_void),
        ("html_nil", put_nil as *const () as *mut c_void),
        ("html_safe", put_safe as *const () as *mut c_void),
        ("html_json", put_json as *const () as *mut c_void),
        ("html_is_script", is_script as *const () as *mut c_void),
        ("html_page", page as *const () as *mut c_void),
    ]
}

/// The buffers of the running request.
#[derive(Default)]
pub(crate) struct Pages {
    all: RefCell<Vec<Vec<u8>>>,
    /// How many are in use.
    used: Cell<usize>,
    /// The number of the first.
    base: Cell<i32>,
    /// The last page's length.
    length: Cell<usize>,
}

impl Pages {
    /// Forgets the last request's buffers, and their numbers.
    #[inline]
    pub(crate) fn reset(&self) {
        match self.used.replace(0) {
            0 => {}
            used => self.forget(used),
        }
    }

    fn forget(&self, used: usize) {
        self.base.set(self.base.get().wrapping_add(used as i32));
        let mut all = self.all.borrow_mut();
        for (at, buffer) in all[..used].iter_mut().enumerate() {
            buffer.clear();
            buffer.shrink_to(if at == 0 { KEPT_BYTES } else { KEPT_OTHERS });
        }
        all.truncate(64);
    }

    fn open(&self) -> i32 {
        let mut all = self.all.borrow_mut();
        let at = self.used.get();
        if at == all.len() {
            all.push(Vec::new());
        }
        if at == 0 {
            all[0].reserve(self.length.get());
        }
        self.used.set(at + 1);
        self.base.get().wrapping_add(at as i32)
    }

    fn index(&self, buffer: i32) -> Option<usize> {
        let at = buffer.wrapping_sub(self.base.get());
        usize::try_from(at).ok().filter(|at| *at < self.used.get())
    }

    /// Writes into a buffer. Where there is no memory for what it grows by, all buffers are
    /// given up, and with them the request.
    fn with(&self, memory: &Memory, buffer: i32, f: impl FnOnce(&mut Vec<u8>)) {
        let Some(at) = self.index(buffer) else {
            return;
        };
        let mut grown = 0;
        if let Some(out) = self.all.borrow_mut().get_mut(at) {
            let before = out.capacity();
            f(out);
            grown = out.capacity().saturating_sub(before);
        }
        if grown > 0 && !memory.lend(grown) {
            // What is written next has no buffer.
            self.reset();
        }
    }

    /// Gives a finished buffer to `f`, and its place to the next if it was the last.
    fn close<T>(&self, buffer: i32, f: impl FnOnce(&mut Vec<u8>) -> T) -> Option<T> {
        let at = self.index(buffer)?;
        let mut all = self.all.borrow_mut();
        let out = all.get_mut(at)?;
        let result = f(out);
        out.clear();
        if at + 1 == self.used.get() {
            self.used.set(at);
        }
        Some(result)
    }
}

static NOTHING: HtmlStep = HtmlStep {
    lead: "",
    escape: Escape {
        rule: Rule::Html,
        place: Place::Text,
    },
    tail: "",
};

/// A step by its number.
fn step(program: &Program, at: i32) -> &'static HtmlStep {
    let step = usize::try_from(at)
        .ok()
        .and_then(|at| program.html_steps.get(at));
    step.unwrap_or(&NOTHING)
}

/// Whether there is memory for a text; where there is none, the request fails.
fn is_fitting(shared: &Shared, text: &[u8]) -> bool {
    let fits = text.len() < LONG || shared.memory.has_room(text.len() * 2);
    if !fits {
        shared.memory.exceed();
    }
    fits
}

/// Writes a value and the text around it.
fn put(shared: &Shared, buffer: i32, at: i32, value: impl FnOnce(&mut Vec<u8>, Escape)) {
    try_put(shared, buffer, at, |out, escape| {
        value(out, escape);
        true
    });
}

/// The same, or false and nothing written where `value` says false.
fn try_put(
    shared: &Shared,
    buffer: i32,
    at: i32,
    value: impl FnOnce(&mut Vec<u8>, Escape) -> bool,
) -> bool {
    pure_or_default(shared, || {
        let step = step(shared.program, at);
        let mut written = true;
        shared.pages.with(&shared.memory, buffer, |out| {
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

unsafe extern "C" fn open(vm: *const c_void) -> i32 {
    // SAFETY (all functions here): see `shared`; texts are Lua strings that the caller
    // holds during the call.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || shared.pages.open())
}

unsafe extern "C" fn run(vm: *const c_void, buffer: i32, at: i32) {
    // SAFETY: see `open`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let text = step(shared.program, at).lead;
        shared.pages.with(&shared.memory, buffer, |out| {
            out.extend_from_slice(text.as_bytes());
        });
    })
}

/// The text after a value that is there already.
unsafe extern "C" fn tail(vm: *const c_void, buffer: i32, at: i32) {
    // SAFETY: see `open`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let text = step(shared.program, at).tail;
        shared.pages.with(&shared.memory, buffer, |out| {
            out.extend_from_slice(text.as_bytes());
        });
    })
}

unsafe extern "C" fn put_string(
    vm: *const c_void,
    buffer: i32,
    at: i32,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: see `open`.
    let (shared, text) = unsafe {
        let text: &[u8] = std::slice::from_raw_parts(text.cast(), length);
        (shared(vm), text)
    };
    put(shared, buffer, at, |out, escape| {
        if is_fitting(shared, text) {
            html::write(text, escape, out);
        }
    });
}

/// False, with nothing written, for a number that is written as text and has many decimals:
/// Lua's own form is wanted. Digits, points and signs stand for themselves by every rule.
unsafe extern "C" fn put_number(vm: *const c_void, buffer: i32, at: i32, value: f64) -> bool {
    // SAFETY: see `open`.
    let shared = unsafe { shared(vm) };
    try_put(shared, buffer, at, |out, escape| match escape.rule {
        Rule::JsValue => {
            number(value, out);
            true
        }
        _ => text_number(value, out),
    })
}

unsafe extern "C" fn put_boolean(vm: *const c_void, buffer: i32, at: i32, value: bool) {
    // SAFETY: see `open`.
    let shared = unsafe { shared(vm) };
    put(shared, buffer, at, |out, _| {
        out.extend_from_slice(if value { b"true" } else { b"false" });
    });
}

/// Nothing, which in a script would be no value.
unsafe extern "C" fn put_nil(vm: *const c_void, buffer: i32, at: i32) {
    // SAFETY: see `open`.
    let shared = unsafe { shared(vm) };
    put(shared, buffer, at, |out, escape| {
        if escape.rule == Rule::JsValue {
            out.extend_from_slice(b"null");
        }
    });
}

/// A text that is HTML already.
unsafe extern "C" fn put_safe(
    vm: *const c_void,
    buffer: i32,
    at: i32,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: see `open`.
    let (shared, text) = unsafe {
        let text: &[u8] = std::slice::from_raw_parts(text.cast(), length);
        (shared(vm), text)
    };
    put(shared, buffer, at, |out, escape| {
        if is_fitting(shared, text) {
            html::write_html(text, escape, out);
        }
    });
}

/// A table, as JSON.
unsafe extern "C" fn put_json(
    vm: *const c_void,
    buffer: i32,
    at: i32,
    text: *const c_char,
    length: usize,
) {
    // SAFETY: see `open`.
    let (shared, text) = unsafe {
        let text: &[u8] = std::slice::from_raw_parts(text.cast(), length);
        (shared(vm), text)
    };
    put(shared, buffer, at, |out, escape| {
        if is_fitting(shared, text) {
            html::write_json(text, escape, out);
        }
    });
}

/// Whether a step's value is one of a script.
unsafe extern "C" fn is_script(vm: *const c_void, at: i32) -> bool {
    // SAFETY: see `open`.
    let shared = unsafe { shared(vm) };
    step(shared.program, at).escape.rule == Rule::JsValue
}

/// Makes a buffer the running request's answer; false where there is none of the two.
unsafe extern "C" fn page(vm: *const c_void, status: i32, buffer: i32) -> bool {
    // SAFETY: see `open`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let Some(call) = shared.call() else {
            return false;
        };
        let reply = &mut *call.reply.borrow_mut();
        let taken = shared.pages.close(buffer, |out| {
            shared.pages.length.set(out.len().min(KEPT_BYTES));
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
    // SAFETY: a native, called in a protected call with a number. Pushing the string may
    // raise an error of memory, and runs no Lua: the buffer stays as it is meanwhile, and
    // the frame owns nothing.
    unsafe {
        let shared = crate::vm::ctx::members::shared(state);
        let pages = &shared.pages;
        let buffer = ffi::lua_tonumber(state, 1) as i32;
        let (mut text, mut length) = (c"".as_ptr(), 0);
        pages.with(&shared.memory, buffer, |out| {
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
    // SAFETY: as `take`.
    unsafe {
        let shared = crate::vm::ctx::members::shared(state);
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
