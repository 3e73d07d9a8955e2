//! A Lua file that the system does not give.

use std::io;
use std::path::Path;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0101", "a Lua file that cannot be read");

pub(crate) fn file(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::new(CODE, format!("cannot read {}: {error}", path.display()))
}
