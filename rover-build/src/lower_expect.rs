//! Checked parts of the request that a handler only reads by name: `local b =
//! ctx:body():expect(schema)`, `b.title`. They stay where they were laid out; no table is
//! made. A read gives the value from its slot, and one that only goes into a returned
//! constructor is written as JSON from there.

use std::collections::HashSet;

use rover_model::guard::{Kind as Type, Schema};

use crate::analyse::{Access, Member};
use crate::handlers::Handler;
use crate::hir::{Chunk, Expr, Kind, Span, Stmt, VarId};
use crate::lists::{Lists, is_list};
use crate::lower::Lowering;
use crate::order::Orders;
use crate::response::{Response, answered, response, with_header};
use crate::template::template;

/// A field's place: its holder, and the numbers of the fields that lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// The number of the checked value.
    pub(crate) holder: usize,
    /// Each field's number and one more, from the low byte on.
    pub(crate) path: u32,
}

/// Reads by name go through so many objects.
const MAX_PATH: usize = 3;
/// Of objects with more fields.
const MAX_FIELDS: usize = 254;

/// A read of a held value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Read {
    held: Held,
    /// It is always a number.
    number: bool,
}

impl<'a> Lowering<'a> {
    /// Finds what a function holds; `slots` are the places whose values go into returned
    /// constructors and nowhere else.
    pub(crate) fn hold(&mut self, function: Handler<'_>, slots: &HashSet<Span>) {
        let chunk = &self.sources.files[function.file].hir;
        let mut found = Vec::new();
        let direct = |m: &&Member| function.ctx.is_direct(m);
        for member in function.ctx.members.iter().filter(direct) {
            if let Access::Expect(_, number, span) = member.access
                && let Some(var) = declared(&function.function.body, span)
                && chunk.vars[var.0].writes == 0
            {
                let schema = &self.guards.schemas[number];
                let reader = Reader {
                    chunk,
                    var,
                    schema,
                    orders: self.orders,
                    slots,
                    reads: Vec::new(),
                    only_read: true,
                };
                found.extend(
                    reader
                        .read(&function.function.body)
                        .map(|reads| (span, reads)),
                );
            }
        }
        for (expect, reads) in found {
            let holder = self.holders.len();
            self.holders.insert((function.file, expect), holder);
            for (span, read) in reads {
                let held = Held {
                    holder,
                    ..read.held
                };
                let read = Read { held, ..read };
                self.held.insert((function.file, span), read);
            }
        }
    }

    /// Reads of held values that no template writes.
    pub(crate) fn held_reads(&mut self, function: Handler<'_>) {
        let all = self.held.extract_if(|(file, _), _| *file == function.file);
        let all: Vec<((usize, Span), Read)> = all.collect();
        for ((file, span), Read { held, number }) in all {
            let Held { holder, path } = held;
            let read = if number { "held_number" } else { "held" };
            let text = format!("__rover.{read}({holder}, {path})");
            self.replace(file, span.start, span.end, text);
        }
    }

    /// The held value that an expression reads, for the template that writes it.
    pub(crate) fn held(&self, file: usize, expr: &Expr) -> Option<Held> {
        self.held.get(&(file, expr.span)).map(|read| read.held)
    }

    /// The places of values in a handler's returned constructors.
    pub(crate) fn slots(&self, handler: Handler<'_>, lists: &Lists<'_>) -> HashSet<Span> {
        let mut slots = HashSet::new();
        self.slots_of(handler.file, &handler.function.body, lists, &mut slots);
        slots
    }

    fn slots_of(&self, file: usize, block: &[Stmt], lists: &Lists<'_>, slots: &mut HashSet<Span>) {
        for stmt in block {
            if let Stmt::Return(values) = stmt
                && let [value] = values.as_slice()
                && let Some(json) = self.returned_json(file, value)
                && is_list(lists, json).is_none()
                && let Some((_, found)) = template(json, 0, &|e| is_list(lists, e), &|_| None)
            {
                slots.extend(found.iter().map(|slot| slot.span));
            }
            stmt.parts(&mut |_| {}, &mut |inner| {
                self.slots_of(file, inner, lists, slots);
            });
        }
    }

    fn returned_json<'e>(&self, file: usize, value: &'e Expr) -> Option<&'e Expr> {
        let servers = &self.handlers.servers;
        let inner = match with_header(value) {
            Some((object, _)) => answered(servers, file, object).map(|_| object),
            None => None,
        };
        match (inner, response(servers, file, value)) {
            (Some(object), _) => self.returned_json(file, object),
            (None, Some(Response::Json(_, json))) => Some(json),
            _ => None,
        }
    }
}

