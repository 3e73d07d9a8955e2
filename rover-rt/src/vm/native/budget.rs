//! What a budget asks for when it is used up. Called through the FFI.

use std::ffi::c_void;

use crate::vm::native::depth::is_deep;
use crate::vm::native::unwind::pure_or_default;
use crate::vm::state::vm::by_address;

/// What `runtime.lua` calls through the FFI, by name.
pub(crate) fn addresses() -> [(&'static str, *mut c_void); 4] {
    [
        ("budget", budget as *const () as *mut c_void),
        ("limit", limit as *const () as *mut c_void),
        ("over", over as *const () as *mut c_void),
        ("deep", deep as *const () as *mut c_void),
    ]
}

/// The next budget of a loop; 0 where the running call's deadline has passed.
unsafe extern "C" fn budget(vm: *const c_void) -> u32 {
    // SAFETY: lowered code gives the address that `start` gave it, of a `VmState` that outlives
    // the Lua state.
    let shared = unsafe { by_address(vm) };
    pure_or_default(shared, || shared.next_budget())
}

/// The running call's deadline in milliseconds.
unsafe extern "C" fn limit(vm: *const c_void) -> u32 {
    // SAFETY: lowered code gives the address that `start` gave it, of a `VmState` that outlives
    // the Lua state.
    let shared = unsafe { by_address(vm) };
    pure_or_default(shared, || shared.running.deadline.milliseconds())
}

/// Whether the VM is over its limit.
unsafe extern "C" fn over(vm: *const c_void) -> bool {
    // SAFETY: lowered code gives the address that `start` gave it, of a `VmState` that outlives
    // the Lua state.
    let shared = unsafe { by_address(vm) };
    pure_or_default(shared, || shared.running.loan.is_over(&shared.memory))
}

/// Whether calls between Lua and C have come too deep: C code of LuaJIT's that calls Lua looks
/// at no stack.
unsafe extern "C" fn deep(vm: *const c_void) -> bool {
    // SAFETY: lowered code gives the address that `start` gave it, of a `VmState` that outlives
    // the Lua state.
    let shared = unsafe { by_address(vm) };
    pure_or_default(shared, || is_deep(shared))
}
