//! Reads of the running request by name, which specialised handlers make without `ctx`.
//!
//! They are C functions that lowered code calls through LuaJIT's FFI, so that compiled
//! traces call them directly: four reads cost a quarter of what they cost through Lua's C
//! API (the bench `reads`). Each gives the address and the length of a text, which
//! `direct.lua` copies into a Lua string before anything else runs; null where there is
//! none.

use std::borrow::Cow;
use std::ffi::{c_char, c_void};
use std::ptr::null;

use crate::message::request::RequestData;
use crate::program::Part;
use crate::vm::native::unwind::pure;
use crate::vm::state::vm::by_address;

/// What `direct.lua` calls through the FFI, by name.
pub(crate) fn addresses() -> [(&'static str, *mut c_void); 9] {
    [
        ("method", method as *const () as *mut c_void),
        ("path", path as *const () as *mut c_void),
        ("client_ip", client_ip as *const () as *mut c_void),
        ("request_id", request_id as *const () as *mut c_void),
        ("raw_body", raw_body as *const () as *mut c_void),
        ("param", param as *const () as *mut c_void),
        ("query", query as *const () as *mut c_void),
        ("header", header as *const () as *mut c_void),
        ("cookie", cookie as *const () as *mut c_void),
    ]
}

/// Reads something of the running request.
///
/// # Safety
/// As [`shared`]; `length` is writable.
unsafe fn read(
    vm: *const c_void,
    length: *mut u32,
    find: impl for<'r> FnOnce(&RequestData<'r>) -> Option<Cow<'r, [u8]>>,
) -> *const u8 {
    // SAFETY: as the caller's.
    let shared = unsafe { by_address(vm) };
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
            // SAFETY: as the caller's. A request's parts are shorter than 4 GiB.
            unsafe { *length = bytes as u32 };
            text
        }
        None => null(),
    }
}

/// As [`read`], of what has this name.
///
/// # Safety
/// As [`read`]; the name is a Lua string that lowered code holds during the call.
unsafe fn named(
    vm: *const c_void,
    (name, bytes): (*const c_char, usize),
    length: *mut u32,
    find: impl for<'r> FnOnce(&RequestData<'r>, &[u8]) -> Option<Cow<'r, [u8]>>,
) -> *const u8 {
    // SAFETY: as the caller's.
    unsafe {
        let name = std::slice::from_raw_parts(name.cast(), bytes);
        read(vm, length, |request| find(request, name))
    }
}

unsafe extern "C" fn method(vm: *const c_void, length: *mut u32) -> *const u8 {
    // SAFETY (all functions here): lowered code gives what `direct.lua` declares.
    unsafe { read(vm, length, |request| request.part(Part::Method)) }
}

unsafe extern "C" fn path(vm: *const c_void, length: *mut u32) -> *const u8 {
    // SAFETY: see `method`.
    unsafe { read(vm, length, |request| request.part(Part::Path)) }
}

unsafe extern "C" fn client_ip(vm: *const c_void, length: *mut u32) -> *const u8 {
    // SAFETY: see `method`.
    unsafe { read(vm, length, |request| request.part(Part::ClientIp)) }
}

unsafe extern "C" fn request_id(vm: *const c_void, length: *mut u32) -> *const u8 {
    // SAFETY: see `method`.
    unsafe { read(vm, length, |request| request.part(Part::RequestId)) }
}

unsafe extern "C" fn raw_body(vm: *const c_void, length: *mut u32) -> *const u8 {
    // SAFETY: see `method`.
    unsafe { read(vm, length, |request| request.body.map(Cow::from)) }
}

unsafe extern "C" fn param(
    vm: *const c_void,
    name: *const c_char,
    bytes: usize,
    length: *mut u32,
) -> *const u8 {
    // SAFETY: see `method`.
    unsafe {
        named(vm, (name, bytes), length, |request, name| {
            request.param(name)
        })
    }
}

unsafe extern "C" fn query(
    vm: *const c_void,
    name: *const c_char,
    bytes: usize,
    length: *mut u32,
) -> *const u8 {
    // SAFETY: see `method`.
    unsafe {
        named(vm, (name, bytes), length, |request, name| {
            request.query_value(name)
        })
    }
}

unsafe extern "C" fn header(
    vm: *const c_void,
    name: *const c_char,
    bytes: usize,
    length: *mut u32,
) -> *const u8 {
    // SAFETY: see `method`.
    unsafe {
        named(vm, (name, bytes), length, |request, name| {
            let name = std::str::from_utf8(name).ok()?;
            request.headers.joined(name)
        })
    }
}

unsafe extern "C" fn cookie(
    vm: *const c_void,
    name: *const c_char,
    bytes: usize,
    length: *mut u32,
) -> *const u8 {
    // SAFETY: see `method`.
    unsafe {
        named(vm, (name, bytes), length, |request, name| {
            request.cookie(name)
        })
    }
}
