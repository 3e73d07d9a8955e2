//! Open files as Lua's `io` has them: LuaJIT's `lib_io.c` on the buffers of glibc's `stdio`.

pub(crate) mod format;
pub(crate) mod handle;
pub(crate) mod mode;
pub(crate) mod number;
pub(crate) mod source;
pub(crate) mod state;
pub(crate) mod unwritten;
