//! Tables as bytes: what a store keeps of them. Numbers and texts are exact.
//!
//! A value begins with its kind. Lengths and counts are 32 bits, numbers the 64 of a double, least byte
//! first. An object's keys are texts and numbers, each before its value.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};

use crate::vm::json::encode::{AT_ONCE, Encoder};
use crate::vm::native::raise::{FULL, LATE, NO_MEMORY};
use crate::vm::native::schema::is_schema;
use crate::vm::native::stack::{mark_array, push};
use crate::vm::state::vm::VmState;
use crate::vm::write::error::EncodeError;

const NULL: u8 = b'n';
const FALSE: u8 = b'f';
const TRUE: u8 = b't';
const NUMBER: u8 = b'd';
const TEXT: u8 = b's';
const ARRAY: u8 = b'a';
const OBJECT: u8 = b'o';

const MAX_DEPTH: usize = 128;

/// Appends the value on top of the stack.
///
/// # Safety
/// In a contained native, with a value on top.
pub(crate) unsafe fn pack(
    state: *mut lua_State,
    shared: &VmState,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut packer = Packer {
        json: Encoder::new(state, shared, out),
        written: 0,
    };
    // SAFETY: there is a value on top, whose index is absolute.
    unsafe { packer.value(ffi::lua_gettop(state), 0) }
}

struct Packer<'a> {
    /// What is an array, how much is too much: as in JSON.
    json: Encoder<'a>,
    written: usize,
}

