//! Lua values as `rover.guard` sees them: what schemas are made from, and what is checked.

use std::cell::Cell;
use std::ffi::c_int;

use mlua::ffi::{self, lua_State};
use rover_model::guard::{Checked, Given, Got, Kind, Schema, VALUE_BYTES, Value};

use crate::vm::json::encode::Encoder;
use crate::vm::native::raise::{LATE, NO_MEMORY, Outcome, room};
use crate::vm::native::schema::schema_at;
use crate::vm::native::stack::{metatable, push};
use crate::vm::state::vm::VmState;

/// Tables beyond this depth, cycles too, are no schemas.
const MAX_DEPTH: usize = 64;

/// Reads values of a VM.
pub(crate) struct LuaReader<'a> {
    state: *mut lua_State,
    shared: &'a VmState,
    /// The bytes of what was read.
    taken: Cell<usize>,
}

/// What is read or made in one step of the deadline's.
pub(crate) const BYTES_PER_STEP: usize = 64;

impl<'a> LuaReader<'a> {
    /// # Safety
    /// It is used in a protected call of this state.
    pub(crate) unsafe fn new(state: *mut lua_State, shared: &'a VmState) -> Self {
        LuaReader {
            state,
            shared,
            taken: Cell::new(0),
        }
    }

    /// # Safety
    /// A string is at `index`, and stays there while the slice is used.
    unsafe fn bytes<'s>(&self, index: c_int) -> &'s [u8] {
        let mut length = 0;
        // SAFETY: a string is at this index, so that it is not changed by the call, and its
        // bytes stay for as long as it is on the stack.
        unsafe {
            let text = ffi::lua_tolstring(self.state, index, &raw mut length);
            std::slice::from_raw_parts(text.cast(), length)
        }
    }

    /// So many bytes are about to be read. The values, the schema that they make and a copy of
    /// it are there at the same time.
    pub(crate) fn charge(&self, bytes: usize) -> Outcome<()> {
        let taken = self.taken.get().saturating_add(bytes);
        self.taken.set(taken);
        // SAFETY: a reader is only used in contained natives of its state, in which memory is
        // relaxed, so that a full collection may run.
        if !unsafe {
            self.shared
                .memory
                .makes_room(self.state, taken.saturating_mul(3))
        } {
            return Err(NO_MEMORY);
        }
        let steps = u32::try_from(1 + bytes / BYTES_PER_STEP).unwrap_or(u32::MAX);
        match self.shared.spend(steps) {
            true => Ok(()),
            false => Err(LATE),
        }
    }

    /// So many values are about to be laid out.
    fn charge_laid(&self, values: usize) -> Outcome<()> {
        self.charge((values + 1).saturating_mul(size_of::<Value>()))
    }

    /// A value that a schema is made from.
    ///
    /// # Safety
    /// `index` is absolute and valid.
    pub(crate) unsafe fn given(&self, index: c_int, depth: usize) -> Outcome<Given> {
        let state = self.state;
        self.charge(VALUE_BYTES)?;
        // SAFETY: the index is valid. Each read is of the value's own type, changes nothing and
        // raises no error. The texts are copied while they are on the stack.
        unsafe {
            Ok(match ffi::lua_type(state, index) {
                ffi::LUA_TNIL => Given::Nil,
                ffi::LUA_TBOOLEAN => Given::Boolean(ffi::lua_toboolean(state, index) != 0),
                ffi::LUA_TNUMBER => Given::Number(ffi::lua_tonumber(state, index)),
                ffi::LUA_TSTRING => {
                    let bytes = self.bytes(index);
                    self.charge(bytes.len())?;
                    match std::str::from_utf8(bytes) {
                        Ok(text) => Given::Text(text.to_owned()),
                        Err(_) => Given::Other("a string that is not UTF-8"),
                    }
                }
                ffi::LUA_TLIGHTUSERDATA if ffi::lua_touserdata(state, index).is_null() => {
                    Given::Null
                }
                ffi::LUA_TTABLE if depth == MAX_DEPTH => {
                    Given::Other("a table that is nested too deeply")
                }
                ffi::LUA_TTABLE => self.table(index, depth)?,
                ffi::LUA_TFUNCTION => Given::Other("a function"),
                ffi::LUA_TTHREAD => Given::Other("a thread"),
                _ => Given::Other("a userdata"),
            })
        }
    }

    /// # Safety
    /// A table is at the absolute `index`.
    unsafe fn table(&self, index: c_int, depth: usize) -> Outcome<Given> {
        let state = self.state;
        // SAFETY: room for eight values is seen to, and no more are pushed at this level: an
        // item, or a key and a value, and what finding the order needs. The reads are raw. A
        // key of the traversal is a string where its bytes are read, so that it stays as it is.
        // The stack is restored.
        unsafe {
            if ffi::lua_checkstack(state, 8) == 0 {
                return Ok(Given::Other("a table that is nested too deeply"));
            }
            let value = ffi::lua_gettop(state) + 1;
            if let Some(made) = schema_at(state, self.shared, index) {
                // The table keeps it.
                self.charge(made.bytes)?;
                return Ok(Given::Schema(Box::new(made.schema.clone())));
            }
            let mut items = Vec::new();
            for at in 1..=ffi::lua_objlen(state, index) {
                ffi::lua_rawgeti(state, index, at as i64);
                items.push(self.given(value, depth + 1)?);
                ffi::lua_settop(state, value - 1);
            }
            let mut unused = Vec::new();
            let encoder = Encoder::new(state, self.shared, &mut unused);
            let special = encoder.special_order(index);
            let mut fields = Vec::new();
            let mut strange = false;
            ffi::lua_pushnil(state);
            while ffi::lua_next(state, index) != 0 {
                match ffi::lua_type(state, value) {
                    ffi::LUA_TSTRING => {
                        let name = self.bytes(value);
                        self.charge(VALUE_BYTES + name.len())?;
                        let name = String::from_utf8_lossy(name).into_owned();
                        let given = self.given(value + 1, depth + 1)?;
                        fields.push((encoder.rank(value, special), name, given));
                    }
                    ffi::LUA_TNUMBER => {
                        let at = ffi::lua_tonumber(state, value);
                        strange |= at.fract() != 0.0 || at < 1.0 || at > items.len() as f64;
                    }
                    _ => strange = true,
                }
                ffi::lua_settop(state, value);
            }
            if strange {
                return Ok(Given::Other("a table with such keys"));
            }
            // A table has no order: the one of the program's constructors, then by name.
            fields
                .sort_by(|(a, first, _), (b, second, _)| a.cmp(b).then_with(|| first.cmp(second)));
            let fields = fields.into_iter().map(|(_, name, given)| (name, given));
            Ok(Given::Table {
                items,
                fields: fields.collect(),
            })
        }
    }

