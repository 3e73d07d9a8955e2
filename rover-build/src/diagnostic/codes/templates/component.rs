//! `{{ crad { } }}`

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};
use crate::diagnostic::near::did_you_mean;
use crate::vocabulary::nearest;

pub(super) const CODE: Code = code!(Error, "R0704", "a component that there is none of");

/// Why a local of the file around the template is not there.
pub(super) const NO_LOCALS: &str = "a template sees its data and components, not the file's locals";

/// A name, with the components that there are.
pub(crate) fn unknown<'a>(
    at: usize,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic<usize> {
    component(at, name, "called here").help(match nearest(name, known) {
        Some(near) => did_you_mean(near),
        None => format!(
            "define it as `function rover.html.{name}(props) ... end`; a function of the \
             data is called as `data.{name}(...)`"
        ),
    })
}

/// A local of the file around the template.
pub(crate) fn of_file(at: usize, name: &str) -> Diagnostic<usize> {
    component(at, name, "a local of the file").help(format!(
        "{NO_LOCALS}: pass it (`{{ {name} = {name} }}`) and call `data.{name}(...)`"
    ))
}

fn component(at: usize, name: &str, label: &str) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("no component `{name}`")).at(at, label)
}
