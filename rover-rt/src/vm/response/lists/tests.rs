use mlua::{LightUserData, Lua, LuaOptions, StdLib};

use crate::vm::native::traced::Traced;
use crate::vm::response::lists::*;
use crate::vm::state::vm::VmState;

/// What each function is called with, after the VM.
const CALLS: &str = r#"
local addresses, declarations, vm = ...
local ffi = require "ffi"
local function call(name, ...)
  return ffi.cast(declarations[name], addresses[name])(vm, ...)
end
for _ = 1, 100 do
  call("list")
  call("length", 0)
  call("reserve")
  call("run", 0, 0, 0x9521)
  call("put_list", 0, 0, 0)
  call("begin", 0, 0)
  call("part", 0, "a", 1)
  call("part_number", 0, 1)
  call("finish", 0, 0)
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
    let declarations = lua.create_table().unwrap();
    for Traced {
        name,
        declaration,
        address,
    } in functions()
    {
        table.set(name, LightUserData(address)).unwrap();
        declarations.set(name, declaration).unwrap();
    }
    let vm: *const VmState = &raw const shared;
    let calls = || {
        let vm = LightUserData(vm.cast_mut().cast());
        lua.load(CALLS)
            .call::<()>((&table, &declarations, vm))
            .unwrap();
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
