//! Schemas that are made in the VM: `rover.guard` itself.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use mlua::{Lua, Table};
use rover_model::guard::{Checked, GUARD_LUA, Given, KINDS, OPTIONS, Schema, Value, Wrong};

use crate::vm::guard::check::{expect, verdict};
use crate::vm::guard::layout::{Origin, Source};
use crate::vm::guard::patterns::SchemaPatterns;
use crate::vm::guard::push::value as push_checked;
use crate::vm::guard::read::{BYTES_PER_STEP, LuaReader};
use crate::vm::native::raise::{LATE, NO_MEMORY, Outcome, results};
use crate::vm::native::schema::schema_at;
use crate::vm::native::stack::{lossy, push, running, vm_state};
use crate::vm::native::unwind::pure_or_default;
use crate::vm::native::userdata::metatable_of;
use crate::vm::state::schemas::MadeSchema;
use crate::vm::state::vm::VmState;

/// Schemas are not inside of more others: JSON has no more levels either.
const MAX_DEPTH: usize = 128;

/// The natives of `rover.guard`.
pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 4] = [
    (c"guard_new", new),
    (c"guard_with", with),
    (c"guard_check", check),
    (c"guard_expect", expect_made),
];

/// The registry's metatable of userdata that hold a [`Schema`].
const SCHEMA: &std::ffi::CStr = c"rover.schema";

/// Makes the metatable of schemas, and `rover.guard`.
pub(crate) fn install(lua: &Lua, shared: &VmState, natives: &Table) -> mlua::Result<Table> {
    let metatable = metatable_of(lua, shared, SCHEMA, free)?;
    shared.metatables.schema.set(metatable);
    let [new, with, check] = ["guard_new", "guard_with", "guard_check"];
    lua.load(GUARD_LUA).set_name("=rover").call((
        natives.get::<mlua::Function>(new)?,
        natives.get::<mlua::Function>(with)?,
        natives.get::<mlua::Function>(check)?,
        KINDS.to_vec(),
        OPTIONS.to_vec(),
        natives.get::<mlua::Function>("raise")?,
    ))
}

/// Frees a schema with its userdata.
unsafe extern "C-unwind" fn free(state: *mut lua_State) -> c_int {
    // SAFETY: Lua calls this once for each userdata with our metatable, which the program
    // cannot reach. It holds the address of a box that `push_made` has made, or null from then
    // on. `free` is a closure over the address of the `VmState`.
    unsafe {
        let owner = ffi::lua_touserdata(state, 1).cast::<*mut MadeSchema>();
        let made = std::mem::replace(&mut *owner, std::ptr::null_mut());
        if !made.is_null() {
            let shared = vm_state(state);
            pure_or_default(shared, || {
                let made = Box::from_raw(made);
                shared.memory.release(made.bytes);
            });
        }
    }
    0
}

/// Counts what a schema takes, and the time that it took to make it; else gives what the
/// native returns.
///
/// # Safety
/// In a contained native.
unsafe fn counted(state: *mut lua_State, shared: &VmState, schema: Schema) -> Outcome<MadeSchema> {
    // What goes through schemas does so on the native stack.
    if schema.depth() > MAX_DEPTH {
        // SAFETY: the caller is a contained native with two free slots, in which memory is
        // relaxed.
        unsafe {
            ffi::lua_pushnil(state);
            push(state, b"a schema is nested too deeply");
        }
        return Err(2);
    }
    let bytes = size_of::<MadeSchema>() + schema.held_bytes();
    // SAFETY: the caller is a contained native, in which memory is relaxed, on the running
    // thread: a full collection may run there.
    if !unsafe { shared.memory.makes_room(state, bytes) } {
        return Err(NO_MEMORY);
    }
    if !shared.spend((bytes / BYTES_PER_STEP) as u32) {
        return Err(LATE);
    }
    shared.memory.hold(bytes);
    Ok(MadeSchema { schema, bytes })
}

/// Pushes a schema, or nil and what is wrong.
///
/// # Safety
/// In a contained native.
unsafe fn push_made(state: *mut lua_State, made: Result<Schema, Wrong>) -> c_int {
    // SAFETY: the caller is a contained native with a few free slots, in which memory is
    // relaxed. The userdata has room for one address, which is written before it gets the
    // metatable by which it is freed; it then owns the box.
    unsafe {
        match made {
            Ok(schema) => {
                let made = match counted(state, vm_state(state), schema) {
                    Ok(made) => made,
                    Err(results) => return results,
                };
                let size = size_of::<*mut MadeSchema>();
                let owner = ffi::lua_newuserdata(state, size).cast::<*mut MadeSchema>();
                owner.write(Box::into_raw(Box::new(made)));
                ffi::lua_getfield(state, ffi::LUA_REGISTRYINDEX, SCHEMA.as_ptr());
                ffi::lua_setmetatable(state, -2);
                1
            }
            Err(wrong) => push_wrong(state, &wrong),
        }
    }
}

/// # Safety
/// In a contained native.
pub(crate) unsafe fn push_wrong(state: *mut lua_State, wrong: &Wrong) -> c_int {
    // SAFETY: the caller is a contained native with two free slots, in which memory is relaxed.
    // Lua copies the text.
    unsafe {
        ffi::lua_pushnil(state);
        push(state, wrong.to_string().as_bytes());
    }
    2
}

