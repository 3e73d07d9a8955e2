//! Lua values to JSON (RFC 8259), over the raw C API.

use std::cmp::Ordering;
use std::ffi::{c_int, c_void};
use std::fmt;

use mlua::ffi::{self, lua_State};
use rustc_hash::FxHashMap;

use super::scalar::{escaped_length, number, string};
use super::shapes::{MAX_FIELDS, Shape};
use super::{Shared, expect};

const MAX_DEPTH: usize = 128;
/// So many values are written before the clock is asked whether there is time for more ...
const AT_ONCE: usize = 64;
/// ... and what each costs, in its steps.
const STEPS: u32 = 4;
/// Texts from this length on are measured with their escapes before they are written.
const LONG: usize = 1 << 20;
/// Objects with more fields than this are written in the table's own, random order.
const MAX_ORDERED: usize = 64;

/// Where each field name stands in the program's constructors.
pub(super) struct KeyOrder {
    pub(super) common: Ranks,
    /// By the number of a marked table, less one.
    pub(super) special: Vec<Ranks>,
}

/// By the address of the interned string, which a registry table keeps alive.
pub(super) type Ranks = FxHashMap<*const c_void, u32>;

/// The registry's table of marked tables and their numbers.
pub(super) const MARKED: &str = "rover.marked";

/// Why a value has no JSON form, and where in the value.
#[derive(Debug)]
pub(super) struct EncodeError {
    reason: String,
    /// From the inside out.
    path: Vec<String>,
}

impl EncodeError {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        EncodeError {
            reason: reason.into(),
            path: Vec::new(),
        }
    }

    pub(super) fn within(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: String = self.path.iter().rev().map(String::as_str).collect();
        match path.strip_prefix('.').unwrap_or(&path) {
            "" => f.write_str(&self.reason),
            // A cycle's path has no end worth reading.
            path if path.len() > 200 => write!(f, "{} at {:.200}...", self.reason, path),
            path => write!(f, "{} at {path}", self.reason),
        }
    }
}

/// Appends the JSON form of the value on top of the stack.
///
/// # Safety
/// `state` is a live Lua thread in a protected call with a value on top.
pub(super) unsafe fn encode(
    state: *mut lua_State,
    shared: &Shared,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut encoder = Encoder::new(state, shared, out);
    // SAFETY: as the caller's.
    unsafe { encoder.value(ffi::lua_gettop(state), 0) }
}

/// Marks the table on top with the number of its order.
///
/// # Safety
/// In a guarded native, with room for three values.
pub(super) unsafe fn mark(state: *mut lua_State, number: usize) {
    // SAFETY: as the caller's; the raw access is of the runtime's own table.
    unsafe {
        ffi::lua_pushlstring(state, MARKED.as_ptr().cast(), MARKED.len());
        ffi::lua_rawget(state, ffi::LUA_REGISTRYINDEX);
        ffi::lua_pushvalue(state, -2);
        ffi::lua_pushnumber(state, number as f64);
        ffi::lua_rawset(state, -3);
        ffi::lua_pop(state, 1);
    }
}

/// A comma, unless the object that is being written has no field yet.
pub(super) fn comma(out: &mut Vec<u8>) {
    if out.last() != Some(&b'{') {
        out.push(b',');
    }
}

/// Where the key of an object's field is on the stack; its value is above it.
fn key_slot(base: c_int, place: usize) -> c_int {
    base + 1 + 2 * place as c_int
}

pub(super) struct Encoder<'a> {
    pub(super) state: *mut lua_State,
    pub(super) shared: &'a Shared,
    order: Option<&'a KeyOrder>,
    pub(super) out: &'a mut Vec<u8>,
}

#[cold]
pub(super) fn too_long() -> EncodeError {
    EncodeError::new("more text than a half of `memory_limit`")
}

