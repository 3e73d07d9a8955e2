//! The types of values.

use rover_model::guard::{self, Schema};

use super::filled::Added;
use super::{Frame, ReturnTypes, seeds};
use crate::analyse::lists::list_of;
use crate::analyse::names::Given;
use crate::analyse::types::ValueType;
use crate::front::hir::{BinaryOp, Expr, Field, Kind, Name, UnaryOp, VarId};
use crate::vocabulary::{self, BODY, CTX, GLOBALS};

impl<'a> ReturnTypes<'a> {
    pub(super) fn value_type(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        truthy: &[VarId],
    ) -> ValueType {
        if !self.step() {
            return ValueType::Any;
        }
        if let Some((var, _)) = list_of(expr)
            && let Some(list) = frame.lists.get(&var)
        {
            let items = list.items.iter();
            let item = items.map(|item| self.value_type(frame, item.value, truthy));
            let item = Box::new(item.reduce(ValueType::or).unwrap_or(ValueType::Any));
            return ValueType::Array(item);
        }
        match &expr.kind {
            Kind::Nil => ValueType::Nil,
            Kind::Boolean(_) => ValueType::Boolean,
            Kind::Number(digits) => match digits.bytes().all(|b| b.is_ascii_digit()) {
                true => ValueType::Integer,
                false => ValueType::Number,
            },
            Kind::Text(_) | Kind::Concat(..) => ValueType::String,
            Kind::Paren(inner) => self.value_type(frame, inner, truthy),
            Kind::Unary(operator, _) => match operator {
                UnaryOp::Length => ValueType::Integer,
                UnaryOp::Minus => ValueType::Number,
                UnaryOp::Not => ValueType::Boolean,
                UnaryOp::Other => ValueType::Any,
            },
            Kind::Binary(operator, left, right) => {
                let second = || self.value_type(frame, right, truthy);
                match operator {
                    BinaryOp::Or if self.never(frame.file, right, 0) => {
                        self.truthy(frame, left, truthy)
                    }
                    BinaryOp::Or => self.truthy(frame, left, truthy).or(second()),
                    BinaryOp::And => match self.value_type(frame, left, truthy) {
                        ValueType::Boolean => ValueType::Boolean.or(second()),
                        ValueType::Any => ValueType::Any,
                        ValueType::Maybe(_) | ValueType::Nil => second().maybe(),
                        _ => second(),
                    },
                    BinaryOp::Equality | BinaryOp::Order => ValueType::Boolean,
                    BinaryOp::Add | BinaryOp::Arithmetic => ValueType::Number,
                    BinaryOp::Other => ValueType::Any,
                }
            }
            Kind::Table(fields) => self.table(frame, fields, truthy),
            Kind::Var(var) => {
                let value_type = self.variable(frame, *var);
                match truthy.contains(var) {
                    true => value_type.present(),
                    false => value_type,
                }
            }
            Kind::Index(..) if self.names.of_rover(frame.file, expr) == Some("null") => {
                ValueType::Null
            }
            Kind::Index(object, key) => self.index(frame, object, key),
            Kind::Call(callee, args) => self.call(frame, callee, args),
            Kind::Method(object, method, args) => self.method(frame, object, method, args),
            Kind::Vararg | Kind::Function(_) | Kind::Global(_) => ValueType::Any,
        }
    }

    /// What an expression is where it is neither nil nor false.
    fn truthy(&self, frame: &Frame<'_, 'a>, expr: &'a Expr, truthy: &[VarId]) -> ValueType {
        match &expr.kind {
            Kind::Paren(inner) => self.truthy(frame, inner, truthy),
            Kind::Binary(BinaryOp::And, _, right) => self.truthy(frame, right, truthy),
            _ => self.value_type(frame, expr, truthy).present(),
        }
    }

