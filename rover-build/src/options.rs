//! The options of `rover.server`, checked.

use full_moon::ast::{Call, Expression, Field, FunctionArgs, FunctionCall, Prefix, Suffix};
use full_moon::visitors::Visitor;
use rover_model::{Limits, OPTIONS, OptionValue, ServerOptions, SetError};

use crate::diagnostic::{Diagnostic, Position};
use crate::load::Sources;
use crate::model::{App, Route};
use crate::suggest::nearest;
use crate::tree::position;
use crate::vocabulary;

pub(crate) fn options(
    sources: &Sources,
    given: &[(String, OptionValue)],
    diagnostics: &mut Vec<Diagnostic>,
) -> ServerOptions {
    let mut options = ServerOptions::default();
    for (name, value) in given {
        if let Err(error) = options.set(name, value) {
            diagnostics
                .push(problem(name, error).at(option_position(sources, name), "this option"));
        }
    }
    options
}

fn problem(name: &str, error: SetError) -> Diagnostic {
    match error {
        SetError::Value(error) => Diagnostic::new(error.to_string()),
        SetError::Unknown if vocabulary::is_planned("option", name) => {
            let message = vocabulary::unavailable(name);
            Diagnostic::new(format!("the option {message}"))
        }
        SetError::Unknown => {
            let names = || OPTIONS.iter().chain(Limits::NAMES).copied();
            let help = match nearest(name, names()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "the options are: {}",
                    names().collect::<Vec<_>>().join(", ")
                ),
            };
            Diagnostic::new(format!("unknown option `{name}`")).help(help)
        }
    }
}

/// What each route has of its own, from the options `deadlines` and `body_limits`.
pub(crate) fn set_by_route(sources: &Sources, app: &mut App, diagnostics: &mut Vec<Diagnostic>) {
    let App {
        options, routes, ..
    } = app;
    for (name, millis) in &options.deadlines {
        match route(routes, name) {
            Ok(route) => route.deadline = *millis,
            Err(problem) => diagnostics.push(unknown_route(sources, "deadlines", problem)),
        }
    }
    for (name, bytes) in &options.body_limits {
        match route(routes, name) {
            Ok(route) => route.body_limit = *bytes,
            Err(problem) => diagnostics.push(unknown_route(sources, "body_limits", problem)),
        }
    }
}

/// The route of a name such as `GET /users/{id}`.
fn route<'r>(routes: &'r mut [Route], wanted: &str) -> Result<&'r mut Route, Diagnostic> {
    let name = |route: &Route| format!("{} {}", route.method, route.pattern());
    let names: Vec<String> = routes.iter().map(name).collect();
    match names.iter().position(|name| name == wanted) {
        Some(index) => Ok(&mut routes[index]),
        None => {
            let help = match nearest(wanted, names.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a route is written as `GET /users/{id}`".to_owned(),
            };
            Err(Diagnostic::new(format!("there is no route `{wanted}`")).help(help))
        }
    }
}

fn unknown_route(sources: &Sources, option: &str, problem: Diagnostic) -> Diagnostic {
    problem.at(option_position(sources, option), "this option")
}

/// Where an option is written, as far as can be seen: its field in the constructor that
/// `rover.server` is called with, or else that call.
fn option_position(sources: &Sources, name: &str) -> Position {
    let found = sources.files.iter().find_map(|file| {
        let mut finder = Finder {
            file: &file.name,
            text: &file.text,
            option: name,
            call: None,
            field: None,
        };
        finder.visit_ast(&file.ast);
        finder.field.or(finder.call)
    });
    found.unwrap_or_else(|| Position {
        file: sources.files[0].name.clone(),
        line: 1,
        column: 0,
    })
}

struct Finder<'a> {
    file: &'a str,
    text: &'a str,
    option: &'a str,
    call: Option<Position>,
    field: Option<Position>,
}

impl Visitor for Finder<'_> {
    fn visit_function_call(&mut self, call: &FunctionCall) {
        let Prefix::Name(rover) = call.prefix() else {
            return;
        };
        let suffixes: Vec<&Suffix> = call.suffixes().collect();
        let [
            Suffix::Index(server),
            Suffix::Call(Call::AnonymousCall(arguments)),
            ..,
        ] = suffixes.as_slice()
        else {
            return;
        };
        if rover.token().to_string() != "rover" || server.to_string().trim() != ".server" {
            return;
        }
        self.call = Some(position(self.file, self.text, rover));
        let table = match &**arguments {
            FunctionArgs::TableConstructor(table) => table,
            FunctionArgs::Parentheses { arguments, .. } => match arguments.iter().next() {
                Some(Expression::TableConstructor(table)) => table,
                _ => return,
            },
            _ => return,
        };
        for field in table.fields() {
            if let Field::NameKey { key, .. } = field
                && key.token().to_string() == self.option
            {
                self.field = Some(position(self.file, self.text, key));
            }
        }
    }
}
