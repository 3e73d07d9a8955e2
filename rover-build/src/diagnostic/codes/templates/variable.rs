//! `{{ titel }}`

use super::component::NO_LOCALS;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0703", "a variable that the template does not have");

/// A name, with the fields that the data has.
pub(crate) fn unknown(at: usize, name: &str, fields: &[String]) -> Diagnostic<usize> {
    let help = match nearest(name, fields.iter().map(String::as_str)) {
        Some(near) => did_you_mean(near),
        None if fields.is_empty() => "the data has no fields".to_owned(),
        None => format!("there is: {}", fields.join(", ")),
    };
    variable(at, name, "the data has no such field").help(help)
}

/// A local of the file around the template.
pub(crate) fn of_file(at: usize, name: &str) -> Diagnostic<usize> {
    variable(at, name, "a local of the file, no field of the data")
        .help(format!("{NO_LOCALS}: pass it, `{{ {name} = {name} }}`"))
}

fn variable(at: usize, name: &str, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("unknown variable `{name}`")).at(at, label)
}

/// `{{ title = 1 }}`
pub(crate) fn assigned(at: usize, name: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("`{name}` is no local of the template"))
        .at(at, "assigned here")
        .help(format!("write `{{{{ local {name} = ... }}}}`"))
}
