//! An error that the chunk raised while its routes were collected: where, and what it means.

use mlua::{Function, Lua, Table, Value};

use crate::collect::kind;
use crate::diagnostic::{Diagnostic, Position};
use crate::explain;
use crate::load::Sources;

/// What was raised, and where the program was: the innermost place first.
pub(crate) struct Raised {
    message: String,
    frames: Vec<Position>,
}

/// Calls on the way to the error that are shown.
const MAX_CALLS: usize = 3;
/// Calls that are looked at: a recursion has any number of them.
const MAX_LEVELS: usize = 200;

/// Runs the chunk.
///
/// # Errors
/// With what it raised; of the VM itself, if that fails.
pub(crate) fn run(lua: &Lua, chunk: &Function) -> mlua::Result<Result<Value, Raised>> {
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
            message: message(lua, &raised.get("value")?),
            frames: positions(&raised.get("frames")?)?,
        },
        // The handler itself had no room.
        other => Raised {
            message: message(lua, &other),
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

/// What a raised value says. A table has no address here: it means nothing to anybody.
fn message(lua: &Lua, value: &Value) -> String {
    match value {
        Value::Error(error) => error.to_string(),
        Value::Table(table) => {
            let spoken = table
                .metatable()
                .and_then(|meta| meta.get::<Function>("__tostring").ok())
                .and_then(|spoken| spoken.call::<mlua::LuaString>(table).ok());
            let field = || table.raw_get::<mlua::LuaString>("message").ok();
            match spoken.or_else(field) {
                Some(text) => text.to_string_lossy(),
                None => "a table was raised, which has no text (no `__tostring`, no `message`)"
                    .to_owned(),
            }
        }
        Value::Nil => "`nil` was raised".to_owned(),
        Value::Boolean(_) | Value::String(_) | Value::Integer(_) | Value::Number(_) => lua
            .coerce_string(value.clone())
            .ok()
            .flatten()
            .map_or_else(|| format!("{value:?}"), |text| text.to_string_lossy()),
        other => format!("{} was raised, which has no text", kind(other)),
    }
}

impl Raised {
    pub(crate) fn diagnostic(self, sources: &Sources) -> Diagnostic {
        let ours = |p: &Position| sources.files.iter().any(|f| f.name == p.file);
        let frames: Vec<Position> = self.frames.into_iter().filter(ours).collect();
        let (message, named) = located(sources, &self.message, frames.first());
        let Some(place) = named.or_else(|| frames.first().cloned()) else {
            let nowhere = format!("error while the routes were collected: {message}");
            return match message.contains("stack overflow") {
                true => Diagnostic::new(nowhere).help("a function calls itself without an end"),
                false => Diagnostic::new(nowhere),
            };
        };
        let line = sources.line_text(&place).unwrap_or_default();
        let told = explain::explain(&message, line, place.file != sources.files[0].name);
        let place = Position {
            column: told.column.unwrap_or(place.column),
            ..place
        };
        let at = frames
            .iter()
            .position(|f| f.file == place.file && f.line == place.line);
        let mut diagnostic = Diagnostic::new(told.message).at(place.clone(), told.label);
        diagnostic.help = told.help;
        let mut calls = at.map_or_else(Vec::new, |at| frames[at + 1..].to_vec());
        calls.dedup();
        calls.retain(|call| call.file != place.file || call.line != place.line);
        for call in calls.into_iter().take(MAX_CALLS) {
            diagnostic = diagnostic.at(call, "called from here");
        }
        diagnostic
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
