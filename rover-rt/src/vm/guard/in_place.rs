//! Parts of the request that were checked and stay where they were laid out: handlers read
//! them by name (the compiler's `lower_expect`).

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};

use mlua::ffi::{self, lua_State};
use rover_model::guard::{Checked, Schema, Value};

use crate::vm::guard::check::{Source, fits, lay_out, push_part, results};
use crate::vm::guard::push::Origin;
use crate::vm::guard::write;
use crate::vm::json::encode::EncodeError;
use crate::vm::native::unwind::{pure, pure_or_default};
use crate::vm::response::written::call;
use crate::vm::run::call::Call;
use crate::vm::state::vm::shared;

/// The checked values by the numbers of the compiler. A number is used by one place
/// of the program; where that runs again in the same request, it finds the same.
#[derive(Default)]
pub(crate) struct Holders(UnsafeCell<Vec<Holder>>);

#[derive(Default)]
struct Holder {
    checked: Checked,
    schema: Option<&'static Schema>,
}

/// Where a path of fields begins: at a slot, or at the value itself, which has no slot.
const VALUE: i32 = -1;

impl Holders {
    fn get(&self, holder: i32) -> Option<&Holder> {
        // SAFETY: no call of ours that reads runs while one writes.
        unsafe { &*self.0.get() }.get(holder as usize)
    }

    /// Gives what is checked to `f`, with its schema.
    pub(crate) fn fill<T>(
        &self,
        holder: i32,
        schema: &'static Schema,
        f: impl FnOnce(&mut Checked) -> T,
    ) -> T {
        // SAFETY: see `get`; `f` calls nothing that reads.
        let holders = unsafe { &mut *self.0.get() };
        let at = holder as usize;
        if holders.len() <= at {
            holders.resize_with(at + 1, Holder::default);
        }
        let holder = &mut holders[at];
        holder.schema = Some(schema);
        f(&mut holder.checked)
    }

    /// Lets go of what is there.
    pub(crate) fn reset(&self) {
        // SAFETY: nothing that uses it runs between two requests.
        let holders = unsafe { &mut *self.0.get() };
        for holder in holders {
            holder.checked.clear();
        }
    }

    /// A value, and its schema, by a path from the value that was checked.
    fn whole(&self, holder: i32, path: i32) -> Option<(&Checked, &'static Schema, Value)> {
        let Holder { checked, schema } = self.get(holder)?;
        let mut schema = (*schema)?;
        for field in fields(path) {
            schema = &schema.fields().get(field as usize)?.schema;
        }
        Some((checked, schema, checked.part(VALUE, path)))
    }

    /// A value.
    fn part(&self, holder: i32, base: i32, path: i32) -> Value {
        let holder = self.get(holder);
        holder.map_or(Value::Absent, |holder| holder.checked.part(base, path))
    }

    /// A list's first slot and its length.
    fn list(&self, holder: i32, base: i32, path: i32) -> (u32, u32) {
        match self.part(holder, base, path) {
            Value::Array { first, length } => (first, length),
            _ => (0, 0),
        }
    }
}

/// The numbers of the fields that a path goes through.
fn fields(path: i32) -> impl Iterator<Item = u32> {
    let steps = path.to_le_bytes().into_iter().take_while(|step| *step > 0);
    steps.map(|step| u32::from(step) - 1)
}

/// Reads of the compiler's places.
trait Parts {
    fn part(&self, base: i32, path: i32) -> Value;
}

impl Parts for Checked {
    #[inline]
    fn part(&self, base: i32, path: i32) -> Value {
        let value = match base {
            VALUE => self.root,
            slot => self.slot(slot as u32),
        };
        fields(path).fold(value, |value, field| match value {
            Value::Object { first } => self.slot(first + field),
            _ => Value::Absent,
        })
    }
}

/// `hold(source, number, holder)`: checks a part of the request, and keeps it.
pub(crate) unsafe extern "C-unwind" fn hold(state: *mut lua_State) -> c_int {
    // SAFETY: called by lowered code inside the protected call of a request, with the
    // numbers that the compiler wrote.
    unsafe {
        let call = call(state);
        let source = Source::from_number(ffi::lua_tonumber(state, 1));
        let number = ffi::lua_tonumber(state, 2) as usize;
        let holder = ffi::lua_tonumber(state, 3) as i32;
        let Some(schema) = call.shared.program.guards.get(number) else {
            return 0;
        };
        let holders = &call.shared.checks.holders;
        let laid = holders.fill(holder, schema, |checked| {
            lay_out(state, call, source, schema, checked)
        });
        results(laid.map(|_| 0))
    }
}

/// As [`hold`] where the part passes; false where `hold` has more to do: it raises what is
/// wrong. Called through the FFI.
pub(crate) unsafe extern "C" fn held_fits(
    vm: *const c_void,
    source: i32,
    number: i32,
    holder: i32,
) -> bool {
    // SAFETY (all functions here): lowered code gives the address that `start` gave it.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        let source = Source::from_number(f64::from(source));
        let Some((call, schema)) = shared
            .call()
            .zip(shared.program.guards.get(number as usize))
        else {
            return false;
        };
        let checks = &shared.checks;
        checks.is_ready(source, number as usize, Some(holder))
            || checks.holders.fill(holder, schema, |checked| {
                fits(call, source, schema, checked)
            })
    })
}

