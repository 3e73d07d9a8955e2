//! What the recording server has noted of one assignment.

use mlua::{Table, Value};

/// The path of an entry as people write it.
pub(super) fn path_of(entry: &Table) -> mlua::Result<String> {
    Ok(pattern(&entry.get::<Vec<mlua::LuaString>>("path")?))
}

/// The path as `Route::pattern` writes it.
pub(super) fn pattern(path: &[mlua::LuaString]) -> String {
    if path.is_empty() {
        return "/".to_owned();
    }
    let mut text = String::new();
    for key in path {
        let key = key.to_string_lossy();
        text.push('/');
        match (key.strip_prefix("p_"), key.strip_prefix("rest_")) {
            (Some(name), _) => text.push_str(&format!("{{{name}}}")),
            (_, Some(name)) => text.push_str(&format!("{{{name}...}}")),
            _ => text.push_str(&key),
        }
    }
    text
}

/// Where a handler's function begins: `routes.lua:12`.
pub(super) fn place(handler: &Value) -> mlua::Result<Option<String>> {
    let function = match handler {
        Value::Function(function) => Some(function.clone()),
        // One that is called like a function.
        Value::Table(table) => match table.metatable() {
            Some(meta) => meta.raw_get("__call")?,
            None => None,
        },
        _ => None,
    };
    let info = function.map(|function| function.info());
    Ok(info.and_then(|info| {
        let source = info.source?;
        let file = source.trim_start_matches(['@', '=']);
        Some(format!("{file}:{}", info.line_defined?))
    }))
}