    fn variable(&self, frame: &Frame<'_, 'a>, var: VarId) -> ValueType {
        if let Some((argument, caller)) = frame.argument(self, var) {
            return self.value_type(caller, argument, &[]);
        }
        let tables = &self.files[frame.file];
        let value_type = match self.names.given(frame.file, var) {
            Given::Value(value) => match tables.filled.get(&var) {
                Some(added) => return self.list(frame, added),
                None => self.value_type(frame, value, &[]),
            },
            Given::Item(call, which) if !tables.filled.contains_key(&var) => {
                self.item(frame, call, which)
            }
            Given::Counter => return ValueType::Number,
            _ => return ValueType::Any,
        };
        let value_type = match value_type {
            // It may be filled later, as a list or as a record.
            ValueType::Object(fields) if fields.is_empty() => ValueType::Any,
            value_type => value_type,
        };
        let assigned = tables.fields.get(&var);
        match (value_type, assigned) {
            (value_type, None) => value_type,
            (ValueType::Object(fields), Some(names)) if names.iter().all(Option::is_some) => {
                let known = fields.into_iter().map(|(name, value_type)| {
                    let changed = names.iter().any(|n| *n == Some(&name));
                    (name, if changed { ValueType::Any } else { value_type })
                });
                ValueType::Object(known.collect())
            }
            (ValueType::Array(_), Some(_)) => ValueType::Array(Box::new(ValueType::Any)),
            _ => ValueType::Any,
        }
    }

    /// What a loop gives: `for i, item in ipairs(list) do`.
    fn item(&self, frame: &Frame<'_, 'a>, call: &'a Expr, which: usize) -> ValueType {
        let list = match &call.kind {
            Kind::Call(callee, args) if self.names.global(frame.file, callee) == Some("ipairs") => {
                args.first()
            }
            _ => None,
        };
        let of = |list| match self.value_type(frame, list, &[]) {
            ValueType::Array(item) | ValueType::List(item) => item.present(),
            _ => ValueType::Any,
        };
        match which {
            0 if list.is_some() => ValueType::Integer,
            1 => list.map_or(ValueType::Any, of),
            _ => ValueType::Any,
        }
    }

    /// A list of what is added to it.
    fn list(&self, frame: &Frame<'_, 'a>, added: &[Added<'a>]) -> ValueType {
        let mut all: Option<ValueType> = None;
        for one in added {
            let item = self.value_type(frame, one.value, &[]);
            if one.counted && !is_certain(&item) {
                return ValueType::Any;
            }
            // What is nil is not added.
            let item = item.present();
            all = Some(match all.take() {
                Some(before) => before.or(item),
                None => item,
            });
        }
        ValueType::List(Box::new(all.unwrap_or(ValueType::Any)))
    }

    fn table(&self, frame: &Frame<'_, 'a>, fields: &'a [Field], truthy: &[VarId]) -> ValueType {
        let mut named = Vec::new();
        let mut items = Vec::new();
        for (at, field) in fields.iter().enumerate() {
            match field {
                Field::Named(name, value) => {
                    named.push((name.text.clone(), self.value_type(frame, value, truthy)));
                }
                // The last one gives all that it has: `{ pcall(f) }`.
                Field::Item(value) if at + 1 == fields.len() && self.gives_many(frame, value) => {
                    return ValueType::Any;
                }
                Field::Item(value) => items.push(self.value_type(frame, value, truthy)),
                Field::Keyed(..) => return ValueType::Any,
            }
        }
        match (named.is_empty(), items.first()) {
            (_, None) => ValueType::Object(named),
            (true, Some(first)) => {
                // Without a first item it is no array.
                let whole = items.iter().all(is_certain) && is_certain(first);
                let item = items
                    .into_iter()
                    .reduce(ValueType::or)
                    .unwrap_or(ValueType::Any);
                match whole {
                    true => ValueType::Array(Box::new(item)),
                    false => ValueType::Any,
                }
            }
            (false, Some(_)) => ValueType::Any,
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
                seeds::gives_many("string", name) && self.value_type(frame, object, &[]).is_text()
            }
            _ => false,
        }
    }

