//! From what was checked to Lua.

use std::ffi::c_int;

use mlua::ffi::{self, lua_State};
use rover_model::guard::{self, Checked, Constant, Kind, Schema, Value};
use rover_model::plan;

use crate::vm::ctx::form::push_value;
use crate::vm::guard::layout::Origin;
use crate::vm::json::decode::{self, DecodeError};
use crate::vm::json::encode;
use crate::vm::native::raise::{LATE, NO_MEMORY, Outcome, room};
use crate::vm::native::stack::{mark_array, push as push_text};
use crate::vm::state::vm::VmState;

/// The fields' names of a list's records are pushed once for all of them, up to so many.
const MAX_NAMES: usize = 32;

/// So many items of a list are pushed before memory is looked at.
const AT_ONCE: u32 = 64;

/// Pushes a checked value; where there is no memory for it, what is pushed is a part.
///
/// # Safety
/// In a contained native; the second upvalue is the metatable of arrays.
pub(crate) unsafe fn value(
    state: *mut lua_State,
    shared: &VmState,
    checked: &Checked,
    schema: &Schema,
    given: Value,
    origin: Origin<'_>,
) -> Outcome<()> {
    let mut push = Push {
        state,
        shared,
        checked,
        origin,
    };
    // SAFETY: the caller is a contained native whose second upvalue is the metatable of arrays.
    // Nothing is pushed without room having been seen to.
    unsafe { push.value(schema, given, None) }
}

struct Push<'a> {
    state: *mut lua_State,
    shared: &'a VmState,
    checked: &'a Checked,
    origin: Origin<'a>,
}

impl Push<'_> {
    /// `names` is the index of the first of a record's names, where they are on the stack.
    ///
    /// # Safety
    /// In a contained native; the second upvalue is the metatable of arrays.
    unsafe fn value(&mut self, schema: &Schema, given: Value, names: Option<c_int>) -> Outcome<()> {
        let state = self.state;
        // SAFETY: the caller is a contained native, and what it has called before has left a
        // free slot, which the value takes. `array`, `object` and `constant` see to more for
        // what is in them. The texts are copied by Lua.
        unsafe {
            match given {
                Value::Absent | Value::Other(_) => ffi::lua_pushnil(state),
                Value::Null => ffi::lua_pushlightuserdata(state, std::ptr::null_mut()),
                Value::Boolean(value) => ffi::lua_pushboolean(state, c_int::from(value)),
                Value::Number(value) => ffi::lua_pushnumber(state, value),
                Value::Text(text) => {
                    push_text(state, self.checked.bytes(self.origin.text(), text));
                }
                Value::Array { first, length } => self.array(schema, first, length)?,
                Value::Object { first } => self.object(schema.fields(), first, names)?,
                Value::Any(number) => any(state, self.shared, self.checked, number, self.origin)?,
                Value::Constant(number) => {
                    constant(state, self.shared, &self.checked.constants[number as usize])?;
                }
            }
        }
        Ok(())
    }

    /// # Safety
    /// In a contained native; the second upvalue is the metatable of arrays.
    unsafe fn array(&mut self, schema: &Schema, first: u32, length: u32) -> Outcome<()> {
        let state = self.state;
        // SAFETY: `container` has seen to six slots: the list and an element. Where the names
        // are pushed, there is room for all of them and six more. The list's index is absolute,
        // and what is above it is taken off before it is marked.
        unsafe {
            container(state, self.shared)?;
            ffi::lua_createtable(state, length as c_int, 0);
            let list = ffi::lua_gettop(state);
            if let Kind::Array(element, _) = &schema.kind {
                let fields = element.fields();
                let named = length > 1 && fields.len() <= MAX_NAMES;
                if named {
                    room(state, fields.len() as c_int + 6)?;
                    for field in fields {
                        push_text(state, field.name.as_bytes());
                    }
                }
                let names = named.then_some(list + 1);
                for item in 0..length {
                    if item % AT_ONCE == AT_ONCE - 1 {
                        has_memory(state, self.shared)?;
                    }
                    let given = self.checked.slot(first + item);
                    self.value(element, given, names)?;
                    ffi::lua_rawseti(state, list, i64::from(item) + 1);
                }
                ffi::lua_settop(state, list);
            }
            mark_array(state);
        }
        Ok(())
    }

    /// # Safety
    /// In a contained native; the second upvalue is the metatable of arrays.
    unsafe fn object(
        &mut self,
        fields: &[guard::Field],
        first: u32,
        names: Option<c_int>,
    ) -> Outcome<()> {
        let state = self.state;
        // SAFETY: `container` has seen to six slots: the record, a name and a value, which
        // `lua_rawset` pops, and three for the mark. The names, where there are any, stand at
        // absolute indices below the record.
        unsafe {
            container(state, self.shared)?;
            // Of many fields perhaps none is there.
            let values = (first..)
                .zip(fields)
                .map(|(slot, _)| self.checked.slot(slot));
            let present = values.filter(|value| *value != Value::Absent).count();
            ffi::lua_createtable(state, 0, present as c_int);
            for (at, field) in fields.iter().enumerate() {
                let given = self.checked.slot(first + at as u32);
                if given == Value::Absent {
                    continue;
                }
                match names {
                    Some(names) => ffi::lua_pushvalue(state, names + at as c_int),
                    None => push_text(state, field.name.as_bytes()),
                }
                self.value(&field.schema, given, None)?;
                ffi::lua_rawset(state, -3);
            }
            if let Some(number) = special_order(self.shared, fields) {
                encode::mark(state, number);
            }
        }
        Ok(())
    }
}

