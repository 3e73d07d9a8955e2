//! Names and texts: a query, a form, the path's parameters. Texts become what the schema
//! asks for.

use std::borrow::Cow;

use rover_model::guard::{Checked, Field, Got, Kind, Schema, Value, number_of, truth_of};

use crate::decode::form_pairs;
use crate::form::{self, Value as FormValue};
use crate::request::RequestData;

/// Lays out a query.
pub(crate) fn read_query(checked: &mut Checked, schema: &Schema, query: &str) {
    let pairs = || form_pairs(query.as_bytes()).map(|(name, value)| (name, Given::Text(value)));
    read(checked, schema, pairs);
}

/// Lays out a form.
pub(crate) fn read_form(checked: &mut Checked, schema: &Schema, fields: &[form::Field<'_>]) {
    let pairs = || {
        fields.iter().enumerate().map(|(at, field)| {
            let value = match &field.value {
                FormValue::Text(text) => Given::Text(Cow::Borrowed(text.as_ref())),
                FormValue::File(_) => Given::File(at as u32),
            };
            (Cow::Borrowed(field.name.as_ref()), value)
        })
    };
    read(checked, schema, pairs);
}

/// Lays out the path's parameters, which are UTF-8.
pub(crate) fn read_params(checked: &mut Checked, schema: &Schema, request: &RequestData<'_>) {
    let pairs = || {
        request.params.iter().map(|param| {
            let value = std::str::from_utf8(param.value(request.path)).unwrap_or_default();
            (Cow::Borrowed(param.name), Given::Text(Cow::Borrowed(value)))
        })
    };
    read(checked, schema, pairs);
}

/// What stands behind a name.
enum Given<'a> {
    Text(Cow<'a, str>),
    /// A file, by its number in the form.
    File(u32),
}

fn read<'a, I>(checked: &mut Checked, schema: &Schema, pairs: impl Fn() -> I)
where
    I: Iterator<Item = (Cow<'a, str>, Given<'a>)>,
{
    let Kind::Object(fields) = &schema.kind else {
        checked.root = Value::Other(Got::Object);
        return;
    };
    let first = checked.object(fields.len());
    for (name, given) in pairs() {
        if let Some(at) = fields.iter().position(|field| field.name == name) {
            // Of repeated names the last one counts, except in lists.
            if !matches!(fields[at].schema.kind, Kind::Array(..)) {
                let value = value(checked, &fields[at].schema, &given);
                checked.set(first + at as u32, value);
            }
        }
    }
    for (slot, field) in (first..).zip(fields.as_ref()) {
        if let Kind::Array(element, _) = &field.schema.kind {
            let value = list(checked, field, element, pairs());
            checked.set(slot, value);
        }
    }
    checked.root = Value::Object { first };
}

/// All values of a name; absent where there are none.
fn list<'a>(
    checked: &mut Checked,
    field: &Field,
    element: &Schema,
    pairs: impl Iterator<Item = (Cow<'a, str>, Given<'a>)>,
) -> Value {
    let begin = checked.begin_array();
    let mut empty = true;
    for (_, given) in pairs.filter(|(name, _)| *name == field.name) {
        let value = value(checked, element, &given);
        checked.push(value);
        empty = false;
    }
    let (first, length) = checked.end_array(begin);
    match empty {
        true => Value::Absent,
        false => Value::Array { first, length },
    }
}

fn value(checked: &mut Checked, schema: &Schema, given: &Given<'_>) -> Value {
    let text = match given {
        Given::Text(text) => text,
        Given::File(at) => {
            return match schema.kind {
                Kind::Any => Value::Any(*at),
                _ => Value::Other(Got::File),
            };
        }
    };
    match &schema.kind {
        Kind::String(_) | Kind::Any => Value::Text(checked.text(text.as_bytes())),
        // A field of a form that was left empty.
        Kind::Number(_) | Kind::Integer(_) | Kind::Boolean if text.is_empty() => Value::Absent,
        Kind::Number(_) | Kind::Integer(_) => {
            number_of(text).map_or(Value::Other(Got::String), Value::Number)
        }
        Kind::Boolean => truth_of(text).map_or(Value::Other(Got::String), Value::Boolean),
        Kind::Array(..) | Kind::Object(_) => Value::Other(Got::String),
    }
}