    fn index(&self, frame: &Frame<'_, 'a>, object: &'a Expr, key: &'a Expr) -> ValueType {
        if object.var().is_some() && object.var() == frame.ctx {
            return match key.text() {
                Some(name) if vocabulary::word(CTX, name).is_none() => self.ctx_field(name),
                Some(name) => seeds::value(CTX, name),
                None => ValueType::Any,
            };
        }
        let Some(name) = key.text() else {
            return ValueType::Any;
        };
        // What is nil has no fields: to read one is an error.
        match self.value_type(frame, object, &[]).present() {
            // A path has all its parameters.
            ValueType::Map(value) if self.is_params(frame, object) => *value,
            ValueType::Object(fields) => {
                let mut fields = fields.into_iter();
                let found = fields.find(|(known, _)| known == name);
                found.map_or(ValueType::Any, |(_, value_type)| value_type.read())
            }
            ValueType::Map(value) => value.maybe(),
            _ => ValueType::Any,
        }
    }

    /// What a schema lets through.
    fn checked(&self, frame: &Frame<'_, 'a>, schema: &Expr) -> ValueType {
        let number = self.guards.number(frame.file, schema);
        let schema = number.and_then(|number| self.guards.schemas.get(number));
        schema.map_or(ValueType::Any, checked)
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

    fn call(&self, frame: &Frame<'_, 'a>, callee: &'a Expr, args: &'a [Expr]) -> ValueType {
        if self.names.global(frame.file, callee) == Some("assert") {
            let value = args.first();
            return value.map_or(ValueType::Any, |value| self.truthy(frame, value, &[]));
        }
        let of_rover = self.names.of_rover(frame.file, callee);
        if of_rover == Some("array") {
            return match args.first().map(|arg| self.value_type(frame, arg, &[])) {
                Some(ValueType::Array(item) | ValueType::List(item)) => ValueType::Array(item),
                _ => ValueType::Array(Box::new(ValueType::Any)),
            };
        }
        if of_rover == Some("guard")
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
        let value_type = self.follow(frame, callee, args, |inner| self.given(inner));
        value_type.flatten().unwrap_or(ValueType::Any)
    }

    /// What the function of a frame returns.
    fn given(&self, frame: &Frame<'_, 'a>) -> Option<ValueType> {
        let mut all: Option<ValueType> = None;
        self.returns(frame, &mut |value, truthy| {
            if value.is_some_and(|value| self.never(frame.file, value, 0)) {
                return;
            }
            let value_type = value.map_or(ValueType::Nil, |v| self.value_type(frame, v, truthy));
            all = Some(match all.take() {
                Some(before) => before.or(value_type),
                None => value_type,
            });
        });
        all
    }

    fn method(
        &self,
        frame: &Frame<'_, 'a>,
        object: &'a Expr,
        method: &'a Name,
        args: &'a [Expr],
    ) -> ValueType {
        if let Some(given) = self.rows.given(frame.file.range(method.span)) {
            return given;
        }
        let method = method.as_str();
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
            _ if self.value_type(frame, object, &[]).is_text() => seeds::result("string", method),
            _ => {
                let called = (object, method);
                let value_type = self.follow_method(frame, called, args, |inner| self.given(inner));
                value_type.flatten().unwrap_or(ValueType::Any)
            }
        }
    }
}

/// Whether a value is there always.
fn is_certain(value_type: &ValueType) -> bool {
    !matches!(
        value_type,
        ValueType::Any | ValueType::Maybe(_) | ValueType::Nil
    )
}

/// What passes a guard.
fn checked(schema: &Schema) -> ValueType {
    let value_type = match &schema.kind {
        guard::Kind::Any => return ValueType::Any,
        guard::Kind::Boolean => ValueType::Boolean,
        guard::Kind::Number(_) => ValueType::Number,
        guard::Kind::Integer(_) => ValueType::Integer,
        guard::Kind::String(_) => ValueType::String,
        guard::Kind::Array(element, _) => ValueType::Array(Box::new(checked(element))),
        guard::Kind::Object(fields) => ValueType::Object(
            fields
                .iter()
                .map(|field| {
                    let certain = field.schema.required || field.schema.default.is_some();
                    let value_type = checked(&field.schema);
                    let value_type = if certain {
                        value_type
                    } else {
                        value_type.maybe()
                    };
                    (field.name.to_string(), value_type)
                })
                .collect(),
        ),
    };
    match schema.nullable {
        true => value_type.or(ValueType::Null),
        false => value_type,
    }
}
