//! The shapes of values.

use rover_model::guard::{self, Schema};

use super::filled::Added;
use super::{Frame, ReturnTypes, seeds};
use crate::analyse::lists::{is_member, list_of};
use crate::analyse::names::Given;
use crate::analyse::shape::Shape;
use crate::front::hir::{BinaryOp, Expr, Field, Kind, UnaryOp, VarId};
use crate::vocabulary::{BODY, CTX, GLOBALS};

impl<'a> ReturnTypes<'a> {
    pub(super) fn shape(&self, frame: &Frame<'_, 'a>, expr: &'a Expr, truthy: &[VarId]) -> Shape {
        if !self.step() {
            return Shape::Any;
        }
        if let Some((var, _)) = list_of(expr)
            && let Some(list) = frame.lists.get(&var)
        {
            let items = list.items.iter();
            let item = items.map(|item| self.shape(frame, item.value, truthy));
            let item = Box::new(item.reduce(Shape::or).unwrap_or(Shape::Any));
            return Shape::Array(item);
        }
        match &expr.kind {
            Kind::Nil => Shape::Nil,
            Kind::Boolean(_) => Shape::Boolean,
            Kind::Number(digits) => match digits.bytes().all(|b| b.is_ascii_digit()) {
                true => Shape::Integer,
                false => Shape::Number,
            },
            Kind::Text(_) | Kind::Concat(..) => Shape::String,
            Kind::Paren(inner) => self.shape(frame, inner, truthy),
            Kind::Unary(operator, _) => match operator {
                UnaryOp::Length => Shape::Integer,
                UnaryOp::Minus => Shape::Number,
                UnaryOp::Not => Shape::Boolean,
                UnaryOp::Other => Shape::Any,
            },
            Kind::Binary(operator, left, right) => {
                let second = || self.shape(frame, right, truthy);
                match operator {
                    BinaryOp::Or if self.never(frame.file, right, 0) => {
                        self.truthy(frame, left, truthy)
                    }
                    BinaryOp::Or => self.truthy(frame, left, truthy).or(second()),
                    BinaryOp::And => match self.shape(frame, left, truthy) {
                        Shape::Boolean => Shape::Boolean.or(second()),
                        Shape::Any => Shape::Any,
                        Shape::Maybe(_) | Shape::Nil => second().maybe(),
                        _ => second(),
                    },
                    BinaryOp::Equality | BinaryOp::Order => Shape::Boolean,
                    BinaryOp::Add | BinaryOp::Arithmetic => Shape::Number,
                    BinaryOp::Other => Shape::Any,
                }
            }
            Kind::Table(fields) => self.table(frame, fields, truthy),
            Kind::Var(var) => {
                let shape = self.variable(frame, *var);
                match truthy.contains(var) {
                    true => shape.present(),
                    false => shape,
                }
            }
            Kind::Index(object, key) => self.index(frame, object, key),
            Kind::Call(callee, args) => self.call(frame, callee, args),
            Kind::Method(object, method, args) => self.method(frame, object, method, args),
            Kind::Vararg | Kind::Function(_) | Kind::Global(_) => Shape::Any,
        }
    }

    /// What an expression is where it is neither nil nor false.
    fn truthy(&self, frame: &Frame<'_, 'a>, expr: &'a Expr, truthy: &[VarId]) -> Shape {
        match &expr.kind {
            Kind::Paren(inner) => self.truthy(frame, inner, truthy),
            Kind::Binary(BinaryOp::And, _, right) => self.truthy(frame, right, truthy),
            _ => self.shape(frame, expr, truthy).present(),
        }
    }

    fn variable(&self, frame: &Frame<'_, 'a>, var: VarId) -> Shape {
        if let Some((argument, caller)) = frame.argument(self, var) {
            return self.shape(caller, argument, &[]);
        }
        let tables = &self.files[frame.file];
        let value = match self.names.given(frame.file, var) {
            Given::Value(value) => value,
            Given::Counter => return Shape::Number,
            _ => return Shape::Any,
        };
        if let Some(added) = tables.filled.get(&var) {
            return self.list(frame, added);
        }
        let shape = match (&value.kind, self.shape(frame, value, &[])) {
            // It may be filled later, as a list or as a record.
            (_, Shape::Object(fields)) if fields.is_empty() => Shape::Any,
            (_, shape) => shape,
        };
        let assigned = tables.fields.get(&var);
        match (shape, assigned) {
            (shape, None) => shape,
            (Shape::Object(fields), Some(names)) if names.iter().all(Option::is_some) => {
                let known = fields.into_iter().map(|(name, shape)| {
                    let changed = names.iter().any(|n| *n == Some(&name));
                    (name, if changed { Shape::Any } else { shape })
                });
                Shape::Object(known.collect())
            }
            (Shape::Array(_), Some(_)) => Shape::Array(Box::new(Shape::Any)),
            _ => Shape::Any,
        }
    }

