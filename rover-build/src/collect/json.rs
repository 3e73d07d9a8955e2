//! `rover.json` in the compiler's VM, by the rules of the runtime: the same reader, the same
//! numbers and strings, and a walk over tables for which speed does not count.

use std::cmp::Ordering;
use std::collections::HashMap;

use mlua::{Function, LightUserData, Lua, LuaString, Table, Value};
use rover_model::JSON_LUA;
use rover_model::json::write::{NumberText, string};
use rover_model::json::{Kind, MAX_DEPTH, Malformed, Reader};

/// Makes `{ json = , array = }`; `names` is the order of fields.
pub(crate) fn install(lua: &Lua, names: Vec<String>) -> mlua::Result<Table> {
    let array = lua.create_table()?;
    let ranks = names.into_iter().zip(0..).collect();
    let writer = Writer {
        ranks,
        array: array.clone(),
    };
    let encode = lua.create_function(move |lua, value: Value| {
        let mut out = Vec::new();
        let result = writer.value(&value, 0, &mut out);
        let text = match &result {
            Ok(()) => out,
            Err(wrong) => wrong.text().into_bytes(),
        };
        Ok((result.is_ok(), lua.create_string(text)?))
    })?;
    let metatable = array.clone();
    let decode = lua.create_function(move |lua, text: LuaString| {
        let text = text.as_bytes();
        let (mut reader, mut scratch) = (Reader::new(&text), String::new());
        let value = read(lua, &metatable, &mut reader, &mut scratch)?;
        Ok(match value.and_then(|value| reader.end().map(|()| value)) {
            Ok(value) => (true, value),
            Err(malformed) => {
                let text = lua.create_string(malformed.to_string())?;
                (false, Value::String(text))
            }
        })
    })?;
    let chunk = lua.load(JSON_LUA).set_name("=rover");
    chunk.call((encode, decode, array, raise(lua)?))
}

/// `raise(text)` for the runtime's functions in the compiler's VM. It finds the line as the
/// workers' does, so that a text that is caught while the program loads is the same in both.
pub(crate) fn raise(lua: &Lua) -> mlua::Result<Function> {
    lua.load(RAISE).set_name("=rover").call(())
}

const RAISE: &str = r#"
local error, getinfo = error, debug.getinfo
return function(text)
  local level, info = 2, getinfo(2, "Sl")
  while info and info.source == "=rover" do
    level = level + 1
    info = getinfo(level, "Sl")
  end
  local line = info and info.currentline or -1
  error((line > 0 and info.short_src .. ":" .. line .. ": " or "") .. text, 0)
end
"#;

/// A Lua error outside, a malformed text inside.
type Read = mlua::Result<Result<Value, Malformed>>;

/// Goes on with what a step of the reader gave.
macro_rules! step {
    ($step:expr) => {
        match $step {
            Ok(value) => value,
            Err(malformed) => return Ok(Err(malformed)),
        }
    };
}

fn read(lua: &Lua, array: &Table, reader: &mut Reader<'_>, scratch: &mut String) -> Read {
    Ok(Ok(match step!(reader.peek()) {
        Kind::Null => {
            step!(reader.null());
            Value::LightUserData(LightUserData(std::ptr::null_mut()))
        }
        Kind::Boolean => Value::Boolean(step!(reader.boolean())),
        Kind::Number => Value::Number(step!(reader.number())),
        Kind::String => Value::String(lua.create_string(step!(reader.string(scratch)))?),
        Kind::Array => {
            let table = lua.create_table()?;
            let mut more = step!(reader.begin_array());
            while more {
                table.raw_push(step!(read(lua, array, reader, scratch)?))?;
                more = step!(reader.next_element());
            }
            table.set_metatable(Some(array.clone()))?;
            Value::Table(table)
        }
        Kind::Object => {
            let table = lua.create_table()?;
            let mut more = step!(reader.begin_object());
            while more {
                let key = lua.create_string(step!(reader.key(scratch)))?;
                let value = match step!(read(lua, array, reader, scratch)?) {
                    Value::LightUserData(_) => Value::Nil,
                    value => value,
                };
                table.raw_set(key, value)?;
                more = step!(reader.next_field());
            }
            Value::Table(table)
        }
    }))
}

/// Why a value has no JSON form, and where in the value, from the inside out.
struct Wrong {
    reason: String,
    path: Vec<String>,
}

impl Wrong {
    fn new(reason: impl Into<String>) -> Self {
        Wrong {
            reason: reason.into(),
            path: Vec::new(),
        }
    }

    fn within(mut self, step: String) -> Self {
        self.path.push(step);
        self
    }

