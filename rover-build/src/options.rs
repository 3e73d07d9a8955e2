//! The options of `rover.server`, checked.

use full_moon::ast::{Call, Expression, Field, FunctionArgs, FunctionCall, Prefix, Suffix};
use full_moon::visitors::Visitor;
use rover_model::{LogLevel, OPTIONS, parse_duration, parse_log_level, parse_size};

use crate::collect::OptionValue;
use crate::diagnostic::{Diagnostic, Position};
use crate::load::Sources;
use crate::model::{App, Options, Route};
use crate::suggest::nearest;
use crate::tree::{position, text};

pub(crate) fn options(
    sources: &Sources,
    given: &[(String, OptionValue)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Options {
    let mut options = Options {
        host: "127.0.0.1".to_owned(),
        port: 4242,
        workers: 0,
        log_level: LogLevel::Info,
        docs: true,
        body_limit: 1 << 20,
        deadline: 1000,
        deadlines: Vec::new(),
        title: None,
        version: None,
    };
    for (name, value) in given {
        if let Err(problem) = set_option(&mut options, name, value) {
            diagnostics.push(problem.at(option_position(sources, name), "this option"));
        }
    }
    options
}

fn whole(value: &OptionValue, max: f64) -> Option<f64> {
    match value {
        OptionValue::Number(n) if n.fract() == 0.0 && (0.0..=max).contains(n) => Some(*n),
        _ => None,
    }
}

fn set_option(options: &mut Options, name: &str, value: &OptionValue) -> Result<(), Diagnostic> {
    use OptionValue::{Boolean, Number, Text};
    let wrong = |rule: &str| Diagnostic::new(format!("`{name}` must be {rule}"));
    match (name, value) {
        ("host", Text(host)) if !host.is_empty() && !host.contains([' ', '/']) => {
            options.host.clone_from(host);
        }
        ("host", _) => return Err(wrong("an address or a host name")),
        ("port", value) => match whole(value, 65535.0) {
            Some(port) => options.port = port as u16,
            None => return Err(wrong("an integer from 0 to 65535")),
        },
        ("workers", value) => match whole(value, 1024.0) {
            Some(count) if count >= 1.0 => options.workers = count as usize,
            _ => return Err(wrong("an integer from 1 to 1024")),
        },
        ("log_level", Text(level)) => match parse_log_level(level) {
            Ok(level) => options.log_level = level,
            Err(error) => return Err(Diagnostic::new(error.to_string())),
        },
        ("log_level", _) => return Err(wrong("debug, info, warn, error or off")),
        ("docs", Boolean(docs)) => options.docs = *docs,
        ("docs", _) => return Err(wrong("true or false")),
        ("body_limit", Text(size)) => match parse_size(size) {
            Ok(size) => options.body_limit = size,
            Err(error) => return Err(Diagnostic::new(error.to_string())),
        },
        ("body_limit", Number(_)) => match whole(value, 9e15) {
            Some(size) => options.body_limit = size as u64,
            None => return Err(wrong("a whole number of bytes or a size such as \"1MiB\"")),
        },
        ("body_limit", _) => return Err(wrong("a number of bytes or a size such as \"1MiB\"")),
        ("deadline", value) => options.deadline = duration(value).map_err(Diagnostic::new)?,
        ("deadlines", OptionValue::Table(routes)) => {
            for (route, value) in routes {
                let millis = duration(value)
                    .map_err(|problem| Diagnostic::new(format!("{route}: {problem}")))?;
                options.deadlines.push((route.clone(), millis));
            }
        }
        ("deadlines", _) => {
            return Err(wrong("a table: { [\"GET /reports/{id}\"] = \"10s\" }"));
        }
        ("title", Text(text)) => options.title = Some(text.clone()),
        ("version", Text(text)) => options.version = Some(text.clone()),
        ("title" | "version", _) => return Err(wrong("a string")),
        _ => {
            let help = match nearest(name, OPTIONS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the options are: {}", OPTIONS.join(", ")),
            };
            return Err(Diagnostic::new(format!("unknown option `{name}`")).help(help));
        }
    }
    Ok(())
}

/// A time in milliseconds.
fn duration(value: &OptionValue) -> Result<u32, String> {
    let text = match value {
        OptionValue::Text(text) => text.clone(),
        OptionValue::Number(seconds) => seconds.to_string(),
        _ => return Err("a time is a number of seconds or a text such as \"250ms\"".to_owned()),
    };
    parse_duration(&text).map_err(|error| error.to_string())
}

/// The time that each route has, from the option `deadlines`.
pub(crate) fn set_deadlines(sources: &Sources, app: &mut App, diagnostics: &mut Vec<Diagnostic>) {
    let name = |route: &Route| format!("{} {}", route.method, route.pattern());
    for (wanted, millis) in &app.options.deadlines {
        match app.routes.iter_mut().find(|route| name(route) == *wanted) {
            Some(route) => route.deadline = *millis,
            None => {
                let names: Vec<String> = app.routes.iter().map(name).collect();
                let help = match nearest(wanted, names.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "a route is written as `GET /users/{id}`".to_owned(),
                };
                diagnostics.push(
                    Diagnostic::new(format!("there is no route `{wanted}`"))
                        .at(option_position(sources, "deadlines"), "this option")
                        .help(help),
                );
            }
        }
    }
}

/// Where an option is written, as far as can be seen: its field in the constructor that
/// `rover.server` is called with, or else that call.
fn option_position(sources: &Sources, name: &str) -> Position {
    let found = sources.files.iter().find_map(|file| {
        let mut finder = Finder {
            file: &file.name,
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
        if text(rover) != "rover" || server.to_string().trim() != ".server" {
            return;
        }
        self.call = Some(position(self.file, rover));
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
                && text(key) == self.option
            {
                self.field = Some(position(self.file, key));
            }
        }
    }
}
