//! `rover.env { ... }`: variables of the environment, checked while the program loads.

use std::ffi::c_int;

use mlua::ffi::{self, lua_CFunction, lua_State};
use rover_model::guard::{Given, read_variables, variables};

use crate::vm::guard::layout::Origin;
use crate::vm::guard::made::push_wrong;
use crate::vm::guard::patterns::SchemaPatterns;
use crate::vm::guard::push::value as push_checked;
use crate::vm::guard::read::LuaReader;
use crate::vm::native::raise::{NO_MEMORY, Outcome, results};
use crate::vm::native::stack::vm_state;

/// The native of `rover.env`.
pub(crate) const FUNCTIONS: [(&std::ffi::CStr, lua_CFunction); 1] = [(c"env_check", check)];

/// `env_check(schemas, texts)`: the values of the variables that the schemas name, or nil and
/// what is wrong with the schemas. What is wrong with variables is noted: the program loads on
/// with something in their places, so that all of it is told at once.
unsafe extern "C-unwind" fn check(state: *mut lua_State) -> c_int {
    // SAFETY: this is a contained native that `env.lua` calls with two tables.
    results(unsafe { checked(state) })
}

/// # Safety
/// In a contained native that has two tables as its arguments.
unsafe fn checked(state: *mut lua_State) -> Outcome<c_int> {
    // SAFETY: the caller is a contained native with two tables, in which memory is relaxed, on
    // this state's thread. The third slot holds the table for values of any kind, of which texts
    // are none. No Lua code runs, so that the cell has no other user until the end of this block.
    unsafe {
        ffi::lua_settop(state, 2);
        let shared = vm_state(state);
        let reader = LuaReader::new(state, shared);
        let (schemas, texts) = (reader.given(1, 0)?, reader.given(2, 0)?);
        let find = SchemaPatterns::new(shared);
        let schema = match variables(&schemas, &find) {
            Ok(schema) => schema,
            Err(wrong) => return Ok(push_wrong(state, &wrong)),
        };
        let text = |name: &str| match &texts {
            Given::Table { fields, .. } => {
                let mut fields = fields.iter();
                let found = fields.find(|(other, _)| other == name);
                found.map_or(Given::Nil, |(_, text)| text.clone())
            }
            _ => Given::Nil,
        };
        ffi::lua_createtable(state, 0, 0);
        let laid = &mut *shared.running.checks.checked.get();
        shared.reclaim(laid.taken());
        laid.begin(shared.memory.free());
        let wrong = read_variables(laid, &schema, text, &find);
        let pushed = match laid.is_full() {
            true => Err(NO_MEMORY),
            false => push_checked(state, shared, laid, &schema, laid.root, Origin::Lua(3)),
        };
        laid.clear();
        shared.schemas.wrong_variables.borrow_mut().extend(wrong);
        pushed?;
    }
    Ok(1)
}
