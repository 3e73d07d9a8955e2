//! JSON Schema, of what a guard checks.

use rover_model::guard::{Constant, Kind, Length, Range, Schema, TextRules};
use serde_json::{Map, Value, json};

use super::pattern::expression;

/// What the values are written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// JSON, where a field that is `null` is an absent one.
    Json,
    /// The texts of a query, of parameters or of a form.
    Text,
}

pub(super) fn schema(of: &Schema, source: Source) -> Value {
    value(of, source, of.nullable && source == Source::Json)
}

/// What a form must be: not empty, for then there is no body.
pub(super) fn form(of: &Schema) -> Value {
    let mut form = schema(of, Source::Text);
    if form.get("required").is_none() {
        form["minProperties"] = json!(1);
    }
    for field in of.fields() {
        if let Kind::Array(element, length) = &field.schema.kind {
            let place = &mut form["properties"][field.name.as_ref()];
            // Names and values have no empty list, and a list of one looks like its element.
            place["minItems"] = json!(length.min.max(1));
            if length.min < 2 {
                *place = json!({ "anyOf": [place.take(), schema(element, Source::Text)] });
            }
        }
    }
    form
}

/// What a form in parts must be. Without a part it still has a body, and its names stand in
/// headers, which have no control characters; clients percent-encode the ends of lines.
pub(super) fn multipart(mut form: Value) -> Value {
    if let Some(form) = form.as_object_mut() {
        form.remove("minProperties");
        let pattern = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F]*$";
        form.insert("propertyNames".to_owned(), json!({ "pattern": pattern }));
    }
    form
}

/// Whether a form can have what is asked for: texts, and lists of them.
pub(super) fn fits_form(of: &Schema) -> bool {
    let scalar = |kind: &Kind| !matches!(kind, Kind::Array(..) | Kind::Object(_));
    matches!(of.kind, Kind::Object(_))
        && of.fields().iter().all(|field| match &field.schema.kind {
            Kind::Array(element, _) => scalar(&element.kind),
            kind => scalar(kind),
        })
}

fn value(of: &Schema, source: Source, nullable: bool) -> Value {
    let mut out = Map::new();
    let mut set = |key: &str, value: Value| drop(out.insert(key.to_owned(), value));
    match (&of.kind, nullable) {
        (Kind::Any, _) => {}
        (kind, true) => set("type", json!([kind.name(), "null"])),
        (kind, false) => set("type", json!(kind.name())),
    }
    match &of.kind {
        Kind::Any | Kind::Boolean => {}
        Kind::Number(range) | Kind::Integer(range) => bounds(range, &mut set),
        Kind::String(rules) => text(rules, nullable, &mut set),
        Kind::Array(element, length) => {
            set("items", schema(element, source));
            items(length, &mut set);
        }
        Kind::Object(fields) => {
            let required: Vec<&str> = fields
                .iter()
                .filter(|field| field.schema.required && field.schema.default.is_none())
                .map(|field| field.name.as_ref())
                .collect();
            if !required.is_empty() {
                set("required", json!(required));
            }
            let properties: Map<String, Value> = fields
                .iter()
                .map(|field| (field.name.to_string(), field_value(&field.schema, source)))
                .collect();
            set("properties", Value::Object(properties));
        }
    }
    if let Some(default) = &of.default {
        set("default", constant(default));
    }
    Value::Object(out)
}

fn field_value(of: &Schema, source: Source) -> Value {
    let absent = !of.required || of.default.is_some();
    value(
        of,
        source,
        (of.nullable || absent) && source == Source::Json,
    )
}

fn bounds(range: &Range, set: &mut dyn FnMut(&str, Value)) {
    if let Some(min) = range.min {
        set("minimum", number(min));
    }
    if let Some(max) = range.max {
        set("maximum", number(max));
    }
}

fn text(rules: &TextRules, nullable: bool, set: &mut dyn FnMut(&str, Value)) {
    if rules.length.min > 0 {
        set("minLength", json!(rules.length.min));
    }
    if let Some(max) = rules.length.max {
        set("maxLength", json!(max));
    }
    if !rules.choices.is_empty() {
        let choices = rules.choices.iter().map(|choice| json!(choice));
        let null = nullable.then_some(Value::Null);
        set("enum", choices.chain(null).collect());
    }
    if let Some(expression) = rules.pattern.as_deref().and_then(expression) {
        set("pattern", json!(expression));
    }
    if let Some(format) = rules.format {
        set("format", json!(format.name()));
    }
}

fn items(length: &Length, set: &mut dyn FnMut(&str, Value)) {
    if length.min > 0 {
        set("minItems", json!(length.min));
    }
    if let Some(max) = length.max {
        set("maxItems", json!(max));
    }
}

/// Whole numbers without a fraction, as Lua writes them.
fn number(value: f64) -> Value {
    match value.fract() == 0.0 && value.abs() < 9e15 {
        true => json!(value as i64),
        false => json!(value),
    }
}

fn constant(value: &Constant) -> Value {
    match value {
        Constant::Null => Value::Null,
        Constant::Boolean(value) => json!(value),
        Constant::Number(value) => number(*value),
        Constant::Text(text) => json!(text),
        Constant::List(items) => items.iter().map(constant).collect(),
        Constant::Record(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(name, value)| (name.to_string(), constant(value)));
            Value::Object(fields.collect())
        }
    }
}
