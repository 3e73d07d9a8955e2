//! Parts of the request that were checked and stay where they were laid out: handlers read
//! them by name (the compiler's `lower_expect`).

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};
use rover_model::guard::{Checked, Schema, Value};

use super::super::encode::EncodeError;
use super::super::guard::pure_or_default;
use super::super::lowered::call;
use super::super::{Call, shared};
use super::{Origin, Source, lay_out, push, results, write};

/// The checked values by the numbers of the compiler. A number is used by one place
/// of the program; where that runs again in the same request, it finds the same.
#[derive(Default)]
pub(in crate::vm) struct Holders(UnsafeCell<Vec<Holder>>);

#[derive(Default)]
struct Holder {
    checked: Checked,
    schema: Option<&'static Schema>,
}

impl Holders {
    /// A value, and its schema.
    fn at(&self, holder: usize, path: u32) -> Option<(&Checked, &'static Schema, Value)> {
        // SAFETY: no call of ours that reads runs while one writes.
        let Holder { checked, schema } = unsafe { &*self.0.get() }.get(holder)?;
        let (mut schema, mut value) = ((*schema)?, checked.root);
        let steps = path.to_le_bytes().into_iter().take_while(|step| *step > 0);
        for step in steps {
            let field = usize::from(step) - 1;
            schema = &schema.fields().get(field)?.schema;
            value = match value {
                Value::Object { first } => checked.slot(first + field as u32),
                _ => Value::Absent,
            };
        }
        Some((checked, schema, value))
    }
}

/// `hold(source, number, holder)`: checks a part of the request, and keeps it.
pub(super) unsafe extern "C-unwind" fn hold(state: *mut lua_State) -> c_int {
    // SAFETY: called by lowered code inside the protected call of a request, with the
    // numbers that the compiler wrote.
    unsafe {
        let call = call(state);
        let source = Source::from_number(ffi::lua_tonumber(state, 1));
        let number = ffi::lua_tonumber(state, 2) as usize;
        let holder = ffi::lua_tonumber(state, 3) as usize;
        let Some(schema) = call.shared.program.guards.get(number) else {
            return 0;
        };
        let holders = &mut *call.shared.checks.holders.0.get();
        if holders.len() <= holder {
            holders.resize_with(holder + 1, Holder::default);
        }
        let holder = &mut holders[holder];
        holder.schema = Some(schema);
        let laid = lay_out(state, call, source, schema, &mut holder.checked);
        results(laid.map(|_| 0))
    }
}

/// `held(holder, path)`: a field's value.
pub(super) unsafe extern "C-unwind" fn held(state: *mut lua_State) -> c_int {
    // SAFETY: see `hold`.
    unsafe {
        let call = call(state);
        let (holder, path) = (ffi::lua_tonumber(state, 1), ffi::lua_tonumber(state, 2));
        let found = call.shared.checks.holders.at(holder as usize, path as u32);
        match found {
            Some((checked, schema, value)) => {
                let origin = Origin::Json(call.request.body.unwrap_or_default());
                let pushed = push::value(state, call.shared, checked, schema, value, origin);
                results(pushed.map(|()| 1))
            }
            None => {
                ffi::lua_pushnil(state);
                1
            }
        }
    }
}

/// A field's number. Called through the FFI.
pub(in crate::vm) unsafe extern "C" fn held_number(
    vm: *const c_void,
    holder: i32,
    path: i32,
) -> f64 {
    // SAFETY: lowered code gives the address that `start` gave it.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        match shared.checks.holders.at(holder as usize, path as u32) {
            Some((.., Value::Number(value))) => value,
            _ => 0.0,
        }
    })
}

impl Call<'_> {
    /// Calls `f` to write what is around a held value, if there is one, then writes it.
    pub(in crate::vm) fn write_held(
        &self,
        out: &mut Vec<u8>,
        (holder, path): (usize, u32),
        f: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), EncodeError> {
        match self.shared.checks.holders.at(holder, path) {
            None | Some((.., Value::Absent)) => Ok(()),
            Some((checked, schema, value)) => {
                f(out);
                let source = self.request.body.unwrap_or_default();
                write::write(out, checked, schema, value, source)
            }
        }
    }
}
