//! How far Lua and C have called each other on the native stack.

use crate::vm::state::vm::VmState;

/// How far they may. An error's way through so many calls takes time by their square
/// (`err_unwind` in LuaJIT's `lj_err.c` begins at the top for each), which no deadline ends.
const STACK_BYTES: usize = 256 << 10;

/// Whether calls between Lua and C have come too deep.
pub(crate) fn is_deep(shared: &VmState) -> bool {
    shared.running.stack.get().saturating_sub(here()) > STACK_BYTES
}

/// The address of the native stack's top, about.
#[inline(never)]
pub(crate) fn here() -> usize {
    let frame = 0_u8;
    std::hint::black_box(&raw const frame).addr()
}
