use mlua::{LightUserData, Lua, LuaOptions, StdLib};

use crate::vm::response::lists::*;
use crate::vm::state::vm::VmState;

/// What each function is called with, after the VM.
const CALLS: &str = r#"
local addresses, vm = ...
local ffi = require "ffi"
local function call(name, signature, ...)
  return ffi.cast(signature, addresses[name])(vm, ...)
end
for _ = 1, 100 do
  call("list", "int32_t (*)(void *)")
  call("length", "uint32_t (*)(void *, int32_t)", 0)
  call("reserve", "int32_t (*)(void *)")
  call("run", "void (*)(void *, int32_t, int32_t, uint64_t)", 0, 0, 0x9521)
  call("put_list", "void (*)(void *, int32_t, int32_t, int32_t)", 0, 0, 0)
  call("begin", "void (*)(void *, int32_t, int32_t)", 0, 0)
  call("part", "void (*)(void *, int32_t, const char *, size_t)", 0, "a", 1)
  call("part_number", "bool (*)(void *, int32_t, double)", 0, 1)
  call("finish", "void (*)(void *, int32_t, int32_t)", 0, 0)
end
"#;

/// What is borrowed already makes each of them panic; where that left the function, the
/// process would abort.
#[test]
fn no_panic_leaves_a_function_that_traces_call() {
    let shared = VmState::bare();
    shared.running.deadline.begin(60_000);
    // SAFETY: for `ffi`, by which the test's own text calls.
    let lua = unsafe { Lua::unsafe_new_with(StdLib::ALL, LuaOptions::default()) };
    let table = lua.create_table().unwrap();
    for (name, address) in addresses() {
        table.set(name, LightUserData(address)).unwrap();
    }
    let vm: *const VmState = &raw const shared;
    let calls = || {
        let vm = LightUserData(vm.cast_mut().cast());
        lua.load(CALLS).call::<()>((&table, vm)).unwrap();
    };
    calls();
    assert!(!shared.panics.have_happened());
    assert!(!shared.is_late());
    {
        let _taken = shared.running.lists.all.borrow_mut();
        calls();
    }
    assert!(shared.panics.have_happened());
    assert!(shared.is_late(), "the program goes on");
}
