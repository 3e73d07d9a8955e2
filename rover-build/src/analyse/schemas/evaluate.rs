//! Evaluates what `rover.guard` is called with, where all of it is in the source.

use std::collections::HashMap;

use rover_model::guard::{Given, KINDS, OPTIONS, Patterns, Schema, Step, Wrong, accepts};

use crate::analyse::names::Names;
use crate::diagnostic::codes::schemas::{dropped, wrong};
use crate::diagnostic::codes::words::dot_for_colon::{self, Owner};
use crate::diagnostic::{Diagnostic, Position};
use crate::front::hir::{Expr, Field, Kind, Span, UnaryOp};
use crate::front::ids::{FileId, TextRange};
use crate::front::literal;
use crate::front::load::Sources;

/// Longer chains of names and tables are left to the VM.
const MAX_DEPTH: usize = 64;

/// What an expression is, as far as `rover.guard` is concerned.
#[derive(Clone, Debug)]
enum Known {
    /// This schema.
    Schema(Schema),
    /// A schema of a type, of which the rest is not known.
    Kind(&'static str),
    /// Anything.
    Unknown,
}

pub(super) struct Evaluator<'a, 'v> {
    sources: &'a Sources,
    names: &'v Names<'a>,
    patterns: &'v dyn Patterns,
    /// Chains are evaluated once, so that each mistake is told once.
    chains: HashMap<TextRange, Known>,
    depth: usize,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a, 'v> Evaluator<'a, 'v> {
    pub(super) fn new(names: &'v Names<'a>, patterns: &'v dyn Patterns) -> Self {
        Evaluator {
            sources: names.sources,
            names,
            patterns,
            chains: HashMap::new(),
            depth: 0,
            diagnostics: Vec::new(),
        }
    }

    /// Looks at a chain wherever it stands.
    pub(super) fn chain(&mut self, file: FileId, expr: &'a Expr) {
        self.known(file, expr);
    }

    /// `name:required()` as a statement: the schema that it gives is lost.
    pub(super) fn dropped(&mut self, file: FileId, call: &'a Expr) {
        let Kind::Method(object, name, _) = &call.kind else {
            return;
        };
        if matches!(self.known(file, call), Known::Unknown) {
            return;
        }
        let position = self.sources.files[file].position(name.span.start);
        let vars = &self.sources.files[file].hir.vars;
        let variable = object.var().map(|var| vars[var].name.as_str());
        self.diagnostics
            .push(dropped::option(position, name, variable));
    }

    /// `g.string().required()`
    pub(super) fn dotted(&mut self, file: FileId, call: &'a Expr) {
        let Kind::Call(callee, args) = &call.kind else {
            return;
        };
        let Kind::Index(object, key) = &callee.kind else {
            return;
        };
        let Some(name) = key.text().filter(|name| OPTIONS.contains(name)) else {
            return;
        };
        // `name.required(name)` is what a colon means.
        let this = args
            .first()
            .is_some_and(|arg| arg.var().is_some() && arg.var() == object.var());
        if this || matches!(self.known(file, object), Known::Unknown) {
            return;
        }
        let position = self.sources.files[file].position(key.span.start);
        self.diagnostics
            .push(dot_for_colon::method(position, name, Owner::Schema));
    }

    /// The schema that is given to `expect` or `rover.guard`.
    pub(super) fn argument(&mut self, file: FileId, expr: &'a Expr) -> Option<Schema> {
        let given = self.given(file, expr)?;
        match Schema::from_given(&given, self.patterns) {
            Ok(schema) => Some(schema),
            Err(wrong) => {
                let position = self.position(file, expr, &wrong.path);
                self.diagnostics.push(wrong::schema(position, wrong));
                None
            }
        }
    }

    fn known(&mut self, file: FileId, expr: &'a Expr) -> Known {
        let key = file.range(expr.span);
        if let Some(known) = self.chains.get(&key) {
            return known.clone();
        }
        if self.depth == MAX_DEPTH {
            return Known::Unknown;
        }
        self.depth += 1;
        let known = self.evaluate(file, expr);
        self.depth -= 1;
        if matches!(expr.kind, Kind::Method(..) | Kind::Call(..)) {
            self.chains.insert(key, known.clone());
        }
        known
    }

    fn evaluate(&mut self, file: FileId, expr: &'a Expr) -> Known {
        match &expr.kind {
            Kind::Method(object, name, args) if self.is_guard(file, object) => {
                self.maker(file, (name, name.span), args)
            }
            Kind::Method(object, name, args) => match self.known(file, object) {
                Known::Unknown => Known::Unknown,
                Known::Kind(kind) => {
                    if let Err(wrong) = accepts(kind, name) {
                        self.wrong(file, (name, name.span), args, wrong);
                    }
                    Known::Kind(kind)
                }
                Known::Schema(schema) => self.option(file, schema, (name, name.span), args),
            },
            Kind::Call(callee, args) => match &callee.kind {
                Kind::Index(object, key) if self.is_guard(file, object) => match key.text() {
                    Some(name) => self.maker(file, (name, key.span), args),
                    None => Known::Unknown,
                },
                _ => self.resolved(file, expr),
            },
            Kind::Var(_) | Kind::Index(..) | Kind::Paren(_) => self.resolved(file, expr),
            _ => Known::Unknown,
        }
    }

    fn resolved(&mut self, file: FileId, expr: &'a Expr) -> Known {
        match self.names.resolve(file, expr) {
            Some((file, value)) if !std::ptr::eq(value, expr) => self.known(file, value),
            _ => Known::Unknown,
        }
    }

    fn is_guard(&self, file: FileId, expr: &Expr) -> bool {
        self.names.of_rover(file, expr) == Some("guard")
    }