impl Packer<'_> {
    fn put(&mut self, kind: u8, bytes: &[u8]) {
        self.json.out.push(kind);
        self.json.out.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &[u8]) -> Result<(), EncodeError> {
        self.json.room(text.len())?;
        self.put(TEXT, &(text.len() as u32).to_le_bytes());
        self.json.out.extend_from_slice(text);
        Ok(())
    }

    /// # Safety
    /// `index` is an absolute, valid stack index, in a contained native.
    unsafe fn value(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        let state = self.json.state;
        self.written += 1;
        if self.written.is_multiple_of(AT_ONCE) {
            self.json.spend(AT_ONCE)?;
        }
        // SAFETY: the index is valid. Each read is of the value's own type. A string's bytes are copied
        // while it is on the stack.
        unsafe {
            match ffi::lua_type(state, index) {
                ffi::LUA_TBOOLEAN => match ffi::lua_toboolean(state, index) {
                    0 => self.put(FALSE, &[]),
                    _ => self.put(TRUE, &[]),
                },
                ffi::LUA_TNUMBER => {
                    let number = ffi::lua_tonumber(state, index);
                    self.put(NUMBER, &number.to_le_bytes());
                }
                ffi::LUA_TSTRING => {
                    let text = self.json.bytes(index);
                    self.text(text)?;
                }
                ffi::LUA_TLIGHTUSERDATA if ffi::lua_touserdata(state, index).is_null() => {
                    self.put(NULL, &[]);
                }
                ffi::LUA_TTABLE => return self.table(index, depth),
                other => return Err(self.json.no_form(other)),
            }
        }
        Ok(())
    }

    /// # Safety
    /// A table is at the absolute `index`.
    unsafe fn table(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        let (state, shared) = (self.json.state, self.json.shared);
        if depth >= MAX_DEPTH {
            return Err(EncodeError::new("nesting beyond 128 levels"));
        }
        self.json.room(0)?;
        // SAFETY: room is seen to before anything is pushed at this level, and the stack is restored at the
        // end. The table's index is absolute.
        unsafe {
            if ffi::lua_checkstack(state, 8) == 0 {
                return Err(EncodeError::new("the value is nested too deeply"));
            }
            let mut meta = std::ptr::null();
            if ffi::lua_getmetatable(state, index) != 0 {
                meta = ffi::lua_topointer(state, -1);
                ffi::lua_pop(state, 1);
            }
            let known = &shared.metatables;
            let is =
                |of: &std::cell::Cell<*const std::ffi::c_void>| !meta.is_null() && meta == of.get();
            for (of, what) in [
                (&known.ctx, "a ctx"),
                (&known.response, "a response"),
                (&known.http_error, "an error"),
            ] {
                if is(of) {
                    let message = format!("{what} is of its request, and cannot be kept");
                    return Err(EncodeError::new(message));
                }
            }
            let top = ffi::lua_gettop(state);
            let result = if is(&known.body) || is(&known.html) {
                // Slot 1 holds its bytes. What else the program has put there is a value like any other.
                ffi::lua_rawgeti(state, index, 1);
                self.value(ffi::lua_gettop(state), MAX_DEPTH)
            } else {
                let length = ffi::lua_objlen(state, index);
                let is_listed = length > 0 || is(&known.list);
                if is(&known.array) || (is_listed && self.json.is_sequence(index, length)) {
                    self.array(index, length, depth)
                } else {
                    self.object(index, depth)
                }
            };
            ffi::lua_settop(state, top);
            result
        }
    }

    /// # Safety
    /// A table is at the absolute `index`, with two free slots.
    unsafe fn array(
        &mut self,
        index: c_int,
        length: usize,
        depth: usize,
    ) -> Result<(), EncodeError> {
        let state = self.json.state;
        self.put(ARRAY, &(length as u32).to_le_bytes());
        for at in 1..=length {
            // SAFETY: the read is raw, of a table at an absolute index. The element takes a free slot and is
            // popped. A hole is null, as in JSON.
            unsafe {
                ffi::lua_rawgeti(state, index, at as i64);
                let element = ffi::lua_gettop(state);
                match ffi::lua_isnil(state, element) != 0 {
                    true => self.put(NULL, &[]),
                    false => self
                        .value(element, depth + 1)
                        .map_err(|error| error.within(format!("[{at}]")))?,
                }
                ffi::lua_settop(state, element - 1);
            }
        }
        Ok(())
    }

    /// # Safety
    /// A table is at the absolute `index`, with four free slots.
    unsafe fn object(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        let state = self.json.state;
        // SAFETY: a key and its value take two of the free slots. A key that is a number is read as one, so that
        // it stays one for `lua_next`. Both are popped, or the caller restores the stack.
        unsafe {
            self.put(OBJECT, &[0; 4]);
            let at = self.json.out.len() - 4;
            let mut count = 0_u32;
            ffi::lua_pushnil(state);
            while ffi::lua_next(state, index) != 0 {
                let value = ffi::lua_gettop(state);
                match ffi::lua_type(state, value - 1) {
                    ffi::LUA_TSTRING => {
                        let key = self.json.bytes(value - 1);
                        self.text(key)?;
                    }
                    ffi::LUA_TNUMBER => {
                        let key = ffi::lua_tonumber(state, value - 1);
                        self.put(NUMBER, &key.to_le_bytes());
                    }
                    other => return Err(self.json.no_key(other)),
                }
                self.value(value, depth + 1)
                    .map_err(|error| error.within(self.json.step(value - 1)))?;
                count += 1;
                ffi::lua_settop(state, value - 1);
            }
            if count == 0 && is_schema(state, self.json.shared, index) {
                return Err(EncodeError::new("a schema has no JSON form"));
            }
            self.json.out[at..at + 4].copy_from_slice(&count.to_le_bytes());
        }
        Ok(())
    }
}

/// Stack slots that a container needs: itself, a key, a value, and a metatable.
const SLOTS: c_int = 4;
/// What tables are laid out for at most before their items are there: a count alone says little.
const EXPECTED: u32 = 1 << 16;

/// Why bytes give no value.
pub(crate) enum UnpackError {
    /// What the native returns.
    Raise(c_int),
    /// They are not what [`pack`] writes.
    Malformed,
}

/// Pushes the value that bytes stand for.
///
/// # Safety
/// In a contained native that `register` has made.
pub(crate) unsafe fn unpack(
    state: *mut lua_State,
    shared: &VmState,
    encoded: &[u8],
) -> Result<(), UnpackError> {
    let mut unpacker = Unpacker {
        state,
        shared,
        rest: encoded,
        read: 0,
    };
    // SAFETY: the caller is a contained native; each level sees to its slots. What is there of a value that is
    // none is taken off again.
    unsafe {
        let top = ffi::lua_gettop(state);
        unpacker.room()?;
        let unpacked = unpacker.value(0);
        let is_whole = unpacked.is_err() || unpacker.rest.is_empty();
        if unpacked.is_err() || !is_whole {
            ffi::lua_settop(state, top);
        }
        match is_whole {
            true => unpacked,
            false => Err(UnpackError::Malformed),
        }
    }
}