impl<'a> Encoder<'a> {
    pub(super) fn new(state: *mut lua_State, shared: &'a Shared, out: &'a mut Vec<u8>) -> Self {
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
    pub(super) unsafe fn value(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        // SAFETY: reads by the value's type.
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
                other => {
                    let name = std::ffi::CStr::from_ptr(ffi::lua_typename(self.state, other));
                    let name = name.to_string_lossy();
                    return Err(EncodeError::new(format!("a {name} has no JSON form")));
                }
            }
        }
        Ok(())
    }

    /// Appends a text as a string.
    pub(super) fn text(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.room(bytes.len())?;
        if bytes.len() > LONG {
            self.room(escaped_length(bytes))?;
        }
        string(bytes, self.out);
        Ok(())
    }

    /// A small table that holds others many times over is a long text.
    #[inline]
    fn room(&self, more: usize) -> Result<(), EncodeError> {
        match self.out.len() + more > self.shared.memory.largest() {
            true => Err(too_long()),
            false => Ok(()),
        }
    }

    /// So many values are about to be written, for which there may be no time: the native's guard
    /// raises that.
    #[inline]
    fn spend(&self, values: usize) -> Result<(), EncodeError> {
        match self.shared.deadline.spend(values as u32 * STEPS) {
            true => Ok(()),
            false => Err(EncodeError::new("it takes too long")),
        }
    }

    /// # Safety
    /// A string is at `index`; the slice is used before the string can be collected.
    unsafe fn bytes<'s>(&self, index: c_int) -> &'s [u8] {
        let mut length = 0;
        // SAFETY: as the caller's.
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
        // SAFETY: the stack is grown before values are pushed, and restored.
        unsafe {
            if ffi::lua_checkstack(self.state, 8) == 0 {
                return Err(EncodeError::new("the value is nested too deeply"));
            }
            let mut meta = std::ptr::null();
            if ffi::lua_getmetatable(self.state, index) != 0 {
                meta = ffi::lua_topointer(self.state, -1);
                ffi::lua_pop(self.state, 1);
            }
            let texts = [&self.shared.body_meta, &self.shared.html_meta];
            if !meta.is_null() && meta == self.shared.ctx_meta.get() {
                // What it holds is the runtime's own, addresses among it.
                return Err(EncodeError::new("a ctx has no JSON form"));
            }
            if !meta.is_null() && texts.iter().any(|known| meta == known.get()) {
                return self.body(index);
            }
            let length = ffi::lua_objlen(self.state, index);
            let marked = meta == self.shared.array_meta.get() && !meta.is_null();
            let top = ffi::lua_gettop(self.state);
            // One that can only be a list is one when it is empty, too.
            let list = meta == self.shared.list_meta.get() && !meta.is_null();
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
        // SAFETY: slot 1 holds the bytes; anything else is caught by `value`.
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
    pub(super) unsafe fn is_sequence(&self, index: c_int, length: usize) -> bool {
        let mut count = 0;
        // SAFETY: a traversal that changes nothing.
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
            // SAFETY: one value is pushed and popped.
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

    /// # Safety
    /// A table is at the absolute `index`; the caller restores the stack.
    unsafe fn object(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        let mut keys = [std::ptr::null(); MAX_FIELDS];
        let mut count = 0;
        // SAFETY: keys and values stay on the stack, which is grown for them, until
        // they are written; a copy of the key is what `lua_next` takes.
        unsafe {
            let base = ffi::lua_gettop(self.state);
            ffi::lua_pushnil(self.state);
            while ffi::lua_next(self.state, index) != 0 {
                let full = count % 8 == 0 && ffi::lua_checkstack(self.state, 24) == 0;
                if count == MAX_ORDERED || full {
                    ffi::lua_settop(self.state, base);
                    return self.large_object(index, depth);
                }
                let key = key_slot(base, count);
                if count < MAX_FIELDS && ffi::lua_type(self.state, key) == ffi::LUA_TSTRING {
                    keys[count] = self.bytes(key).as_ptr().cast();
                }
                count += 1;
                ffi::lua_pushvalue(self.state, key);
            }
            if count == 0 && expect::is_schema(self.state, self.shared, index) {
                return Err(EncodeError::new("a schema has no JSON form"));
            }
            let special = self.special_order(index);
            if count <= MAX_FIELDS && special.is_none() {
                let keys = &keys[..count];
                if let Some(shape) = self.shared.shapes.find(keys) {
                    return self.shaped(&shape, base, depth);
                }
                self.sorted_object(base, count, special, depth, keys)
            } else {
                self.sorted_object(base, count, special, depth, &[])
            }
        }
    }

    /// An object whose fields are known.
    ///
    /// # Safety
    /// Its keys and values are on the stack above `base`.
    unsafe fn shaped(
        &mut self,
        shape: &Shape,
        base: c_int,
        depth: usize,
    ) -> Result<(), EncodeError> {
        self.out.push(b'{');
        for (at, (place, name)) in shape.fields.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.out.extend_from_slice(name);
            let key = key_slot(base, usize::from(*place));
            // SAFETY: as the caller's.
            unsafe {
                if let Err(error) = self.value(key + 1, depth + 1) {
                    return Err(error.within(self.step(key)));
                }
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// An object whose order must be found. It is remembered by `keys`, unless there are
    /// none, where the program's constructors know all of them.
    ///
    /// # Safety
    /// As [`Self::shaped`].
    unsafe fn sorted_object(
        &mut self,
        base: c_int,
        count: usize,
        special: Option<&Ranks>,
        depth: usize,
        keys: &[*const c_void],
    ) -> Result<(), EncodeError> {
        let mut fields = [(0_u32, 0_usize); MAX_ORDERED];
        let fields = &mut fields[..count];
        // SAFETY: as the caller's.
        unsafe {
            for (place, field) in fields.iter_mut().enumerate() {
                *field = (self.rank(key_slot(base, place), special), place);
            }
            fields.sort_unstable_by(|(a, first), (b, second)| {
                let [first, second] = [first, second].map(|place| key_slot(base, *place));
                a.cmp(b).then_with(|| self.compare(first, second))
            });
            self.out.push(b'{');
            for (at, (_, place)) in fields.iter().enumerate() {
                if at > 0 {
                    self.out.push(b',');
                }
                self.field(key_slot(base, *place), depth)?;
            }
            self.out.push(b'}');
            // Other names may be collected, and their addresses become other names.
            let known = fields.iter().all(|(rank, _)| *rank < u32::MAX - 1);
            if known && !keys.is_empty() {
                let order: Vec<usize> = fields.iter().map(|(_, place)| *place).collect();
                let names: Vec<&[u8]> = (0..count)
                    .map(|place| self.bytes(key_slot(base, place)))
                    .collect();
                self.shared.shapes.remember(keys, &order, &names);
            }
        }
        Ok(())
    }

    /// # Safety
    /// As [`Self::object`].
    unsafe fn large_object(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        self.out.push(b'{');
        let mut first = true;
        let mut count = 0_usize;
        // SAFETY: one key and value on the stack at a time.
        unsafe {
            ffi::lua_pushnil(self.state);
            while ffi::lua_next(self.state, index) != 0 {
                if !std::mem::take(&mut first) {
                    self.out.push(b',');
                }
                count += 1;
                if count.is_multiple_of(AT_ONCE) {
                    self.spend(AT_ONCE)?;
                }
                self.field(ffi::lua_gettop(self.state) - 1, depth)?;
                ffi::lua_pop(self.state, 1);
            }
        }
        self.out.push(b'}');
        Ok(())
    }

    /// The order that the table is marked with.
    ///
    /// # Safety
    /// A table is at the absolute `index`.
    pub(super) unsafe fn special_order(&self, index: c_int) -> Option<&'a Ranks> {
        let special = &self.order?.special;
        if special.is_empty() {
            return None;
        }
        // SAFETY: three pushes, popped again; the raw read is of the runtime's own table.
        unsafe {
            ffi::lua_pushlstring(self.state, MARKED.as_ptr().cast(), MARKED.len());
            ffi::lua_rawget(self.state, ffi::LUA_REGISTRYINDEX);
            ffi::lua_pushvalue(self.state, index);
            ffi::lua_rawget(self.state, -2);
            let number = ffi::lua_tonumber(self.state, -1) as usize;
            ffi::lua_pop(self.state, 2);
            special.get(number.wrapping_sub(1))
        }
    }

    /// # Safety
    /// A key is at the absolute `key`.
    pub(super) unsafe fn rank(&self, key: c_int, special: Option<&Ranks>) -> u32 {
        // SAFETY: only a string's address is taken.
        let address: *const c_void = unsafe {
            if ffi::lua_type(self.state, key) != ffi::LUA_TSTRING {
                return u32::MAX - 1;
            }
            self.bytes(key).as_ptr().cast()
        };
        // What a special order does not know comes after it.
        let after = special.map_or(0, |order| order.len() as u32);
        let first = special.and_then(|order| order.get(&address).copied());
        let common = || Some(self.order?.common.get(&address)? + after);
        first.or_else(common).unwrap_or(u32::MAX)
    }

    /// Compares keys that no constructor names: numbers first, then by their bytes, so
    /// that an answer is the same from every worker and every start.
    ///
    /// # Safety
    /// Keys of the same rank are at the absolute indices.
    unsafe fn compare(&self, first: c_int, second: c_int) -> Ordering {
        // SAFETY: both slices are used before anything else runs.
        unsafe {
            let kinds = [first, second].map(|key| ffi::lua_type(self.state, key));
            match kinds {
                [ffi::LUA_TSTRING, ffi::LUA_TSTRING] => self.bytes(first).cmp(self.bytes(second)),
                [ffi::LUA_TNUMBER, ffi::LUA_TNUMBER] => {
                    let [a, b] = [first, second].map(|key| ffi::lua_tonumber(self.state, key));
                    a.total_cmp(&b)
                }
                _ => Ordering::Equal,
            }
        }
    }

    /// Writes the key at `key` and the value after it.
    ///
    /// # Safety
    /// Both are on the stack.
    unsafe fn field(&mut self, key: c_int, depth: usize) -> Result<(), EncodeError> {
        // SAFETY: a number key is read as a number, so that `lua_next` still knows it.
        unsafe {
            match ffi::lua_type(self.state, key) {
                ffi::LUA_TSTRING => string(self.bytes(key), self.out),
                ffi::LUA_TNUMBER => {
                    self.out.push(b'"');
                    number(ffi::lua_tonumber(self.state, key), self.out);
                    self.out.push(b'"');
                }
                other => {
                    let name = std::ffi::CStr::from_ptr(ffi::lua_typename(self.state, other));
                    let kind = name.to_string_lossy();
                    return Err(EncodeError::new(format!("a {kind} cannot be a key")));
                }
            }
            self.out.push(b':');
            match self.value(key + 1, depth + 1) {
                Ok(()) => Ok(()),
                Err(error) => Err(error.within(self.step(key))),
            }
        }
    }

    /// A key as a step of an error's path.
    ///
    /// # Safety
    /// A string or number is at `key`.
    #[cold]
    unsafe fn step(&self, key: c_int) -> String {
        // SAFETY: see `field`.
        unsafe {
            if ffi::lua_type(self.state, key) == ffi::LUA_TSTRING {
                return format!(".{}", String::from_utf8_lossy(self.bytes(key)));
            }
            let mut digits = vec![b'.'];
            number(ffi::lua_tonumber(self.state, key), &mut digits);
            String::from_utf8_lossy(&digits).into_owned()
        }
    }
}