/// `held_value(holder, path)`: a field's value.
pub(crate) unsafe extern "C-unwind" fn held_value(state: *mut lua_State) -> c_int {
    // SAFETY: see `hold`.
    unsafe {
        let call = call(state);
        let (holder, path) = (ffi::lua_tonumber(state, 1), ffi::lua_tonumber(state, 2));
        let holders = &call.shared.checks.holders;
        match holders.whole(holder as i32, path as i32) {
            Some((checked, schema, value)) => {
                let origin = Origin::Json(call.request.body.unwrap_or_default());
                push_part(state, call, checked, (schema, value), origin)
            }
            None => {
                ffi::lua_pushnil(state);
                1
            }
        }
    }
}

/// What `direct.lua` calls through the FFI, by name.
pub(crate) fn addresses() -> [(&'static str, *mut c_void); 7] {
    [
        ("held_fits", held_fits as *const () as *mut c_void),
        ("held_kind", held_kind as *const () as *mut c_void),
        ("held_number", held_number as *const () as *mut c_void),
        ("held_text", held_text as *const () as *mut c_void),
        ("held_first", held_first as *const () as *mut c_void),
        ("held_length", held_length as *const () as *mut c_void),
        ("held_at", held_at as *const () as *mut c_void),
    ]
}

/// What a part is: see `direct.lua`.
unsafe extern "C" fn held_kind(vm: *const c_void, holder: i32, base: i32, path: i32) -> i32 {
    // SAFETY: see `held_fits`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        match shared.checks.holders.part(holder, base, path) {
            Value::Absent | Value::Other(_) => 0,
            Value::Null => 1,
            Value::Boolean(false) => 2,
            Value::Boolean(true) => 3,
            Value::Number(_) => 4,
            Value::Text(_) => 5,
            Value::Array { .. } | Value::Object { .. } | Value::Any(_) | Value::Constant(_) => 6,
        }
    })
}

/// A part's number.
unsafe extern "C" fn held_number(vm: *const c_void, holder: i32, base: i32, path: i32) -> f64 {
    // SAFETY: see `held_fits`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        match shared.checks.holders.part(holder, base, path) {
            Value::Number(value) => value,
            _ => 0.0,
        }
    })
}

/// A part's text, which stays as it is until the part is checked again.
unsafe extern "C" fn held_text(
    vm: *const c_void,
    holder: i32,
    base: i32,
    path: i32,
    length: *mut u32,
) -> *const u8 {
    // SAFETY: see `held_fits`; `length` is writable.
    let shared = unsafe { shared(vm) };
    let text = pure(shared, || {
        let call = shared.call()?;
        let checked = &shared.checks.holders.get(holder)?.checked;
        let Value::Text(text) = checked.part(base, path) else {
            return None;
        };
        let bytes = checked.bytes(call.request.body.unwrap_or_default(), text);
        Some((bytes.as_ptr(), text.length))
    });
    let (text, bytes) = text.flatten().unwrap_or((c"".as_ptr().cast(), 0));
    // SAFETY: as above.
    unsafe { *length = bytes };
    text
}

/// A list's first slot.
unsafe extern "C" fn held_first(vm: *const c_void, holder: i32, base: i32, path: i32) -> i32 {
    // SAFETY: see `held_fits`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        shared.checks.holders.list(holder, base, path).0 as i32
    })
}

/// A list's length.
unsafe extern "C" fn held_length(vm: *const c_void, holder: i32, base: i32, path: i32) -> i32 {
    // SAFETY: see `held_fits`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        shared.checks.holders.list(holder, base, path).1 as i32
    })
}

/// The slot of a part that a path of at least one field leads to.
unsafe extern "C" fn held_at(vm: *const c_void, holder: i32, base: i32, path: i32) -> i32 {
    // SAFETY: see `held_fits`.
    let shared = unsafe { shared(vm) };
    pure_or_default(shared, || {
        // The last field is the highest byte that is not zero.
        let last = 31 - path.leading_zeros() as i32;
        let shift = last.max(0) / 8 * 8;
        let outer = path & !(0xff << shift);
        match shared.checks.holders.part(holder, base, outer) {
            Value::Object { first } => first as i32 + (path >> shift) - 1,
            _ => i32::MAX,
        }
    })
}

impl Call<'_> {
    /// Calls `f` to write what is around a held value, if there is one, then writes it.
    pub(crate) fn write_held(
        &self,
        out: &mut Vec<u8>,
        (holder, path): (usize, u32),
        f: impl FnOnce(&mut Vec<u8>),
    ) -> Result<(), EncodeError> {
        match self.shared.checks.holders.whole(holder as i32, path as i32) {
            None | Some((.., Value::Absent)) => Ok(()),
            Some((checked, schema, value)) => {
                f(out);
                let source = self.request.body.unwrap_or_default();
                write::write(out, checked, schema, value, source)
            }
        }
    }
}