struct Unpacker<'a> {
    state: *mut lua_State,
    shared: &'a VmState,
    rest: &'a [u8],
    read: usize,
}

impl Unpacker<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], UnpackError> {
        let taken = self.rest.split_first_chunk();
        let (taken, rest) = taken.ok_or(UnpackError::Malformed)?;
        self.rest = rest;
        Ok(*taken)
    }

    fn count(&mut self) -> Result<u32, UnpackError> {
        self.take().map(u32::from_le_bytes)
    }

    fn number(&mut self) -> Result<f64, UnpackError> {
        self.take().map(f64::from_le_bytes)
    }

    /// # Safety
    /// In a contained native.
    unsafe fn room(&self) -> Result<(), UnpackError> {
        // SAFETY: this raises no error: it says that there is no room.
        match unsafe { ffi::lua_checkstack(self.state, SLOTS) } {
            0 => Err(UnpackError::Raise(FULL)),
            _ => Ok(()),
        }
    }

    /// # Safety
    /// In a contained native, with a free slot.
    unsafe fn text(&mut self) -> Result<(), UnpackError> {
        let length = self.count()? as usize;
        let split = self.rest.split_at_checked(length);
        let (text, rest) = split.ok_or(UnpackError::Malformed)?;
        self.rest = rest;
        // SAFETY: the text takes the free slot.
        unsafe { push(self.state, text) };
        Ok(())
    }

    /// Pushes the next value.
    ///
    /// # Safety
    /// In a contained native, with a free slot.
    unsafe fn value(&mut self, depth: usize) -> Result<(), UnpackError> {
        self.read += 1;
        if self.read.is_multiple_of(AT_ONCE) {
            // SAFETY: this is a contained native on the state's thread, where memory is relaxed.
            if unsafe { self.shared.is_full(self.state) } {
                return Err(UnpackError::Raise(NO_MEMORY));
            }
            if !self.shared.spend(AT_ONCE as u32) {
                return Err(UnpackError::Raise(LATE));
            }
        }
        let [kind] = self.take()?;
        // SAFETY: a value takes the free slot; tables see to their own.
        unsafe {
            match kind {
                NULL => ffi::lua_pushlightuserdata(self.state, std::ptr::null_mut()),
                FALSE | TRUE => ffi::lua_pushboolean(self.state, (kind == TRUE).into()),
                NUMBER => ffi::lua_pushnumber(self.state, self.number()?),
                TEXT => self.text()?,
                ARRAY if depth < MAX_DEPTH => self.array(depth)?,
                OBJECT if depth < MAX_DEPTH => self.object(depth)?,
                _ => return Err(UnpackError::Malformed),
            }
        }
        Ok(())
    }

    /// # Safety
    /// In a contained native.
    unsafe fn array(&mut self, depth: usize) -> Result<(), UnpackError> {
        let count = self.count()?;
        // SAFETY: the list, an item and the metatable take slots that are seen to.
        unsafe {
            self.room()?;
            ffi::lua_createtable(self.state, count.min(EXPECTED) as c_int, 0);
            for at in 1..=count {
                self.value(depth + 1)?;
                ffi::lua_rawseti(self.state, -2, at.into());
            }
            mark_array(self.state);
        }
        Ok(())
    }

    /// # Safety
    /// In a contained native.
    unsafe fn object(&mut self, depth: usize) -> Result<(), UnpackError> {
        let count = self.count()?;
        // SAFETY: the table, a key and a value take slots that are seen to. Texts and numbers can be keys, but
        // for what is no number.
        unsafe {
            self.room()?;
            ffi::lua_createtable(self.state, 0, count.min(EXPECTED) as c_int);
            for _ in 0..count {
                match self.take()? {
                    [TEXT] => self.text()?,
                    [NUMBER] => {
                        let key = self.number()?;
                        if key.is_nan() {
                            return Err(UnpackError::Malformed);
                        }
                        ffi::lua_pushnumber(self.state, key);
                    }
                    _ => return Err(UnpackError::Malformed),
                }
                self.value(depth + 1)?;
                ffi::lua_rawset(self.state, -3);
            }
        }
        Ok(())
    }
}
