//! Checked parts of the request that a handler only reads by name: `local b =
//! ctx:body():expect(schema)`, `b.title`. They stay where they were laid out; no table is
//! made. A read gives the value from its slot, and one that only goes into a returned
//! constructor is written as JSON from there.

use std::collections::HashSet;

use crate::analyse::checked_in_place::{Uses, Value, uses};
use crate::analyse::ctx_use::{Access, Member};
use crate::analyse::handlers::Handler;
use crate::analyse::lists::{Lists, is_list};
use crate::analyse::responses::{Response, answered, response, with_header};
use crate::analyse::template::{Known, template};
use crate::front::hir::{Expr, Span, Stmt, VarId};
use crate::front::ids::FileId;
use crate::lower::Lowering;

impl<'a> Lowering<'a> {
    /// Finds what a function may check in place; `slots` are the places whose values go into returned
    /// constructors and nowhere else.
    pub(crate) fn check_in_place(&mut self, function: Handler<'_>, slots: &HashSet<Span>) {
        let source = &self.sources.files[function.file];
        let direct = |m: &&Member| function.ctx.is_direct(m);
        for member in function.ctx.members.iter().filter(direct) {
            if let Access::Expect(_, number, span) = member.access
                && let Some(var) = declared(&function.function.body, span)
                && source.hir.vars[var].writes == 0
            {
                let holder = self.holders.len();
                let value = Value {
                    names: self.names,
                    file: function.file,
                    holder,
                    schema: &self.guards.schemas[number],
                    orders: self.orders,
                    slots,
                    globals: self.handlers.keep_globals,
                };
                if let Some(Uses { reads, edits }) = uses(value, var, &function.function.body) {
                    self.holders.insert(function.file.range(span), holder);
                    for read in reads {
                        let known = Known::InPlace(read.at);
                        self.known
                            .insert(function.file.range(read.span), (known, read.text));
                    }
                    for (Span { start, end }, text) in edits {
                        self.replace(function.file, start, end, text);
                    }
                }
            }
        }
    }

    /// The places of values in a handler's returned constructors.
    pub(crate) fn slots(&self, handler: Handler<'_>, lists: &Lists<'_>) -> HashSet<Span> {
        let mut slots = HashSet::new();
        self.slots_of(handler.file, &handler.function.body, lists, &mut slots);
        slots
    }

    fn slots_of(&self, file: FileId, block: &[Stmt], lists: &Lists<'_>, slots: &mut HashSet<Span>) {
        for stmt in block {
            if let Stmt::Return(_, values) = stmt
                && let [value] = values.as_slice()
                && let Some(json) = self.returned_json(file, value)
                && !is_list(lists, json)
                && let Some((_, found)) = template(json, 0, &|e| is_list(lists, e), &|_| None)
            {
                slots.extend(found.iter().map(|slot| slot.span));
            }
            stmt.parts(&mut |_| {}, &mut |inner| {
                self.slots_of(file, inner, lists, slots);
            });
        }
    }

    fn returned_json<'e>(&self, file: FileId, value: &'e Expr) -> Option<&'e Expr> {
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
pub(crate) fn declared(block: &[Stmt], value: Span) -> Option<VarId> {
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
