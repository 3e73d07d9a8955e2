//! Errors of the run that collects the routes.

use mlua::{Function, Lua, Value};
use std::cell::RefCell;
use std::rc::Rc;

use crate::diagnostic::{Diagnostic, Position};
use crate::load::Sources;

/// The variables of the environment that the program has asked for, and where.
pub(crate) type Environment = Rc<RefCell<Vec<(String, Position)>>>;

/// `os.getenv` of a build: the environment is empty, so that a program has the same routes
/// wherever it is built.
pub(crate) fn getenv(
    lua: &Lua,
    sources: &Sources,
    environment: &Environment,
) -> mlua::Result<Function> {
    let files: Vec<String> = sources.files.iter().map(|f| f.name.clone()).collect();
    let environment = Rc::clone(environment);
    lua.create_function(move |lua, name: mlua::LuaString| {
        let caller = |level| {
            lua.inspect_stack(level, |debug| {
                let source = debug.source().source?.into_owned();
                let file = source.strip_prefix('@')?;
                Some(Position {
                    file: files.iter().find(|known| *known == file)?.clone(),
                    line: debug.current_line()?,
                    column: 0,
                })
            })
        };
        let position = (1..).map_while(caller).flatten().next();
        let position = position.unwrap_or(Position {
            file: files[0].clone(),
            line: 1,
            column: 0,
        });
        let name = name.to_string_lossy();
        environment.borrow_mut().push((name, position));
        Ok(Value::Nil)
    })
}

/// What the program raised.
pub(crate) fn run_error(
    sources: &Sources,
    error: &mlua::Error,
    timed_out: Option<Position>,
    environment: &Environment,
) -> Diagnostic {
    if let Some(position) = timed_out {
        return Diagnostic::new("the manifest did not finish")
            .at(position, "still here after 2 seconds")
            .help("the chunk runs at build to learn the routes: it must end");
    }
    let (message, position) = located(sources, &error.to_string());
    let what = "error while the routes were collected";
    let environment = environment.borrow();
    let read = environment
        .iter()
        .find(|(_, place)| {
            let failed = position.as_ref();
            failed.is_some_and(|at| (&at.file, at.line) == (&place.file, place.line))
        })
        .or(environment.last());
    let diagnostic = match &position {
        Some(position) => Diagnostic::new(what).at(position.clone(), message),
        None => Diagnostic::new(format!("{what}: {message}")),
    };
    match read {
        None => diagnostic,
        Some((name, place)) => {
            let same =
                position.is_some_and(|at| (at.file, at.line) == (place.file.clone(), place.line));
            let place = match same {
                true => String::new(),
                false => format!(" ({}, line {})", place.file, place.line),
            };
            diagnostic.help(format!(
                "the environment is empty in the build: `os.getenv \"{name}\"`{place} is nil \
                 there. Read it in the handler, which has the environment of the start, or \
                 write a value for the build: `os.getenv \"{name}\" or \"\"`"
            ))
        }
    }
}

/// The message without its place, and the place: the one that the message begins with, or
/// the innermost line of the program that was running.
pub(crate) fn located(sources: &Sources, error: &str) -> (String, Option<Position>) {
    let (text, trace) = error
        .split_once("\nstack traceback:")
        .unwrap_or((error, ""));
    let text = text
        .trim_start_matches("runtime error: ")
        .trim_start_matches("syntax error: ");
    if let Some((message, position)) = placed(sources, text) {
        return (message.to_owned(), Some(position));
    }
    let mut frames = trace.lines().map(str::trim);
    let place = frames.find_map(|frame| Some(placed(sources, frame)?.1));
    (text.to_owned(), place)
}

/// Splits `file:line: message`; the file must be one of ours.
fn placed<'t>(sources: &Sources, text: &'t str) -> Option<(&'t str, Position)> {
    sources.files.iter().find_map(|file| {
        let rest = text.strip_prefix(file.name.as_str())?.strip_prefix(':')?;
        let (line, message) = rest.split_once(':')?;
        let position = Position {
            file: file.name.clone(),
            line: line.parse().ok()?,
            column: 0,
        };
        Some((message.trim(), position))
    })
}
