//! Rows of a database as JSON objects: their columns in the query's order, NULL as null. They are
//! tables, or as the driver has left them.

use std::ffi::{CStr, c_int};

use mlua::ffi;

use crate::database::rows::{Cell, Columns, EXACT, Rows};
use crate::vm::json::decode::decode;
use crate::vm::json::encode::{AT_ONCE, Encoder};
use crate::vm::state::databases::Held;
use crate::vm::write::error::EncodeError;
use crate::vm::write::scalar::{number, string};

/// The registry's metatable of what stands for rows that a request holds.
pub(crate) const KEPT_ROWS: &CStr = c"rover.kept_rows";
/// The registry's metatable that marks arrays.
const ARRAY: &CStr = c"rover.array";

/// Room that is made for rows at first, at most.
const RESERVED: usize = 64 << 10;

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

    /// What stands for rows: a list, or the first of them.
    ///
    /// # Safety
    /// Such a table is at the absolute `index`, with eight free slots.
    pub(crate) unsafe fn kept_rows(
        &mut self,
        index: c_int,
        depth: usize,
    ) -> Result<(), EncodeError> {
        // SAFETY: two values take two slots, which are free again. The access is raw.
        let (held, is_one) = unsafe {
            ffi::lua_rawgeti(self.state, index, 1);
            ffi::lua_rawgeti(self.state, index, 2);
            let held = ffi::lua_tonumber(self.state, -2) as u32;
            let is_one = ffi::lua_toboolean(self.state, -1) != 0;
            ffi::lua_pop(self.state, 2);
            (held, is_one)
        };
        let held = self.shared.running.waits.databases.get(held);
        let gone = || EncodeError::new("the rows belong to another request");
        let held = held.ok_or_else(gone)?;
        let Held::Rows(slot) = &*held else {
            return Err(gone());
        };
        let rows = slot.borrow();
        let rows = rows.as_ref().ok_or_else(gone)?;
        let shown = if is_one { 1 } else { rows.count() };
        self.out.reserve(rows.json_bytes(shown).min(RESERVED));
        // SAFETY: the values that the program has read take one of the slots, `kept_row` six. The
        // access is raw.
        unsafe {
            ffi::lua_rawgeti(self.state, index, 4);
            let read = ffi::lua_gettop(self.state);
            let result = match is_one {
                true => self.kept_row(rows, 0, read, depth),
                false => self.kept_list(rows, read, depth),
            };
            ffi::lua_settop(self.state, read - 1);
            result
        }
    }

    /// # Safety
    /// As for [`Encoder::kept_row`].
    unsafe fn kept_list(
        &mut self,
        rows: &Rows,
        read: c_int,
        depth: usize,
    ) -> Result<(), EncodeError> {
        self.out.push(b'[');
        for at in 0..rows.count() {
            if at > 0 {
                self.out.push(b',');
            }
            if at % AT_ONCE == AT_ONCE - 1 {
                self.spend(AT_ONCE)?;
            }
            // SAFETY: as for this function.
            unsafe { self.kept_row(rows, at, read, depth + 1)? };
        }
        self.out.push(b']');
        Ok(())
    }

    /// # Safety
    /// Six free slots. At `read` is nil or a table.
    unsafe fn kept_row(
        &mut self,
        rows: &Rows,
        at: usize,
        read: c_int,
        depth: usize,
    ) -> Result<(), EncodeError> {
        let cells = rows.row(at);
        let columns = &rows.columns;
        self.out.push(b'{');
        for (place, column) in columns.shown.iter().enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(&columns.keys[*column]);
            match cells[*column] {
                Cell::Null => self.out.extend_from_slice(b"null"),
                Cell::Boolean(true) => self.out.extend_from_slice(b"true"),
                Cell::Boolean(false) => self.out.extend_from_slice(b"false"),
                Cell::Integer(value) => {
                    let mut digits = itoa::Buffer::new();
                    let text = digits.format(value).as_bytes();
                    match value.unsigned_abs() <= EXACT {
                        true => self.out.extend_from_slice(text),
                        false => string(text, self.out),
                    }
                }
                Cell::Real(value) => number(value, self.out),
                Cell::Text(start, length) => self.text(rows.text(start, length))?,
                // SAFETY: the caller has the free slots, and what is at `read`.
                Cell::Json(start, length) => unsafe {
                    let place = at * columns.names.len() + column;
                    self.kept_json(rows.text(start, length), (read, place), depth + 1)?;
                },
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// A value in JSON, written as the table is that the program would get of it, or has got of it and
    /// may have changed: those are in a table at `read` by their places, if there is one.
    ///
    /// # Safety
    /// Six free slots. At `read` is nil or a table.
    unsafe fn kept_json(
        &mut self,
        text: &[u8],
        (read, place): (c_int, usize),
        depth: usize,
    ) -> Result<(), EncodeError> {
        // SAFETY: the metatable and the value take two slots; `decode` sees to more. What is pushed is
        // popped again. The access is raw.
        unsafe {
            let top = ffi::lua_gettop(self.state);
            if ffi::lua_istable(self.state, read) != 0 {
                ffi::lua_rawgeti(self.state, read, place as i64);
                if ffi::lua_isnil(self.state, -1) == 0 {
                    let result = self.value(top + 1, depth);
                    ffi::lua_settop(self.state, top);
                    return result;
                }
                ffi::lua_settop(self.state, top);
            }
            ffi::lua_getfield(self.state, ffi::LUA_REGISTRYINDEX, ARRAY.as_ptr());
            let decoded = decode(self.state, self.shared, top + 1, text);
            let result = match decoded {
                Ok(()) => self.value(ffi::lua_gettop(self.state), depth),
                Err(_) => self.text(text),
            };
            ffi::lua_settop(self.state, top);
            result
        }
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
