//! Tables as JSON objects, and the order of their fields.

use std::cmp::Ordering;
use std::ffi::{c_int, c_void};

use crate::vm::json::encode::{AT_ONCE, Encoder, MARKED};
use crate::vm::native::schema::is_schema;
use crate::vm::state::order::Ranks;
use crate::vm::state::shapes::{MAX_FIELDS, Shape};
use crate::vm::write::error::EncodeError;
use crate::vm::write::scalar::{number, string};
use mlua::ffi;

/// Objects with more fields than this are written in the table's own, random order.
const MAX_ORDERED: usize = 64;

/// Where the key of an object's field is on the stack; its value is above it.
fn key_slot(base: c_int, place: usize) -> c_int {
    base + 1 + 2 * place as c_int
}

impl<'a> Encoder<'a> {
    /// # Safety
    /// A table is at the absolute `index`; the caller restores the stack.
    pub(crate) unsafe fn object(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        let mut keys = [std::ptr::null(); MAX_FIELDS];
        let mut count = 0;
        // SAFETY: the stack is grown for each eight fields, and falls back to one field at a
        // time where it cannot. Keys and values stay on it until they are written; `lua_next`
        // takes a copy of the key. The table's index is absolute, and the caller restores the
        // stack.
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
            if count == 0 && is_schema(self.state, self.shared, index) {
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
            // SAFETY: the object's keys and values are on the stack above `base`, as many as
            // the shape has, since it was found by these keys.
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
    /// Its keys and values are on the stack above `base`.
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
        // SAFETY: `count` keys and values are on the stack above `base`, and `place` is below
        // `count`. They stay there until the end, so that the names' bytes do.
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
    /// A table is at the absolute `index`, with room for a key and a value.
    unsafe fn large_object(&mut self, index: c_int, depth: usize) -> Result<(), EncodeError> {
        self.out.push(b'{');
        let mut first = true;
        let mut count = 0_usize;
        // SAFETY: `table` has seen to room for one key and value, and no more are there at a
        // time. The key is not changed, as `field` reads it by its type.
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
    pub(crate) unsafe fn special_order(&self, index: c_int) -> Option<&'a Ranks> {
        let special = &self.order?.special;
        if special.is_empty() {
            return None;
        }
        // SAFETY: there is room for three values: the registry's table, a copy of this table
        // and its number, which are popped again. The reads are raw, of the runtime's own
        // table.
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
    pub(crate) unsafe fn rank(&self, key: c_int, special: Option<&Ranks>) -> u32 {
        // SAFETY: a key is at this index. Only a string is asked for its bytes, and only their
        // address is taken.
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
        // SAFETY: both indices are valid, and each key is read by its own type. The bytes are
        // used before anything else runs in Lua.
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
    pub(crate) unsafe fn field(&mut self, key: c_int, depth: usize) -> Result<(), EncodeError> {
        // SAFETY: a key and its value are on the stack. A key that is a number is read as a
        // number, so that it stays one for `lua_next`.
        unsafe {
            match ffi::lua_type(self.state, key) {
                ffi::LUA_TSTRING => string(self.bytes(key), self.out),
                ffi::LUA_TNUMBER => {
                    self.out.push(b'"');
                    number(ffi::lua_tonumber(self.state, key), self.out);
                    self.out.push(b'"');
                }
                other => return Err(self.no_key(other)),
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
    pub(crate) unsafe fn step(&self, key: c_int) -> String {
        // SAFETY: a key is at this index. Only a string is asked for its bytes, which are
        // copied at once; another key is read as a number.
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
