//! An error that the chunk raised while its routes were collected: where, and what it means.

use mlua::{Function, Lua, Table, Value};

use crate::collect::environment::Environment;
use crate::collect::explain;
use crate::diagnostic::codes::program as codes;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::ids::FileId;
use crate::front::load::Sources;

/// What was raised, and where the program was: the innermost place first.
pub(crate) struct Raised {
    message: String,
    frames: Vec<Position>,
}

/// Calls on the way to the error that are shown.
const MAX_CALLS: usize = 3;
/// Calls that are looked at: a recursion has any number of them.
const MAX_LEVELS: usize = 200;

/// Runs the chunk; `described` says what an error value is.
///
/// # Errors
/// With what it raised; of the VM itself, if that fails.
pub(crate) fn run(
    lua: &Lua,
    chunk: &Function,
    described: &Function,
) -> mlua::Result<Result<Value, Raised>> {
    let handler = lua.create_function(|lua, value: Value| {
        let raised = lua.create_table()?;
        raised.set("value", value)?;
        raised.set("frames", frames(lua)?)?;
        Ok(raised)
    })?;
    let protected = "local xpcall, chunk, handler = xpcall, ...\nreturn xpcall(chunk, handler)";
    let protected = lua.load(protected).set_name("=rover").into_function()?;
    let (ok, result): (bool, Value) = protected.call((chunk, handler))?;
    if ok {
        return Ok(Ok(result));
    }
    Ok(Err(match result {
        Value::Table(raised) => Raised {
            message: message(described, &raised.get("value")?),
            frames: positions(&raised.get("frames")?)?,
        },
        // The handler itself had no room.
        other => Raised {
            message: message(described, &other),
            frames: Vec::new(),
        },
    }))
}

/// Where every function that runs is, as far as it is of the program.
fn frames(lua: &Lua) -> mlua::Result<Table> {
    let found = lua.create_table()?;
    let mut level = 0;
    while level < MAX_LEVELS
        && let Some((source, line)) = lua.inspect_stack(level, |d| {
            (d.source().source.map(|s| s.into_owned()), d.current_line())
        })
    {
        if let (Some(source), Some(line)) = (source, line)
            && let Some(file) = source.strip_prefix('@')
        {
            let frame = lua.create_table()?;
            frame.set("file", file)?;
            frame.set("line", line)?;
            found.push(frame)?;
        }
        level += 1;
    }
    Ok(found)
}

fn positions(frames: &Table) -> mlua::Result<Vec<Position>> {
    let frames = frames.sequence_values::<Table>().map(|frame| {
        let frame = frame?;
        Ok(Position {
            file: frame.get("file")?,
            line: frame.get("line")?,
            column: 0,
        })
    });
    frames.collect()
}

/// What a raised value says.
fn message(described: &Function, value: &Value) -> String {
    match value {
        Value::Error(error) => error.to_string(),
        value => match described.call::<mlua::LuaString>(value) {
            Ok(text) => text.to_string_lossy(),
            Err(error) => error.to_string(),
        },
    }
}

impl Raised {
    pub(crate) fn diagnostic(self, sources: &Sources, environment: &Environment) -> Diagnostic {
        let ours = |p: &Position| sources.files.iter().any(|f| f.name == p.file);
        let frames: Vec<Position> = self.frames.into_iter().filter(ours).collect();
        let (message, named) = located(sources, &self.message, frames.first());
        let Some(place) = named.or_else(|| frames.first().cloned()) else {
            let diagnostic = codes::raised::nowhere(&message);
            let any = diagnostic.help.is_none();
            return environment.explain(diagnostic, None, any);
        };
        let line = sources.line_text(&place).unwrap_or_default();
        let in_module = place.file != sources.files[FileId::MANIFEST].name;
        let told = explain::explain(&message, line, in_module);
        let any = told.help.is_none();
        let diagnostic = told.placed(|column| Position {
            column: column.unwrap_or(place.column),
            ..place.clone()
        });
        let diagnostic = environment.explain(diagnostic, Some(&place), any);
        let at = frames
            .iter()
            .position(|f| f.file == place.file && f.line == place.line);
        // What a module raises, `require` raises again: where that is called is known still.
        let mut calls = match at {
            Some(at) => frames[at + 1..].to_vec(),
            None => frames
                .into_iter()
                .filter(|f| sources.requires_at(f))
                .collect(),
        };
        calls.dedup();
        calls.retain(|call| call.file != place.file || call.line != place.line);
        codes::raised::with_calls(diagnostic, calls.into_iter().take(MAX_CALLS))
    }
}

/// Splits `file:line: message`; the file must be one of ours.
pub(crate) fn located(
    sources: &Sources,
    error: &str,
    frame: Option<&Position>,
) -> (String, Option<Position>) {
    let text = error.split("\nstack traceback:").next().unwrap_or(error);
    let text = text
        .trim_start_matches("runtime error: ")
        .trim_start_matches("syntax error: ");
    for file in &sources.files {
        let Some(rest) = text.strip_prefix(&format!("{}:", file.name)) else {
            continue;
        };
        if let Some((line, message)) = rest.split_once(':')
            && let Ok(line) = line.parse()
        {
            let position = Position {
                file: file.name.clone(),
                line,
                column: 0,
            };
            return (message.trim().to_owned(), Some(position));
        }
    }
    // Lua cuts a long name: `...long/name.lua:3: message`.
    if let Some(frame) = frame
        && text.starts_with("...")
        && let Some((_, message)) = text.split_once(&format!(":{}: ", frame.line))
    {
        return (message.to_owned(), Some(frame.clone()));
    }
    (text.to_owned(), None)
}
