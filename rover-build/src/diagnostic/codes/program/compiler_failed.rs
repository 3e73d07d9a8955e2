//! The compiler's own fault.

use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0110", "a fault of the compiler itself");

pub(crate) fn vm(error: &dyn fmt::Display) -> Diagnostic {
    Diagnostic::new(CODE, format!("the compiler's VM failed: {error}"))
}