    /// A list of what is added to it.
    fn list(&self, frame: &Frame<'_, 'a>, added: &[Added<'a>]) -> Shape {
        let mut all: Option<Shape> = None;
        for one in added {
            let item = self.shape(frame, one.value, &[]);
            if one.counted && !is_certain(&item) {
                return Shape::Any;
            }
            // What is nil is not added.
            let item = item.present();
            all = Some(match all.take() {
                Some(before) => before.or(item),
                None => item,
            });
        }
        Shape::List(Box::new(all.unwrap_or(Shape::Any)))
    }

    fn table(&self, frame: &Frame<'_, 'a>, fields: &'a [Field], truthy: &[VarId]) -> Shape {
        let mut named = Vec::new();
        let mut items = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            match field {
                Field::Named(name, value) => {
                    named.push((name.text.clone(), self.shape(frame, value, truthy)));
                }
                // The last one gives all that it has: `{ pcall(f) }`.
                Field::Item(value) if at + 1 == fields.len() && self.gives_many(frame, value) => {
                    return Shape::Any;
                }
                Field::Item(value) => items.push(self.shape(frame, value, truthy)),
                Field::Keyed(..) => return Shape::Any,
            }
        }
        match (named.is_empty(), items.first()) {
            (_, None) => Shape::Object(named),
            (true, Some(first)) => {
                // Without a first item it is no array.
                let whole = items.iter().all(is_certain) && is_certain(first);
                let item = items.into_iter().reduce(Shape::or).unwrap_or(Shape::Any);
                match whole {
                    true => Shape::Array(Box::new(item)),
                    false => Shape::Any,
                }
            }
            (false, Some(_)) => Shape::Any,
        }
    }

