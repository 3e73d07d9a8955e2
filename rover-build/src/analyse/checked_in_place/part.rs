//! A part of a checked value: a path of fields, from the value itself or from a slot.

use rover_model::guard::{Kind as Type, Schema};

use crate::front::hir::VarId;

/// Reads by name go through so many objects.
const MAX_PATH: usize = 3;
/// Of objects with more fields.
const MAX_FIELDS: usize = 254;

/// A part of the value.
#[derive(Clone)]
pub(super) struct CheckedPart<'r> {
    pub(super) base: Base,
    pub(super) path: u32,
    /// How many fields the path has.
    pub(super) depth: usize,
    pub(super) schema: &'r Schema,
    /// It is neither absent nor null.
    pub(super) there: bool,
}

/// Where a path begins.
#[derive(Clone, PartialEq)]
pub(super) enum Base {
    /// At the value itself.
    Value,
    /// At the slot that a local has the number of.
    Local(VarId),
    /// At the slot that an expression gives the number of.
    Item(String),
}

impl<'r> CheckedPart<'r> {
    pub(super) fn is_scalar(&self) -> bool {
        is_scalar(self.schema)
    }

    pub(super) fn field(mut self, name: &str) -> Option<Self> {
        if !self.there || self.depth == MAX_PATH {
            return None;
        }
        let fields = self.schema.fields();
        let at = fields.iter().position(|field| field.name == name)?;
        if at >= MAX_FIELDS {
            return None;
        }
        self.path |= (at as u32 + 1) << (8 * self.depth);
        self.depth += 1;
        self.schema = &fields[at].schema;
        let Schema {
            required, default, ..
        } = self.schema;
        self.there = (*required || default.is_some()) && !self.schema.nullable;
        Some(self)
    }

    /// What its elements must be, where it is a list that has no holes: an empty number of a
    /// form would be one.
    pub(super) fn elements(&self) -> Option<&'r Schema> {
        let Type::Array(element, _) = &self.schema.kind else {
            return None;
        };
        let holes = matches!(
            element.kind,
            Type::Number(_) | Type::Integer(_) | Type::Boolean
        );
        let element: &Schema = element;
        let full = !holes || element.required || element.default.is_some();
        (self.there && full).then_some(element)
    }

    /// The value itself.
    pub(super) fn whole(schema: &'r Schema) -> Self {
        CheckedPart {
            base: Base::Value,
            path: 0,
            depth: 0,
            schema,
            there: !schema.nullable,
        }
    }

    /// The slot that an expression gives the number of.
    pub(super) fn item(number: String, schema: &'r Schema) -> Self {
        CheckedPart {
            base: Base::Item(number),
            ..CheckedPart::whole(schema)
        }
    }

    /// The slot that a local holds the number of.
    pub(super) fn local(var: VarId, schema: &'r Schema) -> Self {
        CheckedPart {
            base: Base::Local(var),
            ..CheckedPart::whole(schema)
        }
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        (&self.base, self.path) == (&other.base, other.path) && !matches!(self.base, Base::Item(_))
    }
}

pub(super) fn is_scalar(schema: &Schema) -> bool {
    !matches!(schema.kind, Type::Any | Type::Array(..) | Type::Object(_))
}
