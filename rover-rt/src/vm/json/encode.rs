//! Lua values to JSON (RFC 8259), over the raw C API.

use std::ffi::c_int;

use crate::vm::state::order::KeyOrder;
use crate::vm::state::vm::VmState;
use crate::vm::write::error::{EncodeError, too_long};
use crate::vm::write::scalar::{escaped_length, number, string};
use mlua::ffi::{self, lua_State};

const MAX_DEPTH: usize = 128;
/// So many values are written before the clock is asked whether there is time for more ...
pub(crate) const AT_ONCE: usize = 64;
/// ... and what each costs, in its steps.
const STEPS: u32 = 4;
/// Texts from this length on are measured with their escapes before they are written.
const LONG: usize = 1 << 20;

/// The registry's table of marked tables and their numbers.
pub(crate) const MARKED: &str = "rover.marked";

/// Appends the JSON form of the value on top of the stack.
///
/// # Safety
/// `state` is a live Lua thread in a protected call with a value on top.
pub(crate) unsafe fn encode(
    state: *mut lua_State,
    shared: &VmState,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut encoder = Encoder::new(state, shared, out);
    // SAFETY: there is a value on top, whose index is absolute, and the caller is in a
    // protected call.
    unsafe { encoder.value(ffi::lua_gettop(state), 0) }
}

/// Marks the table on top with the number of its order.
///
/// # Safety
/// In a contained native, with room for three values.
pub(crate) unsafe fn mark(state: *mut lua_State, number: usize) {
    // SAFETY: the caller has three free slots: the registry's table, the marked table and the
    // number, which `lua_rawset` pops. The access is raw, of the runtime's own table. Memory is
    // relaxed in a contained native, so that the new key raises no error.
    unsafe {
        ffi::lua_pushlstring(state, MARKED.as_ptr().cast(), MARKED.len());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_pushnumber(state, number as f64);
        ffi::lua_rawset(state, -3);
        ffi::lua_pop(state, 1);
    }
}

pub(crate) struct Encoder<'a> {
    pub(crate) state: *mut lua_State,
    pub(crate) shared: &'a VmState,
    pub(crate) order: Option<&'a KeyOrder>,
    pub(crate) out: &'a mut Vec<u8>,
}

impl<'a> Encoder<'a> {
    pub(crate) fn new(state: *mut lua_State, shared: &'a VmState, out: &'a mut Vec<u8>) -> Self {
        Encoder {
            state,
            shared,
            order: shared.order.get(),
            out,
        }
    }

    /// Appends the JSON form of a value with so many containers around it.
    ///
    /// # Safety
    /// `index` is an absolute, valid stack index, in a protected call.
    pub(crate) unsafe fn value(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        // SAFETY: the index is valid. Each read is of the value's own type. A string's bytes
        // are copied while it is on the stack.
        unsafe {
            match ffi::lua_type(self.state, index) {
                ffi::LUA_TNIL => self.out.extend_from_slice(b"null"),
                ffi::LUA_TBOOLEAN => {
                    let text: &[u8] = match ffi::lua_toboolean(self.state, index) {
                        0 => b"false",
                        _ => b"true",
                    };
                    self.out.extend_from_slice(text);
                }
                ffi::LUA_TNUMBER => number(ffi::lua_tonumber(self.state, index), self.out),
                ffi::LUA_TSTRING => {
                    let bytes = self.bytes(index);
                    self.text(bytes)?;
                }
                ffi::LUA_TLIGHTUSERDATA if ffi::lua_touserdata(self.state, index).is_null() => {
                    self.out.extend_from_slice(b"null");
                }
                ffi::LUA_TTABLE => return self.table(index, depth),
                other => return Err(self.no_form(other)),
            }
        }
        Ok(())
    }

    /// Appends a text as a string.
    pub(crate) fn text(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.room(bytes.len())?;
        if bytes.len() > LONG {
            self.room(escaped_length(bytes))?;
        }
        string(bytes, self.out);
        Ok(())
    }

    /// Says that values of a type have no JSON form.
    #[cold]
    pub(crate) fn no_form(&self, kind: c_int) -> EncodeError {
        EncodeError::new(format!("a {} has no JSON form", self.name_of(kind)))
    }

    /// The same of keys.
    #[cold]
    pub(crate) fn no_key(&self, kind: c_int) -> EncodeError {
        EncodeError::new(format!("a {} cannot be a key", self.name_of(kind)))
    }

    fn name_of(&self, kind: c_int) -> String {
        // SAFETY: the kind is what `lua_type` has given, whose names are constant texts.
        let name = unsafe { std::ffi::CStr::from_ptr(ffi::lua_typename(self.state, kind)) };
        name.to_string_lossy().into_owned()
    }

    /// A small table that holds others many times over is a long text.
    #[inline]
    pub(crate) fn room(&self, more: usize) -> Result<(), EncodeError> {
        match self.out.len() + more > self.shared.memory.largest() {
            true => Err(too_long()),
            false => Ok(()),
        }
    }

    /// So many values are about to be written, for which there may be no time: the native's end
    /// raises that.
    #[inline]
    pub(crate) fn spend(&self, values: usize) -> Result<(), EncodeError> {
        match self.shared.spend(values as u32 * STEPS) {
            true => Ok(()),
            false => Err(EncodeError::new("it takes too long")),
        }
    }

