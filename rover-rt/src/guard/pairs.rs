//! Names and texts: a query, a form, the path's parameters. Texts become what the schema
//! asks for.

use std::borrow::Cow;

use rover_model::guard::{Checked, Field, Got, Kind, Schema, Value, value_of};

use super::names::Names;
use crate::message::decode::form_pairs;
use crate::message::form::{self, Value as FormValue};
use crate::message::request::RequestData;

/// Lays out a query.
pub(crate) fn read_query(checked: &mut Checked, schema: &Schema, query: &str) {
    let pairs = form_pairs(query.as_bytes()).map(|(name, value)| (name, Given::Text(value)));
    read(checked, schema, pairs);
}

/// Lays out a form.
pub(crate) fn read_form(checked: &mut Checked, schema: &Schema, fields: &[form::Field<'_>]) {
    let pairs = fields.iter().enumerate().map(|(at, field)| {
        let value = match &field.value {
            FormValue::Text(text) => Given::Text(Cow::Borrowed(text.as_ref())),
            FormValue::File(_) => Given::File(at as u32),
        };
        (Cow::Borrowed(field.name.as_ref()), value)
    });
    read(checked, schema, pairs);
}

/// Lays out the path's parameters, which are UTF-8.
pub(crate) fn read_params(checked: &mut Checked, schema: &Schema, request: &RequestData<'_>) {
    let pairs = request.params.iter().map(|param| {
        let value = std::str::from_utf8(request.path.param(param)).unwrap_or_default();
        (
            Cow::Borrowed(&*param.name),
            Given::Text(Cow::Borrowed(value)),
        )
    });
    read(checked, schema, pairs);
}

/// What stands behind a name.
enum Given<'a> {
    Text(Cow<'a, str>),
    /// A file, by its number in the form.
    File(u32),
}

fn read<'a>(
    checked: &mut Checked,
    schema: &Schema,
    pairs: impl Iterator<Item = (Cow<'a, str>, Given<'a>)>,
) {
    let Kind::Object(fields) = &schema.kind else {
        checked.root = Value::Other(Got::Object);
        return;
    };
    let first = checked.object(fields.len());
    let mut names = Names::default();
    let mut items = Vec::new();
    for (name, given) in pairs {
        let Some(at) = names.find(fields, &name) else {
            continue;
        };
        match fields[at].schema.kind {
            Kind::Array(..) => items.push((at, given)),
            // Of repeated names the last one counts.
            _ => {
                let value = value(checked, &fields[at].schema, &given);
                checked.set(first + at as u32, value);
            }
        }
    }
    // Those of one list stay in their order.
    items.sort_by_key(|(at, _)| *at);
    for items in items.chunk_by(|(at, _), (next, _)| at == next) {
        list(checked, fields, first, items);
    }
    checked.root = Value::Object { first };
}

/// Lays out all values of a name, which are not none.
fn list(checked: &mut Checked, fields: &[Field], slots: u32, items: &[(usize, Given<'_>)]) {
    let Some((at, _)) = items.first() else {
        return;
    };
    let Kind::Array(element, _) = &fields[*at].schema.kind else {
        return;
    };
    let begin = checked.begin_array();
    for (_, given) in items {
        let value = value(checked, element, given);
        checked.push(value);
    }
    let (first, length) = checked.end_array(begin);
    checked.set(slots + *at as u32, Value::Array { first, length });
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
    value_of(schema, text, |text| checked.text(text.as_bytes()))
}
