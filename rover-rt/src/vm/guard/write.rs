//! What was checked as JSON, without becoming a Lua value.

use rover_model::guard::{Checked, Kind, Schema, Value};

use crate::vm::write::error::EncodeError;
use crate::vm::write::scalar::{comma, number, string};

/// Appends a checked value that holds none of any kind; `source` is what it was read from.
pub(crate) fn write(
    out: &mut Vec<u8>,
    checked: &Checked,
    schema: &Schema,
    value: Value,
    source: &[u8],
) -> Result<(), EncodeError> {
    match value {
        Value::Boolean(value) => out.extend_from_slice(if value { b"true" } else { b"false" }),
        Value::Number(value) => number(value, out),
        Value::Text(text) => string(checked.bytes(source, text), out),
        Value::Array { first, length } => {
            out.push(b'[');
            if let Kind::Array(element, _) = &schema.kind {
                for item in 0..length {
                    if item > 0 {
                        out.push(b',');
                    }
                    let value = checked.slot(first + item);
                    write(out, checked, element, value, source)
                        .map_err(|e| e.within(format!("[{}]", item + 1)))?;
                }
            }
            out.push(b']');
        }
        Value::Object { first } => {
            out.push(b'{');
            for (slot, field) in (first..).zip(schema.fields()) {
                let value = checked.slot(slot);
                if value == Value::Absent {
                    continue;
                }
                comma(out);
                string(field.name.as_bytes(), out);
                out.push(b':');
                write(out, checked, &field.schema, value, source)
                    .map_err(|e| e.within(format!(".{}", field.name)))?;
            }
            out.push(b'}');
        }
        Value::Absent | Value::Null | Value::Any(_) | Value::Constant(_) | Value::Other(_) => {
            out.extend_from_slice(b"null");
        }
    }
    Ok(())
}