    /// # Safety
    /// A string is at `index`; the slice is used before the string can be collected.
    pub(crate) unsafe fn bytes<'s>(&self, index: c_int) -> &'s [u8] {
        let mut length = 0;
        // SAFETY: a string is at this index, so that it is not changed by the call, and its
        // bytes stay for as long as it is on the stack.
        unsafe {
            let text = ffi::lua_tolstring(self.state, index, &raw mut length);
            std::slice::from_raw_parts(text.cast(), length)
        }
    }

    /// # Safety
    /// A table is at the absolute `index`.
    unsafe fn table(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        if depth >= MAX_DEPTH {
            return Err(EncodeError::new("nesting beyond 128 levels"));
        }
        self.room(0)?;
        self.spend(2)?;
        // SAFETY: room for eight values is seen to before any is pushed at this level, and the
        // stack is restored at the end. The table's index is absolute, so that it stays valid
        // meanwhile.
        unsafe {
            if ffi::lua_checkstack(self.state, 8) == 0 {
                return Err(EncodeError::new("the value is nested too deeply"));
            }
            let mut meta = std::ptr::null();
            if ffi::lua_getmetatable(self.state, index) != 0 {
                meta = ffi::lua_topointer(self.state, -1);
                ffi::lua_pop(self.state, 1);
            }
            let texts = [&self.shared.metatables.body, &self.shared.metatables.html];
            if !meta.is_null() && meta == self.shared.metatables.ctx.get() {
                // What it holds is the runtime's own, addresses among it.
                return Err(EncodeError::new("a ctx has no JSON form"));
            }
            if !meta.is_null() && texts.iter().any(|known| meta == known.get()) {
                return self.body(index);
            }
            #[cfg(feature = "database")]
            if !meta.is_null() && meta == self.shared.metatables.kept_rows.get() {
                return self.kept_rows(index, depth);
            }
            #[cfg(feature = "database")]
            if !meta.is_null()
                && let Some(columns) = self.shared.databases.columns(meta)
            {
                return self.row(index, &columns, depth);
            }
            let length = ffi::lua_objlen(self.state, index);
            let marked = meta == self.shared.metatables.array.get() && !meta.is_null();
            let top = ffi::lua_gettop(self.state);
            // One that can only be a list is one when it is empty, too.
            let list = meta == self.shared.metatables.list.get() && !meta.is_null();
            let sequence = || self.is_sequence(index, length);
            let result = if marked || ((length > 0 || list) && sequence()) {
                self.array(index, length, depth)
            } else {
                self.object(index, depth)
            };
            ffi::lua_settop(self.state, top);
            result
        }
    }

    /// # Safety
    /// A body object is at `index`.
    unsafe fn body(&mut self, index: c_int) -> Result<(), EncodeError> {
        // SAFETY: `table` has seen to room. The read is raw. Slot 1 holds the bytes, and what
        // the program has put there instead is a value like any other, but no table: of those
        // no level is left.
        unsafe {
            ffi::lua_rawgeti(self.state, index, 1);
            let result = self.value(ffi::lua_gettop(self.state), MAX_DEPTH);
            ffi::lua_pop(self.state, 1);
            result
        }
    }

    /// Are the table's keys exactly 1..length?
    ///
    /// # Safety
    /// A table is at the absolute `index`.
    pub(crate) unsafe fn is_sequence(&self, index: c_int, length: usize) -> bool {
        let mut count = 0;
        // SAFETY: `table` has seen to room for a key and a value. The traversal changes
        // nothing: only numbers are read as numbers. The stack is restored.
        unsafe {
            let top = ffi::lua_gettop(self.state);
            ffi::lua_pushnil(self.state);
            while ffi::lua_next(self.state, index) != 0 {
                let key = match ffi::lua_type(self.state, -2) {
                    ffi::LUA_TNUMBER => ffi::lua_tonumber(self.state, -2),
                    _ => 0.0,
                };
                if key < 1.0 || key > length as f64 || key.fract() != 0.0 {
                    ffi::lua_settop(self.state, top);
                    return false;
                }
                count += 1;
                ffi::lua_pop(self.state, 1);
            }
        }
        count == length
    }

    /// # Safety
    /// A table is at the absolute `index`.
    unsafe fn array(
        &mut self,
        index: c_int,
        length: usize,
        depth: usize,
    ) -> Result<(), EncodeError> {
        self.out.push(b'[');
        for at in 1..=length {
            if at > 1 {
                self.out.push(b',');
            }
            if at.is_multiple_of(AT_ONCE) {
                self.spend(AT_ONCE)?;
            }
            // SAFETY: `table` has seen to room. The read is raw, of a table at an absolute
            // index. The element is pushed, written and popped.
            unsafe {
                ffi::lua_rawgeti(self.state, index, at as i64);
                let element = ffi::lua_gettop(self.state);
                self.value(element, depth + 1)
                    .map_err(|e| e.within(format!("[{at}]")))?;
                ffi::lua_settop(self.state, element - 1);
            }
        }
        self.out.push(b']');
        Ok(())
    }
}
