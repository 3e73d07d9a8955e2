//! Locals that are lists: an empty table that a function only adds items to.
//!
//! ```lua
//! local out = {}
//! for i, book in ipairs(books) do out[i] = summary(book) end
//! ```

use std::collections::{HashMap, HashSet};

use crate::analyse::handlers::Handlers;
use crate::analyse::lists::is_member;
use crate::analyse::responses::builder;
use crate::front::hir::{Chunk, Expr, Kind, Stmt, VarId};
use crate::front::ids::FileId;
use crate::front::load::Sources;

/// What each list is filled with.
pub(super) type Filled<'a> = HashMap<VarId, Vec<Added<'a>>>;

/// An item.
#[derive(Clone, Copy)]
pub(super) struct Added<'a> {
    pub(super) value: &'a Expr,
    /// Where it is `nil`, the list has a hole: `out[i] = value`.
    pub(super) counted: bool,
}

/// The lists of a file.
pub(super) fn filled<'a>(sources: &'a Sources, handlers: &Handlers, file: FileId) -> Filled<'a> {
    let source = &sources.files[file];
    let mut finder = Finder {
        handlers,
        file,
        chunk: &source.hir,
        filled: Filled::new(),
        counters: HashSet::new(),
        other: HashSet::new(),
    };
    if !handlers.keep_globals {
        return Filled::new();
    }
    for function in &source.hir.functions {
        finder.declared(&function.body);
    }
    for function in &source.hir.functions {
        finder.block(&function.body);
    }
    let Finder { filled, other, .. } = finder;
    let mut filled = filled;
    filled.retain(|var, added| !added.is_empty() && !other.contains(var));
    filled
}

struct Finder<'a, 'h> {
    handlers: &'h Handlers,
    file: FileId,
    chunk: &'a Chunk,
    filled: Filled<'a>,
    /// Variables that are 1, 2, 3, ... in the rounds of the loop around.
    counters: HashSet<VarId>,
    /// Locals that something else is done with.
    other: HashSet<VarId>,
}

impl<'a> Finder<'a, '_> {
    fn declared(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            if let Stmt::Local(vars, values) = stmt {
                for (var, value) in vars.iter().zip(values) {
                    let empty = matches!(&value.kind, Kind::Table(fields) if fields.is_empty());
                    if empty && self.chunk.vars[*var].writes == 0 {
                        self.filled.insert(*var, Vec::new());
                    }
                }
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.declared(inner));
        }
    }

    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Assign(targets, values) => {
                    if let ([target], [value]) = (targets.as_slice(), values.as_slice())
                        && let Kind::Index(object, key) = &target.kind
                        && let Some(var) = object.var()
                        && self.filled.contains_key(&var)
                        && let Some(counted) = self.added(var, key)
                    {
                        self.add(var, value, counted);
                        continue;
                    }
                    targets.iter().for_each(|target| self.target(target));
                    values.iter().for_each(|value| self.kept(value));
                }
                Stmt::Local(_, values) => values.iter().for_each(|value| self.kept(value)),
                Stmt::Return(_, values) => values.iter().for_each(|value| self.answered(value)),
                Stmt::Count(counter, bounds, body) => {
                    bounds.iter().for_each(|bound| self.expr(bound));
                    let from_one = matches!(bounds.as_slice(), [first, _]
                        if matches!(&first.kind, Kind::Number(digits) if digits == "1"));
                    self.rounds(from_one.then_some(*counter), body);
                }
                Stmt::For(header, values, body) => {
                    values.iter().for_each(|value| self.expr(value));
                    let listed = matches!(values.as_slice(), [value]
                        if matches!(&value.kind, Kind::Call(callee, _)
                            if matches!(&callee.kind, Kind::Global(name) if name == "ipairs")));
                    let counter = header.vars.first().copied().filter(|_| listed);
                    self.rounds(counter, body);
                }
                _ => {
                    let mut inner = Vec::new();
                    stmt.parts(&mut |e| self.expr(e), &mut |b| inner.push(b));
                    // What is done there is not done in every round.
                    let counters = std::mem::take(&mut self.counters);
                    inner.into_iter().for_each(|b| self.block(b));
                    self.counters = counters;
                }
            }
        }
    }

    /// The rounds of a loop, and what counts them.
    fn rounds(&mut self, counter: Option<VarId>, body: &'a [Stmt]) {
        let steady = |var: &VarId| self.chunk.vars[*var].writes == 0 && !self.chunk.jumps;
        let counters = counter.into_iter().filter(steady).collect();
        let outer = std::mem::replace(&mut self.counters, counters);
        self.block(body);
        self.counters = outer;
    }

    /// Whether `list[key] = value` adds an item, and whether by counting.
    fn added(&self, list: VarId, key: &Expr) -> Option<bool> {
        if key.var().is_some_and(|var| self.counters.contains(&var)) {
            return Some(true);
        }
        (key.next_of() == Some(list)).then_some(false)
    }

    fn add(&mut self, list: VarId, value: &'a Expr, counted: bool) {
        self.kept(value);
        if let Some(added) = self.filled.get_mut(&list) {
            added.push(Added { value, counted });
        }
    }

    fn target(&mut self, target: &'a Expr) {
        match &target.kind {
            Kind::Index(object, key) => {
                self.kept(object);
                self.expr(key);
            }
            _ => self.kept(target),
        }
    }

    /// A value that another name has from now on.
    fn kept(&mut self, value: &'a Expr) {
        self.other.extend(value.var());
        self.expr(value);
    }

    /// A value that is only answered.
    fn answered(&mut self, value: &'a Expr) {
        if value.var().is_none() {
            self.expr(value);
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Index(object, key) => {
                self.answered(object);
                self.expr(key);
            }
            Kind::Unary(_, inner) | Kind::Paren(inner) => self.answered(inner),
            Kind::Table(_) => expr.each_child(&mut |child| self.answered(child)),
            Kind::Call(callee, args) if is_member(callee, "table", "insert") => {
                if let Some(list) = args.first().and_then(Expr::var)
                    && self.filled.contains_key(&list)
                {
                    match args.as_slice() {
                        [_, value] | [_, _, value] => self.add(list, value, false),
                        _ => drop(self.other.insert(list)),
                    }
                    return args.iter().skip(1).for_each(|arg| self.expr(arg));
                }
                args.iter().for_each(|arg| self.kept(arg));
            }
            Kind::Call(callee, args) => {
                self.expr(callee);
                let only_read = self.only_reads(callee);
                args.iter().for_each(|arg| match only_read {
                    true => self.answered(arg),
                    false => self.kept(arg),
                });
            }
            Kind::Method(object, _, args) => {
                self.kept(object);
                let of_server = self.handlers.servers.is_server(self.file, object)
                    || builder(&self.handlers.servers, self.file, object).is_some();
                args.iter().for_each(|arg| match of_server {
                    true => self.answered(arg),
                    false => self.kept(arg),
                });
            }
            _ => expr.each_child(&mut |child| self.kept(child)),
        }
    }

    /// Functions that leave their arguments as they are, or in another order.
    fn only_reads(&self, callee: &Expr) -> bool {
        if builder(&self.handlers.servers, self.file, callee).is_some() {
            return true;
        }
        match &callee.kind {
            Kind::Global(name) => matches!(name.as_str(), "ipairs" | "pairs" | "next" | "unpack"),
            Kind::Index(..) => {
                ["sort", "concat"]
                    .iter()
                    .any(|name| is_member(callee, "table", name))
                    || is_member(callee, "rover", "array")
            }
            _ => false,
        }
    }
}
