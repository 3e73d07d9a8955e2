//! What bounds a match: LuaJIT's own limits, and time.

/// Largest number of captures (`LUA_MAXCAPTURES`).
pub(super) const MAX_CAPTURES: usize = 32;

/// Deepest recursion of the matcher (`LJ_MAX_XLEVEL`).
pub(super) const MAX_DEPTH: u32 = 200;

/// What the matcher's steps are counted by.
pub(crate) trait Clock {
    /// So many steps are done; whether there is time for more.
    fn spend(&mut self, steps: u32) -> bool;
}
