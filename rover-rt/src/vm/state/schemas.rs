//! Schemas that the program makes while it runs.

use std::cell::{RefCell, UnsafeCell};

use rover_model::guard::{Schema, WrongVariable};

/// A schema that was made at run time, and the bytes that count for it.
pub(crate) struct MadeSchema {
    pub(crate) schema: Schema,
    pub(crate) bytes: usize,
}

/// What making schemas and reading by them keeps from one to the next.
#[derive(Default)]
pub(crate) struct Schemas {
    /// Where texts of JSON with escapes are put together.
    pub(crate) scratch: UnsafeCell<String>,
    /// The schema that was made of a plain table last.
    pub(crate) plain: UnsafeCell<Option<MadeSchema>>,
    /// What is wrong with the variables that `rover.env { ... }` has read.
    pub(crate) wrong_variables: RefCell<Vec<WrongVariable>>,
}