    /// Lays out a value. Those of any kind are put into the table at `any`.
    ///
    /// # Safety
    /// Both indices are absolute and valid.
    pub(crate) unsafe fn layout(
        &self,
        checked: &mut Checked,
        schema: &Schema,
        index: c_int,
        any: c_int,
    ) -> Outcome<Value> {
        let state = self.state;
        // SAFETY: both indices are absolute and valid. Each read is of the value's own type. A
        // value of any kind takes one slot, for which the caller has room, and is popped into
        // the table at `any`.
        unsafe {
            let kind = ffi::lua_type(state, index);
            Ok(match (kind, &schema.kind) {
                (ffi::LUA_TLIGHTUSERDATA, _) if ffi::lua_touserdata(state, index).is_null() => {
                    Value::Null
                }
                (_, Kind::Any) => {
                    let number = ffi::lua_objlen(state, any) + 1;
                    ffi::lua_pushvalue(state, index);
                    ffi::lua_rawseti(state, any, number as i64);
                    Value::Any(number as u32)
                }
                (ffi::LUA_TBOOLEAN, Kind::Boolean) => {
                    Value::Boolean(ffi::lua_toboolean(state, index) != 0)
                }
                (ffi::LUA_TNUMBER, Kind::Number(_) | Kind::Integer(_)) => {
                    Value::Number(ffi::lua_tonumber(state, index))
                }
                (ffi::LUA_TSTRING, Kind::String(_)) => {
                    let bytes = self.bytes(index);
                    self.charge(bytes.len())?;
                    Value::Text(checked.text(bytes))
                }
                (ffi::LUA_TTABLE, _) => self.container(checked, schema, index, any)?,
                _ => Value::Other(match kind {
                    ffi::LUA_TBOOLEAN => Got::Boolean,
                    ffi::LUA_TNUMBER => Got::number(ffi::lua_tonumber(state, index)),
                    ffi::LUA_TSTRING => Got::String,
                    ffi::LUA_TFUNCTION => Got::Function,
                    ffi::LUA_TTHREAD => Got::Thread,
                    _ => Got::Userdata,
                }),
            })
        }
    }

    /// # Safety
    /// Both indices are absolute and valid; a table is at `index`.
    unsafe fn container(
        &self,
        checked: &mut Checked,
        schema: &Schema,
        index: c_int,
        any: c_int,
    ) -> Outcome<Value> {
        let state = self.state;
        // SAFETY: room for eight values is seen to, and no more are pushed at this level: an
        // item, or a name and its value. The reads are raw, of a table at an absolute index,
        // and the stack is restored after each.
        unsafe {
            room(state, 8)?;
            let length = ffi::lua_objlen(state, index);
            let mut unused = Vec::new();
            let encoder = Encoder::new(state, self.shared, &mut unused);
            let array = metatable(state, index) == self.shared.metatables.array.get()
                || (length > 0 && encoder.is_sequence(index, length));
            let value = ffi::lua_gettop(state) + 1;
            Ok(match &schema.kind {
                Kind::Array(element, _) if array || self.is_empty(index) => {
                    let begin = checked.begin_array();
                    self.charge_laid(length)?;
                    for at in 1..=length {
                        ffi::lua_rawgeti(state, index, at as i64);
                        let item = self.layout(checked, element, value, any)?;
                        checked.push(item);
                        ffi::lua_settop(state, value - 1);
                    }
                    let (first, length) = checked.end_array(begin);
                    Value::Array { first, length }
                }
                Kind::Object(fields) if !array => {
                    self.charge_laid(fields.len())?;
                    let first = checked.object(fields.len());
                    for (slot, field) in (first..).zip(fields.as_ref()) {
                        push(state, field.name.as_bytes());
                        ffi::lua_rawget(state, index);
                        if ffi::lua_isnil(state, value) == 0 {
                            let found = self.layout(checked, &field.schema, value, any)?;
                            checked.set(slot, found);
                        }
                        ffi::lua_settop(state, value - 1);
                    }
                    Value::Object { first }
                }
                _ => Value::Other(match array {
                    true => Got::Array,
                    false => Got::Object,
                }),
            })
        }
    }

    /// # Safety
    /// A table is at the absolute `index`.
    unsafe fn is_empty(&self, index: c_int) -> bool {
        let state = self.state;
        // SAFETY: the caller has room for a key and a value. The traversal changes nothing, and
        // the stack is restored.
        unsafe {
            let top = ffi::lua_gettop(state);
            ffi::lua_pushnil(state);
            let empty = ffi::lua_next(state, index) == 0;
            ffi::lua_settop(state, top);
            empty
        }
    }
}