/// The arguments from one on.
///
/// # Safety
/// In a contained native.
unsafe fn arguments(
    reader: &LuaReader<'_>,
    state: *mut lua_State,
    from: c_int,
) -> Outcome<Vec<Given>> {
    // SAFETY: all indices from `from` to the top are valid, and the reader leaves the stack as
    // it is. The caller is a contained native of this state.
    unsafe {
        let last = ffi::lua_gettop(state);
        (from..=last).map(|at| reader.given(at, 0)).collect()
    }
}

/// `guard_new(kind, ...)`
unsafe extern "C-unwind" fn new(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `guard.lua` calls with a kind, which is a string,
    // and any values. It is on this state's thread, and memory is relaxed.
    unsafe {
        let kind = lossy(state, 1);
        let reader = LuaReader::new(state, vm_state(state));
        let args = match arguments(&reader, state, 2) {
            Ok(args) => args,
            Err(results) => return results,
        };
        let find = SchemaPatterns::new(vm_state(state));
        push_made(state, Schema::of_kind(&kind, &args, &find))
    }
}

/// `guard_with(schema, option, ...)`
unsafe extern "C-unwind" fn with(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `guard.lua` calls with a table, an option, which
    // is a string, and any values. The schema is the first argument's, which stays on the stack
    // while it is cloned.
    unsafe {
        let option = lossy(state, 2);
        let reader = LuaReader::new(state, vm_state(state));
        let Some(made) = schema_at(state, vm_state(state), 1) else {
            return 0;
        };
        let args = match reader
            .charge(made.bytes)
            .and_then(|()| arguments(&reader, state, 3))
        {
            Ok(args) => args,
            Err(results) => return results,
        };
        let find = SchemaPatterns::new(vm_state(state));
        push_made(state, made.schema.clone().with(&option, &args, &find))
    }
}

/// The schema that is an argument, or a plain table that means one; else pushes what is wrong
/// and gives what the native returns. It is kept by the stack, or until the next plain table is
/// read.
///
/// # Safety
/// In a contained native; `index` is absolute.
unsafe fn schema<'s>(state: *mut lua_State, index: c_int) -> Result<&'s Schema, c_int> {
    // SAFETY: the caller is a contained native with a few free slots, and `index` is valid. A
    // schema of the first kind is kept by the value on the stack. For the other, nobody has a
    // reference to the last plain one: each is used within one native, and none of them calls
    // another.
    unsafe {
        let shared = vm_state(state);
        if let Some(made) = schema_at(state, shared, index) {
            return Ok(&made.schema);
        }
        let given = LuaReader::new(state, shared).given(index, 0)?;
        let made = Schema::from_given(&given, &SchemaPatterns::new(shared));
        let made = made.map_err(|wrong| push_wrong(state, &wrong))?;
        let plain = &mut *shared.schemas.plain.get();
        if let Some(last) = plain.take() {
            shared.memory.release(last.bytes);
        }
        let made = counted(state, shared, made)?;
        Ok(&plain.insert(made).schema)
    }
}

/// `guard_check(value, schema)`: the checked value, or nil and what is wrong with the
/// schema.
unsafe extern "C-unwind" fn check(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `guard.lua` calls with a value and a schema. The
    // third slot holds the table for values of any kind. No Lua code runs, so that the cell has
    // no other user until the end of this block.
    unsafe {
        ffi::lua_settop(state, 2);
        let schema = match schema(state, 2) {
            Ok(schema) => schema,
            Err(results) => return results,
        };
        let shared = vm_state(state);
        ffi::lua_createtable(state, 0, 0);
        let laid = &mut *shared.running.checks.checked.get();
        shared.reclaim(laid.taken());
        laid.begin(shared.memory.free());
        let outcome = checked(state, shared, schema, laid);
        shared.reclaim(laid.taken());
        laid.clear();
        results(outcome)
    }
}

/// Pushes what the first argument becomes. Values of any kind are kept in the table in the
/// third slot.
///
/// # Safety
/// In a contained native.
unsafe fn checked(
    state: *mut lua_State,
    shared: &VmState,
    schema: &Schema,
    laid: &mut Checked,
) -> Outcome<c_int> {
    // SAFETY: the caller is a contained native whose first argument is the value, with a table
    // in the third slot; both indices are absolute. The reader and what pushes the value see to
    // their own room on the stack. Memory is relaxed, so that a full collection may run.
    unsafe {
        laid.root = match ffi::lua_type(state, 1) {
            ffi::LUA_TNIL => Value::Absent,
            _ => LuaReader::new(state, shared).layout(laid, schema, 1, 3)?,
        };
        let find = SchemaPatterns::new(shared);
        laid.check(schema, b"", &find);
        if laid.is_full() || !shared.memory.makes_room(state, laid.taken()) {
            laid.clear();
            return Err(NO_MEMORY);
        }
        shared.lend(laid.taken());
        verdict(state, laid, &find)?;
        push_checked(state, shared, laid, schema, laid.root, Origin::Lua(3))?;
    }
    Ok(1)
}

/// `guard_expect(source, schema)`: the checked part of the request, or nil and what is
/// wrong with the schema.
unsafe extern "C-unwind" fn expect_made(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `ctx.lua` calls in a request, with a number and a
    // schema, which stays on the stack. Memory is relaxed, so that nothing raises an error
    // here.
    unsafe {
        ffi::lua_settop(state, 2);
        let source = Source::from_number(ffi::lua_tonumber(state, 1));
        match schema(state, 2) {
            Ok(schema) => expect(state, running(state), source, schema),
            Err(wrong) => wrong,
        }
    }
}