    /// `g:string()`
    fn maker(&mut self, file: FileId, name: (&str, Span), args: &'a [Expr]) -> Known {
        let Some(kind) = KINDS.into_iter().find(|kind| *kind == name.0) else {
            if let Err(wrong) = Schema::of_kind(name.0, &[], self.patterns) {
                self.wrong(file, name, args, wrong);
            }
            return Known::Unknown;
        };
        let given = args.iter().map(|arg| self.given(file, arg));
        // All of them: each may have mistakes of its own.
        let given: Vec<Option<Given>> = given.collect();
        let Some(given) = given.into_iter().collect::<Option<Vec<_>>>() else {
            return Known::Kind(kind);
        };
        match Schema::of_kind(kind, &given, self.patterns) {
            Ok(schema) => Known::Schema(schema),
            Err(wrong) => {
                self.wrong(file, name, args, wrong);
                Known::Kind(kind)
            }
        }
    }

    /// `:min(1)`
    fn option(
        &mut self,
        file: FileId,
        schema: Schema,
        name: (&str, Span),
        args: &'a [Expr],
    ) -> Known {
        let kind = schema.kind.name();
        let given: Option<Vec<Given>> = args.iter().map(|arg| self.given(file, arg)).collect();
        let result = match given {
            Some(given) => schema.with(name.0, &given, self.patterns),
            None => match accepts(kind, name.0) {
                Ok(()) => return Known::Kind(kind),
                Err(wrong) => Err(wrong),
            },
        };
        match result {
            Ok(schema) => Known::Schema(schema),
            Err(wrong) => {
                self.wrong(file, name, args, wrong);
                Known::Kind(kind)
            }
        }
    }

    /// A value as far as it is constant.
    fn given(&mut self, file: FileId, expr: &'a Expr) -> Option<Given> {
        if self.depth == MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let given = self.value(file, expr);
        self.depth -= 1;
        given
    }

    fn value(&mut self, file: FileId, expr: &'a Expr) -> Option<Given> {
        Some(match &expr.kind {
            Kind::Nil => Given::Nil,
            Kind::Boolean(value) => Given::Boolean(*value),
            Kind::Number(digits) => Given::Number(literal::number(digits)?),
            Kind::Text(Some(text)) => Given::Text(text.clone()),
            Kind::Text(None) => Given::Other("a string that is not UTF-8"),
            Kind::Unary(UnaryOp::Minus, inner) => match self.given(file, inner)? {
                Given::Number(value) => Given::Number(-value),
                _ => return None,
            },
            Kind::Paren(inner) => self.given(file, inner)?,
            Kind::Function(_) => Given::Other("a function"),
            Kind::Table(fields) => self.table(file, fields)?,
            Kind::Index(..) | Kind::Var(_) if self.names.of_rover(file, expr) == Some("null") => {
                Given::Null
            }
            Kind::Method(..) | Kind::Call(..) => match self.known(file, expr) {
                Known::Schema(schema) => Given::Schema(Box::new(schema)),
                Known::Kind(_) => return None,
                Known::Unknown => self.elsewhere(file, expr)?,
            },
            Kind::Var(_) | Kind::Index(..) => self.elsewhere(file, expr)?,
            _ => return None,
        })
    }

    fn elsewhere(&mut self, file: FileId, expr: &'a Expr) -> Option<Given> {
        match self.names.resolve(file, expr)? {
            (_, value) if std::ptr::eq(value, expr) => None,
            (file, value) => self.given(file, value),
        }
    }

    fn table(&mut self, file: FileId, all: &'a [Field]) -> Option<Given> {
        let (mut items, mut fields): (Vec<Given>, Vec<(String, Given)>) = Default::default();
        let mut known = true;
        for field in all {
            match field {
                Field::Keyed(..) => known = false,
                Field::Item(value) => match self.given(file, value) {
                    // Nothing is known of a list with holes.
                    Some(Given::Nil) | None => known = false,
                    Some(given) => items.push(given),
                },
                Field::Named(name, value) => match self.given(file, value) {
                    None => known = false,
                    Some(given) => {
                        fields.retain(|(other, _)| *other != name.text);
                        if given != Given::Nil {
                            fields.push((name.text.clone(), given));
                        }
                    }
                },
            }
        }
        known.then_some(Given::Table { items, fields })
    }

    /// Tells of a call that makes no schema.
    fn wrong(&mut self, file: FileId, name: (&str, Span), args: &'a [Expr], wrong: Wrong) {
        let position = match wrong.path.as_slice() {
            [Step::Argument(at), rest @ ..] if args.len() > *at => {
                self.position(file, &args[*at], rest)
            }
            _ => self.sources.files[file].position(name.1.start),
        };
        self.diagnostics.push(wrong::schema(position, wrong));
    }

    /// Where a part of a value is written.
    fn position(&self, file: FileId, expr: &'a Expr, path: &[Step]) -> Position {
        let (mut file, mut expr) = (file, expr);
        for step in path {
            let (Step::Field(name) | Step::Key(name)) = step else {
                break;
            };
            let Some((owner, table)) = self.names.resolve(file, expr) else {
                break;
            };
            let Kind::Table(fields) = &table.kind else {
                break;
            };
            (file, expr) = (owner, table);
            let field = fields.iter().rev().find_map(|field| match field {
                Field::Named(other, value) if *other == **name => Some((other, value)),
                _ => None,
            });
            let Some((key, value)) = field else { break };
            if let Step::Key(_) = step {
                return self.sources.files[file].position(key.span.start);
            }
            expr = value;
        }
        self.sources.files[file].position(expr.span.start)
    }
}
