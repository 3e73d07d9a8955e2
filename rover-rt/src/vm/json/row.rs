//! Rows of a database as JSON objects: their columns in the query's order, NULL as null.

use std::ffi::c_int;

use mlua::ffi;

use crate::database::rows::Columns;
use crate::vm::json::encode::Encoder;
use crate::vm::write::error::EncodeError;

impl Encoder<'_> {
    /// # Safety
    /// A table is at the absolute `index`, with eight free slots.
    pub(crate) unsafe fn row(
        &mut self,
        index: c_int,
        columns: &Columns,
        depth: usize,
    ) -> Result<(), EncodeError> {
        self.out.push(b'{');
        let mut is_first = true;
        // SAFETY: a name and a value take two slots, which are free again for the next. The access is raw, of a
        // table at an absolute index. The keys of a traversal are not changed: only texts are read as texts.
        unsafe {
            let top = ffi::lua_gettop(self.state);
            for column in &columns.shown {
                if !std::mem::take(&mut is_first) {
                    self.out.push(b',');
                }
                self.out.extend_from_slice(&columns.keys[*column]);
                let name = &columns.names[*column];
                ffi::lua_pushlstring(self.state, name.as_ptr().cast(), name.len());
                ffi::lua_rawget(self.state, index);
                self.value(top + 1, depth + 1)
                    .map_err(|error| error.within(format!(".{name}")))?;
                ffi::lua_settop(self.state, top);
            }
            // What the program has added comes behind them.
            ffi::lua_pushnil(self.state);
            while ffi::lua_next(self.state, index) != 0 {
                if !self.is_column(top + 1, columns) {
                    if !std::mem::take(&mut is_first) {
                        self.out.push(b',');
                    }
                    self.field(top + 1, depth)?;
                }
                ffi::lua_settop(self.state, top + 1);
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// # Safety
    /// A key is at `key`.
    unsafe fn is_column(&self, key: c_int, columns: &Columns) -> bool {
        // SAFETY: only a text is read as one.
        unsafe {
            if ffi::lua_type(self.state, key) != ffi::LUA_TSTRING {
                return false;
            }
            let name = self.bytes(key);
            columns.names.iter().any(|known| known.as_bytes() == name)
        }
    }
}
