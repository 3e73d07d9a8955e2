//! What a budget asks for when it is used up. Called through the FFI.

use crate::vm::native::depth::is_deep;
use crate::vm::native::traced::{Traced, traced};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::state::vm::VmState;

/// What `direct.lua` calls through the FFI, by name.
pub(crate) fn functions() -> [Traced; 4] {
    traced! {
        "budget" = budget: fn(&VmState) -> u32,
        "limit" = limit: fn(&VmState) -> u32,
        "over" = over: fn(&VmState) -> bool,
        "deep" = deep: fn(&VmState) -> bool,
    }
}

/// The next budget of a loop; 0 where the running call's deadline has passed.
extern "C" fn budget(shared: &VmState) -> u32 {
    pure_or_default(shared, || shared.next_budget())
}

/// The running call's deadline in milliseconds.
extern "C" fn limit(shared: &VmState) -> u32 {
    pure_or_default(shared, || shared.running.deadline.milliseconds())
}

/// Whether the VM is over its limit.
extern "C" fn over(shared: &VmState) -> bool {
    pure_or_default(shared, || shared.running.loan.is_over(&shared.memory))
}

/// Whether calls between Lua and C have come too deep: C code of LuaJIT's that calls Lua looks
/// at no stack.
extern "C" fn deep(shared: &VmState) -> bool {
    pure_or_default(shared, || is_deep(shared))
}
