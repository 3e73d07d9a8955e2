//! What a read of the request costs a handler: a C function that is given a name, as
//! lowered programs call it, beside an FFI read of a slot that the worker has filled.
//! `cargo run --release -p rover-benches --bin reads`
//!
//! Both handlers read two parameters, a query value and a header, and are called from the
//! outside each time, as requests call them.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::hint::black_box;

use mlua::ffi::{self, lua_State};
use mlua::{Function, LightUserData, Lua, LuaOptions, StdLib};
use rover_benches::fastest;

const VALUES: [(&str, &str); 4] = [
    ("user", "42"),
    ("post", "2026-11"),
    ("limit", "20"),
    ("x-trace", "a1b2c3d4"),
];

/// A value as an FFI struct.
#[repr(C)]
struct Slot {
    text: *const u8,
    length: u32,
}

/// `read(name)`: looks the name up and pushes the value.
unsafe extern "C-unwind" fn read(state: *mut lua_State) -> c_int {
    let mut length = 0;
    // SAFETY: called by Lua with one string, which stays on the stack.
    unsafe {
        let name = ffi::lua_tolstring(state, 1, &raw mut length);
        let name: &[u8] = std::slice::from_raw_parts(name.cast(), length);
        match VALUES.iter().find(|(known, _)| known.as_bytes() == name) {
            Some((_, value)) => {
                ffi::lua_pushlstring(state, value.as_ptr().cast(), value.len());
            }
            None => ffi::lua_pushnil(state),
        }
    }
    1
}

const HANDLERS: &str = r#"
local read, address = ...
local ffi = require "ffi"
ffi.cdef "typedef struct { const char *text; uint32_t length; } bench_slot;"
local slots, string = ffi.cast("bench_slot *", address), ffi.string
local function slot(at)
  local s = slots[at]
  if s.text ~= nil then return string(s.text, s.length) end
end
local kept = {}
return function()
  kept[1], kept[2], kept[3], kept[4] = read("user"), read("post"), read("limit"), read("x-trace")
end, function()
  kept[1], kept[2], kept[3], kept[4] = slot(0), slot(1), slot(2), slot(3)
end, function()
  kept[1], kept[2], kept[3], kept[4] = 1, 2, 3, 4
end
"#;

fn main() -> mlua::Result<()> {
    // SAFETY: the chunk above is all that runs.
    let lua = unsafe { Lua::unsafe_new_with(StdLib::ALL, LuaOptions::new()) };
    let slots = VALUES.map(|(_, value)| Slot {
        text: value.as_ptr(),
        length: value.len() as u32,
    });
    // SAFETY: a C function without upvalues.
    let read = unsafe { lua.create_c_function(read)? };
    let address = LightUserData(slots.as_ptr().cast_mut().cast());
    let (by_name, by_slot, nothing): (Function, Function, Function) =
        lua.load(HANDLERS).call((read, address))?;
    let calls = vec![(); 1000];
    let time = |handler: &Function| {
        fastest(&calls, |()| {
            let _ = black_box(handler.call::<()>(()));
        })
    };
    let call = time(&nothing);
    let (by_name, by_slot) = (time(&by_name) - call, time(&by_slot) - call);
    println!("four reads by C functions: {by_name:.0} ns; by FFI slots: {by_slot:.0} ns");
    Ok(())
}
