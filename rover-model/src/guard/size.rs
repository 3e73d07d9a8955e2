//! How much memory a schema takes: what programs make at run time counts for their limit.

use std::borrow::Cow;
use std::mem::size_of;

use super::constant::{Constant, Str};
use super::given::Given;
use super::schema::{Element, Field, Kind, Schema};

/// What an allocator adds to a block, about.
const BLOCK: usize = 16;

fn text(text: &Str) -> usize {
    match text {
        Cow::Borrowed(_) => 0,
        Cow::Owned(text) => text.capacity() + BLOCK,
    }
}

#[allow(clippy::ptr_arg, reason = "borrowed ones hold nothing")]
fn list<T: Clone>(list: &Cow<'static, [T]>, of: impl Fn(&T) -> usize) -> usize {
    match list {
        Cow::Borrowed(_) => 0,
        Cow::Owned(list) => {
            list.capacity() * size_of::<T>() + BLOCK + list.iter().map(of).sum::<usize>()
        }
    }
}

impl Schema {
    /// How many schemas are inside of each other at most, itself included.
    pub fn depth(&self) -> usize {
        1 + match &self.kind {
            Kind::Array(element, _) => element.depth(),
            Kind::Object(fields) => {
                let depths = fields.iter().map(|field| field.schema.depth());
                depths.max().unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// The bytes that it holds outside of itself.
    pub fn held_bytes(&self) -> usize {
        let kind = match &self.kind {
            Kind::String(rules) => {
                list(&rules.choices, text) + rules.pattern.as_ref().map_or(0, text)
            }
            Kind::Array(Element::Made(element), _) => {
                size_of::<Schema>() + BLOCK + element.held_bytes()
            }
            Kind::Object(fields) => list(fields, |field| {
                text(&field.name) + field.schema.held_bytes()
            }),
            _ => 0,
        };
        let default = self.default.as_ref().map_or(0, Constant::held_bytes);
        kind + default + self.message.as_ref().map_or(0, text)
    }
}

impl Constant {
    /// How many values it is made of, itself included.
    pub(super) fn parts(&self) -> usize {
        match self {
            Constant::List(items) => 1 + items.iter().map(Constant::parts).sum::<usize>(),
            Constant::Record(fields) => {
                1 + fields.iter().map(|(_, value)| value.parts()).sum::<usize>()
            }
            _ => 1,
        }
    }

    /// The bytes that it holds outside of itself.
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Constant::Text(given) => text(given),
            Constant::List(items) => list(items, Constant::held_bytes),
            Constant::Record(fields) => {
                list(fields, |(name, value)| text(name) + value.held_bytes())
            }
            Constant::Null | Constant::Boolean(_) | Constant::Number(_) => 0,
        }
    }
}

/// The most that a value takes in any place of a schema, without its text.
pub const VALUE_BYTES: usize = {
    let (given, field) = (size_of::<(String, Given)>(), size_of::<Field>());
    BLOCK * 2 + if given > field { given } else { field }
};

#[cfg(test)]
mod tests {
    use super::super::{Patterns, Schema};
    use super::Given;

    struct Nothing;

    impl Patterns for Nothing {
        fn found(&self, _: &str, _: &[u8]) -> bool {
            false
        }
    }

    #[test]
    fn what_is_inside_counts() {
        let texts = |n| Given::Table {
            items: vec![Given::Text("x".repeat(100)); n],
            fields: Vec::new(),
        };
        let choices = |n| {
            let schema = Schema::of_kind("string", &[], &Nothing).expect("a kind");
            schema.with("enum", &[texts(n)], &Nothing).expect("texts")
        };
        let bytes = choices(1000).held_bytes();
        assert!((100_000..200_000).contains(&bytes), "{bytes}");
        let inner = Given::Schema(Box::new(choices(1000)));
        let list =
            Schema::of_kind("array", std::slice::from_ref(&inner), &Nothing).expect("an array");
        // A copy has no room to spare.
        assert!(list.held_bytes() > bytes * 9 / 10);
        let fields = Given::Table {
            items: Vec::new(),
            fields: vec![("a".to_owned(), inner.clone()), ("b".to_owned(), inner)],
        };
        let object = Schema::of_kind("object", &[fields], &Nothing).expect("an object");
        assert!(object.held_bytes() > 2 * (bytes * 9 / 10));
        assert_eq!(
            Schema::of_kind("any", &[], &Nothing)
                .expect("any")
                .held_bytes(),
            0
        );
    }
}
