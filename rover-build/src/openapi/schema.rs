//! JSON Schema, of types that were seen.

use rover_model::guard::Schema;
use serde_json::{Map, Value, json};

use super::guard::{self, Source};
use crate::analyse::types::ValueType;
use crate::model::app::Route;

/// The schemas that have a name, and which of them are used.
#[derive(Default)]
pub(super) struct Components {
    schemas: Map<String, Value>,
    responses: Map<String, Value>,
    /// The bodies of all routes that a guard checks.
    bodies: Vec<Value>,
}

impl Components {
    pub(super) fn new(routes: &[Route]) -> Self {
        let bodies = routes
            .iter()
            .filter_map(|route| route.expects.body.as_ref());
        let objects = bodies.filter(|schema| !schema.fields().is_empty());
        Components {
            bodies: objects
                .map(|schema| guard::schema(schema, Source::Json))
                .collect(),
            ..Components::default()
        }
    }

    /// What a guard asks of a body: under a name, that of its first operation, where
    /// several routes ask the same.
    pub(super) fn checked(&mut self, schema: &Schema, id: &str) -> Value {
        let schema = guard::schema(schema, Source::Json);
        if self.bodies.iter().filter(|other| **other == schema).count() < 2 {
            return schema;
        }
        let known = self.schemas.iter().find(|(_, known)| **known == schema);
        let name = match known {
            Some((name, _)) => name.clone(),
            None => {
                let (first, rest) = id.split_at(1);
                format!("{}{rest}Body", first.to_uppercase())
            }
        };
        self.named(&name, || schema)
    }

    /// The object `components`.
    pub(super) fn value(self) -> Value {
        let mut value = json!({ "schemas": self.schemas });
        if !self.responses.is_empty() {
            value["responses"] = Value::Object(self.responses);
        }
        value
    }

    /// A reference to a response that many routes have.
    pub(super) fn response(&mut self, name: &str, response: Value) -> Value {
        self.responses.insert(name.to_owned(), response);
        json!({ "$ref": format!("#/components/responses/{name}") })
    }

    fn named(&mut self, name: &str, schema: impl FnOnce() -> Value) -> Value {
        self.schemas.entry(name.to_owned()).or_insert_with(schema);
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// The form of an error.
    pub(super) fn error(&mut self) -> Value {
        self.named("Error", || {
            json!({
                "type": "object",
                "required": ["error"],
                "properties": {
                    "error": { "type": "string" },
                    "request_id": { "type": "string" },
                },
            })
        })
    }

    /// What `on_error` answers, under a name for each of its types.
    pub(super) fn server_error(&mut self, of: &ValueType) -> Value {
        let schema = value_type(of);
        let mut name = "ServerError".to_owned();
        while self
            .schemas
            .get(&name)
            .is_some_and(|known| *known != schema)
        {
            name.push('_');
        }
        self.named(&name, || schema)
    }

    /// Whether a type is what `error` is.
    pub(super) fn is_error(&self, value_type: &ValueType) -> bool {
        matches!(value_type, ValueType::Object(fields)
            if matches!(fields.as_slice(), [(name, ValueType::String)] if name == "error"))
    }

    /// What a guard finds wrong.
    pub(super) fn validation_errors(&mut self) -> Value {
        self.named("ValidationErrors", || {
            json!({
                "type": "object",
                "required": ["errors"],
                "properties": {
                    "errors": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["field", "message", "type"],
                            "properties": {
                                "field": { "type": "string" },
                                "message": { "type": "string" },
                                "type": {
                                    "enum": [
                                        "required", "type", "enum", "range", "length", "pattern",
                                        "format",
                                    ],
                                },
                            },
                        },
                    },
                },
            })
        })
    }
}

pub(super) fn value_type(of: &ValueType) -> Value {
    match of {
        ValueType::Any => json!({}),
        ValueType::Nil | ValueType::Null => json!({ "type": "null" }),
        ValueType::Boolean => json!({ "type": "boolean" }),
        ValueType::Number => json!({ "type": "number" }),
        ValueType::Integer => json!({ "type": "integer" }),
        ValueType::String => json!({ "type": "string" }),
        ValueType::Enum(labels) => json!({ "type": "string", "enum": labels }),
        ValueType::Map(value) => {
            json!({ "type": "object", "additionalProperties": value_type(value) })
        }
        ValueType::Array(item) => json!({ "type": "array", "items": value_type(item) }),
        ValueType::List(item) => json!({
            "anyOf": [
                { "type": "array", "items": value_type(item) },
                { "type": "object", "maxProperties": 0 },
            ],
        }),
        ValueType::Maybe(inner) => value_type(inner),
        ValueType::Column(inner) => column(inner),
        ValueType::OneOf(all) => json!({ "anyOf": all.iter().map(value_type).collect::<Vec<_>>() }),
        ValueType::Object(fields) => object(fields),
    }
}

/// A value or `null`.
fn column(of: &ValueType) -> Value {
    let all = match of {
        ValueType::Any => return json!({}),
        ValueType::OneOf(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    let all = all.iter().chain([&ValueType::Null]).map(value_type);
    json!({ "anyOf": all.collect::<Vec<_>>() })
}

fn object(fields: &[(String, ValueType)]) -> Value {
    let certain = |value_type: &ValueType| {
        !matches!(
            value_type,
            ValueType::Any | ValueType::Maybe(_) | ValueType::Nil
        )
    };
    let required: Vec<&str> = fields
        .iter()
        .filter(|(_, value_type)| certain(value_type))
        .map(|(name, _)| name.as_str())
        .collect();
    // An absent field is `nil`.
    let present = fields
        .iter()
        .filter(|(_, value_type)| *value_type != ValueType::Nil);
    let properties: Map<String, Value> = present
        .map(|(name, field)| (name.clone(), value_type(field)))
        .collect();
    let mut schema = json!({ "type": "object" });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    if !properties.is_empty() {
        schema["properties"] = Value::Object(properties);
    }
    schema
}