    /// Whether an expression is the call of a library's function that gives several values.
    fn gives_many(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> bool {
        match &expr.kind {
            Kind::Call(callee, _) => match &callee.kind {
                Kind::Global(name) => seeds::gives_many(GLOBALS, name),
                Kind::Index(object, key) => seeds::library(object)
                    .zip(key.text())
                    .is_some_and(|(library, name)| seeds::gives_many(&library, name)),
                _ => false,
            },
            Kind::Method(object, name, ..) => {
                seeds::gives_many("string", name)
                    && matches!(self.shape(frame, object, &[]), Shape::String)
            }
            _ => false,
        }
    }

    fn index(&self, frame: &Frame<'_, 'a>, object: &'a Expr, key: &'a Expr) -> Shape {
        if object.var().is_some() && object.var() == frame.ctx {
            return key
                .text()
                .map_or(Shape::Any, |name| seeds::value(CTX, name));
        }
        if is_member_of(object, key, "rover", "null") {
            return Shape::Null;
        }
        let Some(name) = key.text() else {
            return Shape::Any;
        };
        match self.shape(frame, object, &[]) {
            // A path has all its parameters.
            Shape::Map(value) if self.is_params(frame, object) => *value,
            Shape::Object(fields) => {
                let mut fields = fields.into_iter();
                let found = fields.find(|(known, _)| known == name);
                found.map_or(Shape::Any, |(_, shape)| shape)
            }
            Shape::Map(value) => value.maybe(),
            _ => Shape::Any,
        }
    }

    /// What a schema lets through.
    fn checked(&self, frame: &Frame<'_, 'a>, schema: &Expr) -> Shape {
        let number = self.guards.number(frame.file, schema);
        let schema = number.and_then(|number| self.guards.schemas.get(number));
        schema.map_or(Shape::Any, checked)
    }

    /// `ctx:params()`, or a local that holds it.
    fn is_params(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> bool {
        match &expr.kind {
            Kind::Method(object, name, ..) => name == "params" && object.var() == frame.ctx,
            Kind::Var(var) => self
                .names
                .value(frame.file, *var)
                .is_some_and(|value| self.is_params(frame, value)),
            _ => false,
        }
    }

    fn call(&self, frame: &Frame<'_, 'a>, callee: &'a Expr, args: &'a [Expr]) -> Shape {
        if self.names.global(frame.file, callee) == Some("assert") {
            let value = args.first();
            return value.map_or(Shape::Any, |value| self.truthy(frame, value, &[]));
        }
        if is_member(callee, "rover", "array") {
            return match args.first().map(|arg| self.shape(frame, arg, &[])) {
                Some(Shape::Array(item) | Shape::List(item)) => Shape::Array(item),
                _ => Shape::Array(Box::new(Shape::Any)),
            };
        }
        if is_member(callee, "rover", "guard")
            && let [_, schema] = args
        {
            return self.checked(frame, schema);
        }
        if let Kind::Global(name) = &callee.kind
            && self.handlers.keep_globals
        {
            return seeds::result(GLOBALS, name);
        }
        if let Kind::Index(object, key) = &callee.kind
            && let (Some(library), Some(name)) = (seeds::library(object), key.text())
        {
            return seeds::result(&library, name);
        }
        let shape = self.follow(frame, callee, args, |inner| self.given(inner));
        shape.flatten().unwrap_or(Shape::Any)
    }

    /// What the function of a frame returns.
    fn given(&self, frame: &Frame<'_, 'a>) -> Option<Shape> {
        let mut all: Option<Shape> = None;
        self.returns(frame, &mut |value, truthy| {
            if value.is_some_and(|value| self.never(frame.file, value, 0)) {
                return;
            }
            let shape = value.map_or(Shape::Nil, |v| self.shape(frame, v, truthy));
            all = Some(match all.take() {
                Some(before) => before.or(shape),
                None => shape,
            });
        });
        all
    }

    fn method(
        &self,
        frame: &Frame<'_, 'a>,
        object: &'a Expr,
        method: &str,
        args: &'a [Expr],
    ) -> Shape {
        if let ("expect", [schema]) = (method, args) {
            return self.checked(frame, schema);
        }
        if object.var().is_some() && object.var() == frame.ctx {
            return seeds::result(CTX, method);
        }
        let body = matches!(&object.kind, Kind::Method(ctx, name, ..)
            if name == "body" && ctx.var().is_some() && ctx.var() == frame.ctx);
        match body {
            true => seeds::result(BODY, method),
            _ if matches!(self.shape(frame, object, &[]), Shape::String) => {
                seeds::result("string", method)
            }
            _ => {
                let called = (object, method);
                let shape = self.follow_method(frame, called, args, |inner| self.given(inner));
                shape.flatten().unwrap_or(Shape::Any)
            }
        }
    }
}

/// Whether a value is there always.
fn is_certain(shape: &Shape) -> bool {
    !matches!(shape, Shape::Any | Shape::Maybe(_) | Shape::Nil)
}

/// What passes a guard.
fn checked(schema: &Schema) -> Shape {
    let shape = match &schema.kind {
        guard::Kind::Any => return Shape::Any,
        guard::Kind::Boolean => Shape::Boolean,
        guard::Kind::Number(_) => Shape::Number,
        guard::Kind::Integer(_) => Shape::Integer,
        guard::Kind::String(_) => Shape::String,
        guard::Kind::Array(element, _) => Shape::Array(Box::new(checked(element))),
        guard::Kind::Object(fields) => Shape::Object(
            fields
                .iter()
                .map(|field| {
                    let certain = field.schema.required || field.schema.default.is_some();
                    let shape = checked(&field.schema);
                    let shape = if certain { shape } else { shape.maybe() };
                    (field.name.to_string(), shape)
                })
                .collect(),
        ),
    };
    match schema.nullable {
        true => shape.or(Shape::Null),
        false => shape,
    }
}

/// Whether `object[key]` is a global's member.
fn is_member_of(object: &Expr, key: &Expr, global: &str, name: &str) -> bool {
    matches!(&object.kind, Kind::Global(known) if known == global) && key.text() == Some(name)
}