/// Makes room on the stack for a container, and sees that there is memory.
///
/// # Safety
/// In a contained native; the second upvalue is the metatable of arrays.
unsafe fn container(state: *mut lua_State, shared: &VmState) -> Outcome<()> {
    // SAFETY: the caller is a contained native on this state's thread, where both may be asked.
    unsafe {
        room(state, 6)?;
        has_memory(state, shared)
    }
}

/// Natives are not refused memory: they look at it.
///
/// # Safety
/// In a contained native; the second upvalue is the metatable of arrays.
#[inline]
unsafe fn has_memory(state: *mut lua_State, shared: &VmState) -> Outcome<()> {
    // SAFETY: the caller is a contained native on this state's thread, where memory is relaxed
    // and garbage may be collected.
    match unsafe { shared.is_full(state) } {
        true => Err(NO_MEMORY),
        false => Ok(()),
    }
}

/// The number of the order that a schema's fields have, where it is not that of the program's
/// other constructors.
fn special_order(shared: &VmState, fields: &[guard::Field]) -> Option<usize> {
    let mut orders = shared.program.special_orders.iter();
    let same = |names: &plan::List<plan::Text>| {
        let mut pairs = names.iter().zip(fields);
        names.len() == fields.len() && pairs.all(|(name, field)| *name == field.name)
    };
    Some(orders.position(same)? + 1)
}

/// # Safety
/// In a contained native; the second upvalue is the metatable of arrays.
unsafe fn any(
    state: *mut lua_State,
    shared: &VmState,
    checked: &Checked,
    number: u32,
    origin: Origin<'_>,
) -> Outcome<()> {
    // SAFETY: the caller is a contained native with two free slots: the metatable, which is the
    // second upvalue, and the value above it. `decode` sees to more and leaves one value or
    // none. The numbers are those that the reader gave to parts of this origin.
    unsafe {
        match origin {
            Origin::Json(body) => {
                let (start, end) = checked.spans[number as usize];
                let text = &body[start as usize..end as usize];
                ffi::lua_pushvalue(state, ffi::lua_upvalueindex(2));
                let meta = ffi::lua_gettop(state);
                match decode::decode(state, shared, meta, text) {
                    Ok(()) => ffi::lua_remove(state, meta),
                    Err(DecodeError::Full) => return Err(NO_MEMORY),
                    Err(DecodeError::Late) => return Err(LATE),
                    Err(DecodeError::Malformed(_)) => {
                        debug_assert!(false, "it was looked at when it was read");
                        ffi::lua_pushnil(state);
                        ffi::lua_remove(state, meta);
                    }
                }
            }
            Origin::Form(fields) => push_value(state, &fields[number as usize].value),
            Origin::Lua(table) => {
                ffi::lua_rawgeti(state, table, i64::from(number));
            }
            Origin::Nothing => ffi::lua_pushnil(state),
        }
    }
    Ok(())
}

/// # Safety
/// In a contained native; the second upvalue is the metatable of arrays.
unsafe fn constant(state: *mut lua_State, shared: &VmState, given: &Constant) -> Outcome<()> {
    // SAFETY: the caller is a contained native with a free slot for the constant. `container`
    // sees to six more for what is in it: an item, or a name and a value. Memory is relaxed, so
    // that nothing raises an error.
    unsafe {
        match given {
            Constant::Null => ffi::lua_pushlightuserdata(state, std::ptr::null_mut()),
            Constant::Boolean(value) => ffi::lua_pushboolean(state, c_int::from(*value)),
            Constant::Number(value) => ffi::lua_pushnumber(state, *value),
            Constant::Text(text) => push_text(state, text.as_bytes()),
            Constant::List(items) => {
                container(state, shared)?;
                ffi::lua_createtable(state, items.len() as c_int, 0);
                for (at, item) in items.iter().enumerate() {
                    constant(state, shared, item)?;
                    ffi::lua_rawseti(state, -2, at as i64 + 1);
                }
                mark_array(state);
            }
            Constant::Record(fields) => {
                container(state, shared)?;
                ffi::lua_createtable(state, 0, fields.len() as c_int);
                for (name, value) in fields.as_ref() {
                    push_text(state, name.as_bytes());
                    constant(state, shared, value)?;
                    ffi::lua_rawset(state, -3);
                }
            }
        }
    }
    Ok(())
}

/// Pushes the list of what is wrong.
///
/// # Safety
/// In a contained native; the second upvalue is the metatable of arrays.
pub(crate) unsafe fn problems(state: *mut lua_State, checked: &Checked) {
    // SAFETY: the caller is a contained native with five free slots: the list, a problem, a
    // text and the metatable. Memory is relaxed, so that nothing raises an error.
    unsafe {
        ffi::lua_createtable(state, checked.problems.len() as c_int, 0);
        for (at, problem) in checked.problems.iter().enumerate() {
            ffi::lua_createtable(state, 0, 3);
            for (name, text) in [
                (c"field", problem.field.as_str()),
                (c"message", &problem.message),
                (c"type", problem.kind),
            ] {
                push_text(state, text.as_bytes());
                ffi::lua_setfield(state, -2, name.as_ptr());
            }
            ffi::lua_rawseti(state, -2, at as i64 + 1);
        }
        mark_array(state);
    }
}
