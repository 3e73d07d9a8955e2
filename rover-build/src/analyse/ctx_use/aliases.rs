//! Locals that hold a part of `ctx`.

use std::collections::{HashMap, HashSet};

use super::{BODY_READS, CtxPart, Known, part_of};
use crate::front::hir::{Chunk, Expr, Kind, Stmt, VarId};

/// The locals that a function gives a part of its `ctx`, and those that are needed as
/// values.
pub(super) fn find(
    chunk: &Chunk,
    ctx: VarId,
    known: &Known<'_>,
    body: &[Stmt],
) -> (HashMap<VarId, CtxPart>, HashSet<VarId>) {
    let mut aliases = Aliases {
        chunk,
        ctx,
        known,
        parts: HashMap::new(),
        broken: HashSet::new(),
    };
    aliases.declarations(body);
    aliases.uses(body, false);
    (aliases.parts, aliases.broken)
}

/// Locals that hold a part of `ctx`: `local q = ctx:query()`.
struct Aliases<'a, 'p> {
    chunk: &'a Chunk,
    ctx: VarId,
    known: &'p Known<'p>,
    parts: HashMap<VarId, CtxPart>,
    /// They are needed as values.
    broken: HashSet<VarId>,
}

impl<'a> Aliases<'a, '_> {
    fn declarations(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            if let Stmt::Local(vars, values) = stmt {
                for (var, value) in vars.iter().zip(values) {
                    if let (Some(part), 0) =
                        (part_of(self.ctx, value), self.chunk.vars[*var].writes)
                    {
                        self.parts.insert(*var, part);
                    }
                }
            }
            let mut blocks = Vec::new();
            stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
            for inner in blocks {
                self.declarations(inner);
            }
        }
    }

    fn uses(&mut self, block: &'a [Stmt], nested: bool) {
        for stmt in block {
            if let Stmt::Assign(targets, values) = stmt {
                for target in targets {
                    // Writing a field is no reading.
                    match &target.kind {
                        Kind::Index(object, key) => {
                            self.value(object, nested);
                            self.value(key, nested);
                        }
                        _ => self.value(target, nested),
                    }
                }
                values.iter().for_each(|e| self.value(e, nested));
                continue;
            }
            match stmt {
                Stmt::LocalFunction(_, f) => self.uses(&self.chunk.functions[*f].body, true),
                Stmt::Function(target, f) => {
                    self.value(target, nested);
                    self.uses(&self.chunk.functions[*f].body, true);
                }
                _ => {
                    let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
                    stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
                    exprs.into_iter().for_each(|e| self.value(e, nested));
                    blocks.into_iter().for_each(|b| self.uses(b, nested));
                }
            }
        }
    }

    fn value(&mut self, expr: &'a Expr, nested: bool) {
        match &expr.kind {
            Kind::Var(var) => {
                self.broken.insert(*var);
            }
            Kind::Index(object, key) if !nested && self.table(object) && key.text().is_some() => {}
            Kind::Method(object, method, args)
                if !nested && self.is_direct(object, method, args) =>
            {
                args.iter().for_each(|arg| self.value(arg, nested));
            }
            Kind::Function(f) => self.uses(&self.chunk.functions[*f].body, true),
            _ => expr.each_child(&mut |child| self.value(child, nested)),
        }
    }

    fn part(&self, expr: &Expr) -> Option<CtxPart> {
        self.parts.get(&expr.var()?).copied()
    }

    fn table(&self, expr: &Expr) -> bool {
        matches!(self.part(expr), Some(CtxPart::Table(_)))
    }

    /// Whether a method is called that looks at the request itself.
    fn is_direct(&self, object: &Expr, method: &str, args: &[Expr]) -> bool {
        let Some(part) = self.part(object) else {
            return false;
        };
        match args {
            [] => part == CtxPart::Body && BODY_READS.contains(&method),
            [schema] => {
                method == "expect"
                    && part.source().is_some()
                    && (self.known.schema)(schema).is_some()
            }
            _ => false,
        }
    }
}
