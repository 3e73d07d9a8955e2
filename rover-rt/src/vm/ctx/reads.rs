//! Reads of the running request by name, which specialised handlers make without `ctx`.
//!
//! They are C functions that lowered code calls through LuaJIT's FFI, so that compiled
//! traces call them directly: four reads cost a quarter of what they cost through Lua's C
//! API (the bench `reads`). They get the VM by its address. Each gives the address and the length of a text, which
//! `direct.lua` copies into a Lua string before anything else runs; null where there is
//! none.

use std::borrow::Cow;
use std::ffi::c_char;
use std::ptr::null;

use crate::message::request::RequestData;
use crate::program::Part;
use crate::vm::native::traced::{Traced, traced};
use crate::vm::native::unwind::pure;
use crate::vm::state::vm::VmState;

/// What `direct.lua` calls through the FFI, by name.
pub(crate) fn functions() -> [Traced; 6] {
    traced! {
        "field" = field: fn(&VmState, i32, &mut u32) -> *const u8,
        "raw_body" = raw_body: fn(&VmState, &mut u32) -> *const u8,
        "param" = param: fn(&VmState, *const c_char, usize, &mut u32) -> *const u8,
        "query" = query: fn(&VmState, *const c_char, usize, &mut u32) -> *const u8,
        "header" = header: fn(&VmState, *const c_char, usize, &mut u32) -> *const u8,
        "cookie" = cookie: fn(&VmState, *const c_char, usize, &mut u32) -> *const u8,
    }
}

/// Reads something of the running request.
fn read(
    shared: &VmState,
    length: &mut u32,
    find: impl for<'r> FnOnce(&RequestData<'r>) -> Option<Cow<'r, [u8]>>,
) -> *const u8 {
    let found = pure(shared, || {
        let text = match find(shared.call()?.request)? {
            // In the connection's buffers, which stay as they are during the call.
            Cow::Borrowed(text) => (text.as_ptr(), text.len()),
            Cow::Owned(text) => {
                let mut made = shared.read_text.borrow_mut();
                *made = text;
                (made.as_ptr(), made.len())
            }
        };
        Some(text)
    });
    match found.flatten() {
        Some((text, bytes)) => {
            // A request's parts are shorter than 4 GiB.
            *length = bytes as u32;
            text
        }
        None => null(),
    }
}

/// As [`read`], of what has this name.
///
/// # Safety
/// The name is the address and the length of a Lua string that lowered code holds during the
/// call.
unsafe fn named(
    shared: &VmState,
    (name, bytes): (*const c_char, usize),
    length: &mut u32,
    find: impl for<'r> FnOnce(&RequestData<'r>, &[u8]) -> Option<Cow<'r, [u8]>>,
) -> *const u8 {
    // SAFETY: the caller holds a string that has so many bytes at this address.
    let name = unsafe { std::slice::from_raw_parts(name.cast(), bytes) };
    read(shared, length, |request| find(request, name))
}

/// A field of `ctx`, by its number.
extern "C" fn field(shared: &VmState, number: i32, length: &mut u32) -> *const u8 {
    read(shared, length, |request| {
        request.part(Part::numbered(number)?)
    })
}

extern "C" fn raw_body(shared: &VmState, length: &mut u32) -> *const u8 {
    read(shared, length, |request| request.body.map(Cow::from))
}

unsafe extern "C" fn param(
    shared: &VmState,
    name: *const c_char,
    bytes: usize,
    length: &mut u32,
) -> *const u8 {
    // SAFETY: these are the address and the length of a string: the string that lowered code
    // gives is an argument of its own, so that it is not collected during the call.
    unsafe {
        named(shared, (name, bytes), length, |request, name| {
            request.param(name)
        })
    }
}

unsafe extern "C" fn query(
    shared: &VmState,
    name: *const c_char,
    bytes: usize,
    length: &mut u32,
) -> *const u8 {
    // SAFETY: these are the address and the length of a string: the string that lowered code
    // gives is an argument of its own, so that it is not collected during the call.
    unsafe {
        named(shared, (name, bytes), length, |request, name| {
            request.query_value(name)
        })
    }
}

unsafe extern "C" fn header(
    shared: &VmState,
    name: *const c_char,
    bytes: usize,
    length: &mut u32,
) -> *const u8 {
    // SAFETY: these are the address and the length of a string: the string that lowered code
    // gives is an argument of its own, so that it is not collected during the call.
    unsafe {
        named(shared, (name, bytes), length, |request, name| {
            let name = std::str::from_utf8(name).ok()?;
            request.headers.joined(name)
        })
    }
}

unsafe extern "C" fn cookie(
    shared: &VmState,
    name: *const c_char,
    bytes: usize,
    length: &mut u32,
) -> *const u8 {
    // SAFETY: these are the address and the length of a string: the string that lowered code
    // gives is an argument of its own, so that it is not collected during the call.
    unsafe {
        named(shared, (name, bytes), length, |request, name| {
            request.cookie(name)
        })
    }
}