/// The local that an expression's value is given to: `local b = ctx:body():expect(schema)`.
fn declared(block: &[Stmt], value: Span) -> Option<VarId> {
    block.iter().find_map(|stmt| {
        if let Stmt::Local(vars, values) = stmt {
            let at = values.iter().position(|v| v.span == value);
            if let Some(at) = at {
                return vars.get(at).copied();
            }
        }
        let mut found = None;
        stmt.parts(&mut |_| {}, &mut |inner| {
            found = found.or_else(|| declared(inner, value));
        });
        found
    })
}

/// Looks at every use of a local.
struct Reader<'r> {
    chunk: &'r Chunk,
    var: VarId,
    schema: &'r Schema,
    orders: &'r Orders,
    slots: &'r HashSet<Span>,
    reads: Vec<(Span, Read)>,
    only_read: bool,
}

impl Reader<'_> {
    /// What is read; nothing where anything else is done with it.
    fn read(mut self, body: &[Stmt]) -> Option<Vec<(Span, Read)>> {
        self.block(body);
        self.only_read.then_some(self.reads)
    }

    fn block(&mut self, block: &[Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Assign(targets, values) => {
                    targets.iter().for_each(|target| self.target(target));
                    values.iter().for_each(|value| self.expr(value));
                }
                Stmt::Function(target, function) => {
                    self.target(target);
                    self.nested(&self.chunk.functions[function.0].body);
                }
                Stmt::LocalFunction(_, function) => {
                    self.nested(&self.chunk.functions[function.0].body);
                }
                _ => {
                    let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
                    stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
                    exprs.into_iter().for_each(|e| self.expr(e));
                    blocks.into_iter().for_each(|b| self.block(b));
                }
            }
        }
    }

    /// A function inside may run when the request is over.
    fn nested(&mut self, body: &[Stmt]) {
        let before = self.reads.len();
        self.block(body);
        self.only_read &= self.reads.len() == before;
    }

    /// Writing a field is no reading.
    fn target(&mut self, target: &Expr) {
        match &target.kind {
            Kind::Index(object, key) => {
                let before = self.reads.len();
                self.expr(object);
                self.only_read &= self.reads.len() == before;
                self.expr(key);
            }
            _ => self.expr(target),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            Kind::Var(var) => self.only_read &= *var != self.var,
            Kind::Function(function) => self.nested(&self.chunk.functions[function.0].body),
            Kind::Index(..) => match self.names(expr) {
                Some(names) => match self.place(expr, &names) {
                    Some(read) => self.reads.push((expr.span, read)),
                    None => self.only_read = false,
                },
                None => expr.each_child(&mut |child| self.expr(child)),
            },
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }

    /// The names in `b.user.name`.
    fn names<'e>(&self, expr: &'e Expr) -> Option<Vec<&'e str>> {
        let Kind::Index(object, key) = &expr.kind else {
            return None;
        };
        let mut names = match object.var() == Some(self.var) {
            true => Vec::new(),
            false => self.names(object)?,
        };
        names.push(key.text()?);
        Some(names)
    }

    fn place(&self, expr: &Expr, names: &[&str]) -> Option<Read> {
        if names.len() > MAX_PATH {
            return None;
        }
        let (mut path, mut schema) = (0, self.schema);
        for (depth, name) in names.iter().enumerate() {
            // What is indexed further must be there.
            let there = schema.required || schema.default.is_some();
            if depth > 0 && (!there || schema.nullable) {
                return None;
            }
            let fields = schema.fields();
            let at = fields.iter().position(|field| field.name == *name)?;
            if at >= MAX_FIELDS {
                return None;
            }
            path |= (at as u32 + 1) << (8 * depth);
            schema = &fields[at].schema;
        }
        let there = schema.required || schema.default.is_some();
        let scalar = !matches!(schema.kind, Type::Any | Type::Array(..) | Type::Object(_));
        // What has parts would be another table at each read.
        let written = self.slots.contains(&expr.span) && self.is_written(schema);
        if !scalar && !written {
            return None;
        }
        Some(Read {
            held: Held { holder: 0, path },
            number: matches!(schema.kind, Type::Number(_) | Type::Integer(_))
                && there
                && !schema.nullable,
        })
    }

    /// Whether a value's JSON is that of the table that would be made of it: it holds no
    /// values of any kind, and its fields come in the program's order.
    fn is_written(&self, schema: &Schema) -> bool {
        match &schema.kind {
            Type::Any => false,
            Type::Array(element, _) => self.is_written(element),
            Type::Object(fields) => {
                let places = fields.iter().map(|field| {
                    let mut names = self.orders.common.iter();
                    names.position(|name| **name == *field.name)
                });
                let places: Option<Vec<usize>> = places.collect();
                places.is_some_and(|places| places.is_sorted())
                    && fields.iter().all(|field| self.is_written(&field.schema))
            }
            _ => true,
        }
    }
}
