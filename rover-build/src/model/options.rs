//! The options of `rover.server`, checked.

use rover_model::guard::PLACEHOLDER;
use rover_model::sessions::SessionOptions;
use rover_model::{FieldProblem, OptionValue, ServerOptions, SetError, StateOptions, WrongField};

use crate::analyse::names::Names;
use crate::collect::Collected;
use crate::collect::option_value::has_placeholder;
use crate::diagnostic::codes::options::{environment, route, unknown, value};
use crate::diagnostic::codes::words::unavailable;
use crate::diagnostic::{Diagnostic, Position};
use crate::model::app::{App, Route};
use crate::model::elsewhere::has_state;
use crate::model::environment::{is_compiled_in, is_of_start};
use crate::model::option_places::{Inner, Of, position};
use crate::vocabulary::{self, OPTIONS};

pub(crate) fn options(
    names: &Names<'_>,
    collected: &Collected,
    diagnostics: &mut Vec<Diagnostic>,
) -> ServerOptions {
    let mut options = ServerOptions::default();
    for (name, value) in &collected.options {
        let wrong = match is_of_start(collected, name, value) {
            // The value of the start is looked at there, and the plan has none.
            true if is_compiled_in(name) => {
                let at = option_position(names, name, Inner::Whole);
                diagnostics.push(environment::compiled_in(at, name));
                Ok(())
            }
            true if has_placeholder(value) && !matches!(value, OptionValue::Table(_)) => Ok(()),
            true => {
                let value = &without_placeholders(value);
                let set = ServerOptions::default().set(name, value);
                set.or_else(but_of_start)
            }
            false => options.set(name, value),
        };
        if let Err(error) = wrong {
            diagnostics.extend(problems(names, Of::Option(name), name, error));
        }
    }
    // Which server it is, the start says.
    if has_state(collected) {
        options.state.get_or_insert(StateOptions::MEMORY);
    }
    // Where it is kept is known, also where the secret is not.
    options.sessions_in_database = SessionOptions::are_in_database(collected.sessions());
    options
}

/// The name of the sessions' cookie, as far as it is known in the build.
pub(crate) fn session_cookie(collected: &Collected) -> String {
    let name = SessionOptions::cookie(collected.sessions());
    let known = name.filter(|name| !name.contains(PLACEHOLDER));
    known.unwrap_or(SessionOptions::NAME).to_owned()
}

/// The fields of an option's table that do not stand for what the start gives.
fn without_placeholders(value: &OptionValue) -> OptionValue {
    match value {
        OptionValue::Table(fields) => {
            let fields = fields.iter().filter(|(_, value)| !has_placeholder(value));
            OptionValue::Table(fields.cloned().collect())
        }
        value => value.clone(),
    }
}

/// What is wrong whatever the start gives: a field that is missing may be among that.
pub(crate) fn but_of_start(error: SetError) -> Result<(), SetError> {
    let SetError::Fields(mut wrong) = error else {
        return Err(error);
    };
    wrong.retain(|wrong| match &wrong.problem {
        FieldProblem::Missing(_) => false,
        FieldProblem::Value { problem, .. } => !problem.contains(PLACEHOLDER),
        FieldProblem::Unknown(_) => true,
    });
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(SetError::Fields(wrong)),
    }
}

fn option_position(names: &Names<'_>, option: &str, inner: Inner<'_>) -> Position {
    position(names, Of::Option(option), inner)
}

pub(crate) fn problems(
    names: &Names<'_>,
    of: Of<'_>,
    name: &str,
    error: SetError,
) -> Vec<Diagnostic> {
    let here = || position(names, of, Inner::Whole);
    match error {
        SetError::Value(error) => vec![value::wrong(here(), error)],
        SetError::Unknown if vocabulary::is_planned(OPTIONS, name) => {
            vec![unavailable::option(here(), name)]
        }
        SetError::Unknown => {
            vec![unknown::option(here(), name, vocabulary::members(OPTIONS))]
        }
        SetError::Routes(wrong) => {
            let wrong = wrong.into_iter().map(|(route, error)| {
                let position = position(names, of, Inner::Field(&route));
                value::wrong_for_route(position, name, error)
            });
            wrong.collect()
        }
        SetError::Items(wrong) => {
            let wrong = wrong.into_iter().map(|wrong| {
                let position = position(names, of, Inner::Item(wrong.at));
                value::wrong_item(position, name, &wrong.problem, &wrong.help)
            });
            wrong.collect()
        }
        SetError::Fields(wrong) => {
            let wrong = wrong.into_iter();
            wrong.map(|wrong| field(names, of, name, wrong)).collect()
        }
    }
}

/// What is wrong with a field of an option's table.
fn field(names: &Names<'_>, of: Of<'_>, option: &str, wrong: WrongField) -> Diagnostic {
    let WrongField { field, at, problem } = wrong;
    let inner = match at {
        Some(at) => Inner::ItemOf(&field, at),
        None => Inner::Field(&field),
    };
    let place = position(names, of, inner);
    match problem {
        FieldProblem::Unknown(known) => unknown::field(place, option, &field, &known),
        FieldProblem::Missing(help) => value::missing_field(place, option, &field, &help),
        FieldProblem::Value { problem, help } if at.is_some() => {
            value::wrong_item(place, &format!("{option}.{field}"), &problem, &help)
        }
        FieldProblem::Value { problem, help } => {
            value::wrong_field(place, option, &field, &problem, &help)
        }
    }
}

/// What each route has of its own, from the options `deadlines`, `timeouts` and
/// `body_limits`.
pub(crate) fn set_by_route(names: &Names<'_>, app: &mut App, diagnostics: &mut Vec<Diagnostic>) {
    let App {
        options, routes, ..
    } = app;
    let known: Vec<String> = routes.iter().map(name).collect();
    let place = |wanted: &str| known.iter().position(|name| name == wanted);
    let mut missing = |option, wanted: &str| {
        let position = option_position(names, option, Inner::Field(wanted));
        let known = known.iter().map(String::as_str);
        diagnostics.push(route::unknown(position, option, wanted, known));
    };
    for (name, millis) in &options.deadlines {
        match place(name) {
            Some(at) => routes[at].deadline = *millis,
            None => missing("deadlines", name),
        }
    }
    for (name, millis) in &options.timeouts {
        match place(name) {
            Some(at) => routes[at].timeout = *millis,
            None => missing("timeouts", name),
        }
    }
    for (name, bytes) in &options.body_limits {
        match place(name) {
            Some(at) => routes[at].body_limit = *bytes,
            None => missing("body_limits", name),
        }
    }
}

/// A route as people name it: `GET /users/{id}`.
fn name(route: &Route) -> String {
    format!("{} {}", route.method, route.pattern())
}
