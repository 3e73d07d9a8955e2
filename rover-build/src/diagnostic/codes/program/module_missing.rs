//! `require` of a module that the program does not have.

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};
use crate::vocabulary::instead;

pub(super) const CODE: Code = code!(Error, "R0102", "a module that is not there");

/// A module, which LuaJIT itself may have for other programs.
pub(crate) fn module(at: Position, module: &str, withheld: bool) -> Diagnostic {
    let base = module.replace('.', "/");
    let help = match instead::module(module) {
        Some(instead) => instead.to_owned(),
        None if withheld => format!("programs do not have LuaJIT's `{module}`"),
        None => format!("modules stand beside the manifest: {base}.lua or {base}/init.lua"),
    };
    Diagnostic::new(CODE, format!("module `{module}` was not found"))
        .at(at, "required here")
        .help(help)
}
