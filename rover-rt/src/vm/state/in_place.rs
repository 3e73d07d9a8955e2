//! Parts of the request that were checked and stay where they were laid out.

use std::cell::UnsafeCell;

use rover_model::guard::{Checked, Schema, Value};

/// A value that was checked, and its schema.
#[derive(Default)]
pub(crate) struct CheckedPart {
    pub(crate) checked: Checked,
    schema: Option<&'static Schema>,
}

/// The checked values by the numbers of the compiler. A number is used by one place
/// of the program; where that runs again in the same request, it finds the same.
#[derive(Default)]
pub(crate) struct CheckedParts(UnsafeCell<Vec<CheckedPart>>);

/// Where a path of fields begins: at a slot, or at the value itself, which has no slot.
const VALUE: i32 = -1;

impl CheckedParts {
    pub(crate) fn get(&self, part: i32) -> Option<&CheckedPart> {
        // SAFETY: only `fill` and `reset` write, and nothing that they call reads.
        unsafe { &*self.0.get() }.get(part as usize)
    }

    /// Gives what is checked to `f`, with its schema.
    pub(crate) fn fill<T>(
        &self,
        part: i32,
        schema: &'static Schema,
        f: impl FnOnce(&mut Checked) -> T,
    ) -> T {
        // SAFETY: `f` lays out and checks, which calls nothing that reads from here, so that
        // this is the only reference.
        let parts = unsafe { &mut *self.0.get() };
        let at = part as usize;
        if parts.len() <= at {
            parts.resize_with(at + 1, CheckedPart::default);
        }
        let part = &mut parts[at];
        part.schema = Some(schema);
        f(&mut part.checked)
    }

    /// Changes places with those of another request.
    ///
    /// # Safety
    /// This runs between two calls, so that no native holds a reference into either.
    pub(crate) unsafe fn swap(&self, other: &CheckedParts) {
        // SAFETY: the caller sees to it that neither is borrowed, and they are two.
        unsafe { std::ptr::swap(self.0.get(), other.0.get()) };
    }

    /// Lets go of what is there.
    pub(crate) fn reset(&self) {
        // SAFETY: this runs between two calls, so that no native holds a reference.
        let parts = unsafe { &mut *self.0.get() };
        for part in parts {
            part.checked.clear();
        }
    }

    /// A value, and its schema, by a path from the value that was checked.
    pub(crate) fn whole(&self, part: i32, path: i32) -> Option<(&Checked, &'static Schema, Value)> {
        let CheckedPart { checked, schema } = self.get(part)?;
        let mut schema = (*schema)?;
        for field in fields(path) {
            schema = &schema.fields().get(field as usize)?.schema;
        }
        Some((checked, schema, checked.part(VALUE, path)))
    }

    /// A value.
    pub(crate) fn part(&self, part: i32, base: i32, path: i32) -> Value {
        let found = self.get(part);
        found.map_or(Value::Absent, |found| found.checked.part(base, path))
    }

    /// A list's first slot and its length.
    pub(crate) fn list(&self, part: i32, base: i32, path: i32) -> (u32, u32) {
        match self.part(part, base, path) {
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
pub(crate) trait Parts {
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