    fn text(&self) -> String {
        let path: String = self.path.iter().rev().map(String::as_str).collect();
        let path = path.strip_prefix('.').unwrap_or(&path);
        match path.len() {
            0 => self.reason.clone(),
            // A cycle's path has no end worth reading.
            201.. => format!("{} at {path:.200}...", self.reason),
            _ => format!("{} at {path}", self.reason),
        }
    }
}

impl From<mlua::Error> for Wrong {
    fn from(error: mlua::Error) -> Self {
        Wrong::new(error.to_string())
    }
}

struct Writer {
    ranks: HashMap<String, u32>,
    /// The metatable of arrays.
    array: Table,
}

impl Writer {
    fn value(&self, value: &Value, depth: u32, out: &mut Vec<u8>) -> Result<(), Wrong> {
        match value {
            Value::Nil => out.extend(b"null"),
            Value::LightUserData(address) if address.0.is_null() => out.extend(b"null"),
            Value::Boolean(value) => out.extend(value.to_string().bytes()),
            Value::Integer(value) => number(*value as f64, out),
            Value::Number(value) => number(*value, out),
            Value::String(text) => string(&text.as_bytes(), out),
            Value::Table(table) => return self.table(table, depth, out),
            other => {
                let kind = lua_type(other);
                return Err(Wrong::new(format!("a {kind} has no JSON form")));
            }
        }
        Ok(())
    }

    fn table(&self, table: &Table, depth: u32, out: &mut Vec<u8>) -> Result<(), Wrong> {
        if depth >= MAX_DEPTH {
            return Err(Wrong::new("nesting beyond 128 levels"));
        }
        let marked = table.metatable().is_some_and(|meta| meta == self.array);
        let length = table.raw_len();
        if marked || (length > 0 && is_sequence(table, length)?) {
            return self.elements(table, length, depth, out);
        }
        let mut fields = Vec::new();
        table.for_each(|key: Value, value: Value| {
            fields.push((key, value));
            Ok(())
        })?;
        fields.sort_by(|(a, _), (b, _)| self.compare(a, b));
        out.push(b'{');
        for (at, (key, value)) in fields.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            let step = match key {
                Value::String(text) => {
                    string(&text.as_bytes(), out);
                    format!(".{}", text.to_string_lossy())
                }
                Value::Integer(_) | Value::Number(_) => {
                    let mut text = NumberText::new();
                    let text = text.of(as_number(key).unwrap_or_default());
                    string(text.as_bytes(), out);
                    format!(".{text}")
                }
                other => {
                    let kind = lua_type(other);
                    return Err(Wrong::new(format!("a {kind} cannot be a key")));
                }
            };
            out.push(b':');
            self.value(value, depth + 1, out)
                .map_err(|wrong| wrong.within(step))?;
        }
        out.push(b'}');
        Ok(())
    }

    fn elements(
        &self,
        table: &Table,
        length: usize,
        depth: u32,
        out: &mut Vec<u8>,
    ) -> Result<(), Wrong> {
        out.push(b'[');
        for at in 1..=length {
            if at > 1 {
                out.push(b',');
            }
            self.value(&table.raw_get(at)?, depth + 1, out)
                .map_err(|wrong| wrong.within(format!("[{at}]")))?;
        }
        out.push(b']');
        Ok(())
    }

    /// Names that constructors know in their order, then numbers, then other names.
    fn compare(&self, a: &Value, b: &Value) -> Ordering {
        let rank = |key: &Value| match key {
            Value::String(text) => {
                let known = self.ranks.get(&text.to_string_lossy());
                known.copied().unwrap_or(u32::MAX)
            }
            _ => u32::MAX - 1,
        };
        rank(a).cmp(&rank(b)).then_with(|| match (a, b) {
            (Value::String(a), Value::String(b)) => (*a.as_bytes()).cmp(&*b.as_bytes()),
            _ => match (as_number(a), as_number(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => Ordering::Equal,
            },
        })
    }
}

/// Are the table's keys exactly 1..length?
fn is_sequence(table: &Table, length: usize) -> mlua::Result<bool> {
    let mut count = 0;
    let mut all = true;
    table.for_each(|key: Value, _: Value| {
        let key = as_number(&key).filter(|key| key.fract() == 0.0);
        all &= key.is_some_and(|key| key >= 1.0 && key <= length as f64);
        count += 1;
        Ok(())
    })?;
    Ok(all && count == length)
}

fn as_number(value: &Value) -> Option<f64> {
    match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Number(value) => Some(*value),
        _ => None,
    }
}

/// A value's type as Lua names it.
fn lua_type(value: &Value) -> &'static str {
    match value {
        Value::LightUserData(_) => "userdata",
        other => other.type_name(),
    }
}

fn number(value: f64, out: &mut Vec<u8>) {
    out.extend(NumberText::new().of(value).bytes());
}
