//! Lists as parts of what is encoded.

use crate::vm::json::encode::Encoder;
use crate::vm::state::lists::{PENDING, Pending};
use crate::vm::write::error::EncodeError;
use mlua::ffi;

impl Encoder<'_> {
    /// Appends a list that was written already, with so many containers around it.
    ///
    /// # Safety
    /// In a protected call.
    pub(crate) unsafe fn list(&mut self, list: i32, depth: usize) -> Result<(), EncodeError> {
        // Taken out while it is encoded: an error of Lua's may leave this frame.
        let taken = self.shared.running.lists.with(list, std::mem::take);
        let mut taken = taken.unwrap_or_default();
        if let Some(error) = taken.failure.take() {
            return Err(error);
        }
        self.out.extend_from_slice(match taken.items {
            0 => b"[]",
            _ => b"[",
        });
        if taken.items > 0 {
            // What follows it is seldom long.
            self.out.reserve(taken.out.len() + 64);
            let mut from = 0;
            for pending in &taken.pending {
                self.out.extend_from_slice(&taken.out[from..pending.at]);
                from = pending.at;
                // SAFETY: the caller is in a protected call, and the value that waits sees to
                // its own room.
                unsafe { self.pending(pending, depth) }.map_err(|error| {
                    let outer = pending.outer.as_deref().unwrap_or_default();
                    error.within(format!("{outer}[{}]{}", pending.item, pending.path))
                })?;
            }
            self.out.extend_from_slice(&taken.out[from..]);
            self.out.push(b']');
        }
        // A response may hold it twice.
        self.shared.running.lists.with(list, |list| *list = taken);
        Ok(())
    }

    /// # Safety
    /// In a protected call.
    unsafe fn pending(&mut self, pending: &Pending, depth: usize) -> Result<(), EncodeError> {
        let state = self.state;
        // SAFETY: a C function has room for the name, the table and the value, which are taken
        // off at the end. The reads are raw, of the runtime's own table, which lowered code has
        // filled.
        unsafe {
            ffi::lua_pushlstring(state, PENDING.as_ptr().cast(), PENDING.len());
            ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
            ffi::lua_rawgeti(state, -1, pending.value.into());
            let value = ffi::lua_gettop(state);
            let result = self.value(value, depth + pending.depth);
            ffi::lua_settop(state, value - 2);
            result
        }
    }
}
