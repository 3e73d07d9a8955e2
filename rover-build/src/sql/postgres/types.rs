//! What the names of types stand for.

use super::grammar::{Node, kept};
use crate::analyse::types::ValueType;
use crate::sql::prepared::{Form, Takes};

/// A type, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Type {
    /// What its values are in a row.
    pub(super) value: ValueType,
    /// What a parameter of it takes.
    pub(super) takes: Option<Takes>,
}

impl Type {
    pub(super) const UNSEEN: Type = Type {
        value: ValueType::Any,
        takes: None,
    };

    /// One of PostgreSQL's own.
    pub(super) fn named(name: &str) -> Type {
        let (value, form, name) = match name {
            "int2" | "smallint" | "smallserial" | "serial2" => {
                (ValueType::Integer, Form::Integer(16), "smallint")
            }
            "int4" | "int" | "integer" | "serial" | "serial4" => {
                (ValueType::Integer, Form::Integer(32), "integer")
            }
            "int8" | "bigint" | "bigserial" | "serial8" => {
                (ValueType::Integer, Form::Integer(64), "bigint")
            }
            "oid" => (ValueType::Integer, Form::Other, "oid"),
            "float4" | "real" => (ValueType::Number, Form::Real, "real"),
            "float8" | "float" | "double" => (ValueType::Number, Form::Real, "double precision"),
            "numeric" | "decimal" | "dec" => (ValueType::String, Form::Decimal, "numeric"),
            "bool" | "boolean" => (ValueType::Boolean, Form::Boolean, "boolean"),
            "bytea" => (ValueType::String, Form::Bytes, "bytea"),
            "text" | "varchar" | "character" | "char" | "bpchar" | "nchar" | "national"
            | "name" => (ValueType::String, Form::Text, "text"),
            "json" | "jsonb" => (ValueType::Any, Form::Json, "json"),
            "uuid" | "date" | "timestamp" | "timestamptz" | "time" | "timetz" | "interval"
            | "inet" | "cidr" | "macaddr" | "macaddr8" | "citext" | "xml" => {
                (ValueType::String, Form::Other, name)
            }
            "bit" | "varbit" => (ValueType::String, Form::Other, "bit"),
            _ => return Type::UNSEEN,
        };
        Type {
            value,
            takes: Some(Takes {
                name: name.to_owned(),
                form,
            }),
        }
    }

    /// Lists of this type.
    pub(super) fn array(self) -> Type {
        Type {
            value: match self.value {
                ValueType::Any => ValueType::Any,
                element => ValueType::Array(Box::new(element.or(ValueType::Null))),
            },
            takes: self.takes.map(|takes| Takes {
                name: format!("{}[]", takes.name),
                form: Form::List,
            }),
        }
    }

    /// One of the texts that `create type ... as enum` names.
    pub(super) fn one_of(name: &str, labels: &[String]) -> Type {
        Type {
            value: ValueType::Enum(labels.to_vec()),
            takes: Some(Takes {
                name: name.to_owned(),
                form: Form::Enum(labels.to_vec()),
            }),
        }
    }

    /// What a `Typename` of the grammar stands for.
    pub(super) fn of(own: &OwnTypes, written: &Node<'_>) -> Type {
        let Some(simple) = written.part("SimpleTypename") else {
            return Type::UNSEEN;
        };
        let is_array = written.part("ARRAY").is_some()
            || written
                .part("opt_array_bounds")
                .is_some_and(|bounds| !bounds.parts.is_empty());
        let found = Self::simple(own, simple);
        match is_array {
            true => found.array(),
            false => found,
        }
    }

    /// Whether a type is one of PostgreSQL's own, by its name.
    pub(super) fn is_plain(written: &Node<'_>) -> bool {
        Type::of(&OwnTypes::default(), written) != Type::UNSEEN
    }

    fn simple(own: &OwnTypes, simple: &Node<'_>) -> Type {
        let Some(generic) = simple.part("GenericType") else {
            let words = simple.text.to_ascii_lowercase();
            // `float(24)` is a short one.
            let word = words
                .split(|c: char| !c.is_ascii_alphanumeric())
                .next()
                .unwrap_or_default();
            return Type::named(word);
        };
        let first = generic
            .part("type_function_name")
            .map_or("", |name| name.text);
        let name = match generic.part("attrs") {
            None => kept(first),
            Some(attrs) => match (kept(first).as_str(), attrs.parts.as_slice()) {
                ("pg_catalog" | "public", [_, name]) => kept(name.text),
                _ => return Type::UNSEEN,
            },
        };
        own.get(&name).unwrap_or_else(|| Type::named(&name))
    }
}

/// The types that migrations make.
#[derive(Debug, Default)]
pub(super) struct OwnTypes {
    types: Vec<(String, Type)>,
}

impl OwnTypes {
    pub(super) fn get(&self, name: &str) -> Option<Type> {
        let mut types = self.types.iter();
        types
            .find(|(known, _)| known == name)
            .map(|(_, of)| of.clone())
    }

    /// Adds one, or changes it.
    pub(super) fn set(&mut self, name: String, of: Type) {
        self.types.retain(|(known, _)| *known != name);
        self.types.push((name, of));
    }

    pub(super) fn rename(&mut self, old: &str, new: &str) {
        if let Some((name, _)) = self.types.iter_mut().find(|(name, _)| name == old) {
            name.replace_range(.., new);
        }
    }
}
