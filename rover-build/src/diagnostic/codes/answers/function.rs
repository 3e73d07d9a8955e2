//! `return api.no_content`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(Error, "R0507", "a handler that returns a function");

/// What a function is that is returned.
#[derive(Clone, Copy)]
pub(crate) enum Returned {
    /// `return function() ... end`
    Written,
    /// A function of the program.
    Named,
    /// `api.no_content`
    Builder,
    /// `rover.html.card`
    Component,
    /// `rover.template "page.html"`
    Template,
    /// What a call gives.
    Given,
}

/// `name` is what is returned, as it is written.
pub(crate) fn returned(at: Position, name: &str, what: Returned) -> Diagnostic {
    let call = || format!("call it: `{name}(...)`");
    let with_data = || format!("call it with its data: `{name} {{ ... }}`");
    let (label, help) = match what {
        Returned::Written => ("a function", "return what it gives".to_owned()),
        Returned::Named => ("a function that is not called", call()),
        Returned::Builder => ("a builder that is not called", call()),
        Returned::Component => ("a component that is not called", with_data()),
        Returned::Template => ("a template that is not called", with_data()),
        Returned::Given => ("this gives a function", call()),
    };
    Diagnostic::new(CODE, "a handler returns a function, which is no answer")
        .at(at, label)
        .help(help)
}
