//! Lists that a handler builds and only returns: they are written as JSON while they are
//! built, and never become tables.
//!
//! ```lua
//! local rows = {}
//! for i = 1, 50 do rows[#rows + 1] = { id = i } end
//! return { count = #rows, rows = rows }
//! ```
//!
//! A local is such a list where it is declared with an empty constructor and all its uses
//! are items that are added at its end, its length, and its place in what is returned or
//! in an item of another such list. A list in an item of another must be complete there:
//! the item stands in the block that declares it, after every other use. A list that
//! is declared in a loop must become part of another: else one of each round would stay
//! until the request ends.

use std::collections::BTreeMap;

use crate::analyse::handlers::Handlers;
use crate::analyse::responses::{Response, answered, response, with_header};
use crate::analyse::servers::ServerVars;
use crate::analyse::template::template;
use crate::front::hir::{Chunk, Expr, FunctionId, Kind, Span, Stmt, UnaryOp, VarId};
use crate::front::ids::FileId;
use crate::front::load::Sources;

/// By their variables, in order: the same program is lowered to the same text always.
pub(crate) type Lists<'a> = BTreeMap<VarId, List<'a>>;

/// A list that needs no table.
#[derive(Debug, Default)]
pub(crate) struct List<'a> {
    /// Its constructor.
    pub(crate) declared: Span,
    pub(crate) items: Vec<Item<'a>>,
    /// `#rows`
    pub(crate) lengths: Vec<Span>,
    block: usize,
    /// It is declared in a loop.
    in_loop: bool,
    returned: bool,
    /// The lists of which an item holds this one.
    inside: Vec<Inside>,
    /// Where it is used as a table.
    is_table: Option<Span>,
}

/// A statement that adds an item at the end.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    pub(crate) statement: Span,
    pub(crate) value: &'a Expr,
    /// `rows[i] = ...` in a loop that counts from 1.
    counted: bool,
}

#[derive(Debug)]
struct Inside {
    outer: VarId,
    /// The end of the statement.
    at: usize,
    block: usize,
}

/// The lists of a file's function.
pub(crate) fn lists<'a>(
    sources: &'a Sources,
    handlers: &Handlers,
    file: FileId,
    function: FunctionId,
) -> Lists<'a> {
    let chunk = &sources.files[file].hir;
    let mut lists = candidates(sources, handlers, file, function);
    loop {
        let all = lists.len();
        let sound: Vec<VarId> = lists
            .iter()
            .filter(|(_, list)| list.is_sound(chunk, &lists))
            .map(|(var, _)| *var)
            .collect();
        lists.retain(|var, _| sound.contains(var));
        if lists.len() == all {
            return lists;
        }
    }
}

/// The locals of a file's function that begin as an empty table.
pub(crate) fn candidates<'a>(
    sources: &'a Sources,
    handlers: &Handlers,
    file: FileId,
    function: FunctionId,
) -> Lists<'a> {
    let source = &sources.files[file];
    let mut finder = Finder {
        chunk: &source.hir,
        servers: &handlers.servers,
        file,
        globals: handlers.keep_globals,
        lists: Lists::new(),
        blocks: 0,
        nested: false,
        loops: 0,
    };
    finder.block(&source.hir.functions[function].body, 0);
    finder.lists
}

/// The list that an expression is, in a place where its JSON goes: `rows`,
/// `rover.array(rows)`; and whether it is the latter.
pub(crate) fn list_of(expr: &Expr) -> Option<(VarId, bool)> {
    match &expr.kind {
        Kind::Var(var) => Some((*var, false)),
        Kind::Call(callee, args) if is_member(callee, "rover", "array") => match args.as_slice() {
            [value] => Some((value.var()?, true)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether an expression is a list that is written while it is built: `[]` where it is empty.
pub(crate) fn is_list(lists: &Lists<'_>, expr: &Expr) -> bool {
    list_of(expr).is_some_and(|(var, _)| lists.contains_key(&var))
}

impl List<'_> {
    /// Why it is a table after all, and where that is seen.
    pub(crate) fn why_table(&self) -> (&'static str, Option<Span>) {
        match self {
            List {
                is_table: Some(at), ..
            } => ("it is used as a table", Some(*at)),
            List { items, .. } if items.len() > 1 && items.iter().any(|item| item.counted) => {
                ("its items are added in several ways", None)
            }
            List {
                returned: false,
                inside,
                ..
            } if inside.is_empty() => ("it does not go into what is returned", None),
            List {
                in_loop: true,
                inside,
                ..
            } if inside.is_empty() => ("it is declared in a loop", None),
            _ => (
                "what it becomes a part of is a table, or it is used after that",
                None,
            ),
        }
    }

    fn is_sound(&self, chunk: &Chunk, all: &Lists<'_>) -> bool {
        let counted = self.items.iter().any(|item| item.counted);
        if self.is_table.is_some() || self.items.is_empty() || (counted && self.items.len() > 1) {
            return false;
        }
        match self.inside.as_slice() {
            [] => self.returned && !self.in_loop,
            [inside] => {
                let items = self.items.iter().map(|item| item.statement.start);
                let lengths = self.lengths.iter().map(|span| span.start);
                !self.returned
                    && !chunk.jumps
                    && all.contains_key(&inside.outer)
                    && inside.block == self.block
                    && items.chain(lengths).all(|at| at < inside.at)
            }
            _ => false,
        }
    }
}

/// `object.name` of a global.
pub(crate) fn is_member(expr: &Expr, object: &str, name: &str) -> bool {
    matches!(&expr.kind, Kind::Index(o, key)
        if matches!(&o.kind, Kind::Global(g) if g == object) && key.text() == Some(name))
}

struct Finder<'a, 's> {
    chunk: &'a Chunk,
    servers: &'s ServerVars,
    file: FileId,
    /// `table` and `rover` are what they are called.
    globals: bool,
    lists: Lists<'a>,
    /// How many blocks were entered: the next one's number.
    blocks: usize,
    /// In a function inside.
    nested: bool,
    /// How many loops are around.
    loops: usize,
}

impl<'a> Finder<'a, '_> {
    fn enter(&mut self, block: &'a [Stmt]) {
        self.blocks += 1;
        self.block(block, self.blocks);
    }

    fn block(&mut self, statements: &'a [Stmt], block: usize) {
        for stmt in statements {
            self.statement(stmt, block);
        }
    }

    fn statement(&mut self, stmt: &'a Stmt, block: usize) {
        match stmt {
            Stmt::Local(vars, values) if !self.nested => {
                if let ([var], [value]) = (vars.as_slice(), values.as_slice())
                    && self.declares(*var, value, block)
                {
                    return;
                }
                values.iter().for_each(|value| self.expr(value));
            }
            Stmt::Assign(targets, values) => {
                if let ([target], [value]) = (targets.as_slice(), values.as_slice())
                    && let Some(list) = self.appended(target)
                {
                    let statement = Span {
                        start: target.span.start,
                        end: value.span.end,
                    };
                    return self.item(list, statement, value, block, false);
                }
                targets.iter().chain(values).for_each(|e| self.expr(e));
            }
            Stmt::Call(call) => match self.inserted(call) {
                Some((list, value)) => self.item(list, call.span, value, block, false),
                None => self.expr(call),
            },
            Stmt::Count(counter, bounds, body) => {
                bounds.iter().for_each(|bound| self.expr(bound));
                self.counting_loop(*counter, bounds, body, block);
            }
            Stmt::Return(_, values) if !self.nested => match values.as_slice() {
                [value] => self.returned(value),
                _ => values.iter().for_each(|value| self.expr(value)),
            },
            Stmt::LocalFunction(_, function) => self.function(*function),
            Stmt::Function(target, function) => {
                self.expr(target);
                self.function(*function);
            }
            _ => {
                let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
                stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
                let repeats = matches!(stmt, Stmt::While(..) | Stmt::Repeat(..) | Stmt::For(..));
                self.loops += usize::from(repeats);
                // The condition of `repeat` sees the block's variables.
                blocks.into_iter().for_each(|b| self.enter(b));
                self.loops -= usize::from(repeats);
                exprs.into_iter().for_each(|e| self.expr(e));
            }
        }
    }

    fn function(&mut self, function: FunctionId) {
        let outer = std::mem::replace(&mut self.nested, true);
        let chunk = self.chunk;
        self.enter(&chunk.functions[function].body);
        self.nested = outer;
    }

    /// `local rows = {}`, `local rows = rover.array()`
    fn declares(&mut self, var: VarId, value: &Expr, block: usize) -> bool {
        match &value.kind {
            Kind::Table(fields) if fields.is_empty() => {}
            Kind::Call(callee, args) if self.globals && is_member(callee, "rover", "array") => {
                let empty = |e: &Expr| matches!(&e.kind, Kind::Table(fields) if fields.is_empty());
                if args.len() > 1 || !args.iter().all(empty) {
                    return false;
                }
            }
            _ => return false,
        }
        if self.chunk.vars[var].writes > 0 {
            return false;
        }
        let list = List {
            declared: value.span,
            block,
            in_loop: self.loops > 0,
            ..List::default()
        };
        self.lists.insert(var, list);
        true
    }

    /// `rows` in `rows[#rows + 1]`.
    fn appended(&self, target: &Expr) -> Option<VarId> {
        let Kind::Index(object, key) = &target.kind else {
            return None;
        };
        let var = self.known(object)?;
        (key.next_of() == Some(var)).then_some(var)
    }

    /// `table.insert(rows, value)`
    fn inserted(&self, call: &'a Expr) -> Option<(VarId, &'a Expr)> {
        let Kind::Call(callee, args) = &call.kind else {
            return None;
        };
        match args.as_slice() {
            [list, value] if self.globals && is_member(callee, "table", "insert") => {
                // Several results would be a position and a value.
                let several =
                    matches!(value.kind, Kind::Call(..) | Kind::Method(..) | Kind::Vararg);
                Some((self.known(list)?, value)).filter(|_| !several)
            }
            _ => None,
        }
    }

    fn known(&self, expr: &Expr) -> Option<VarId> {
        expr.var()
            .filter(|var| !self.nested && self.lists.contains_key(var))
    }

    /// `for i = 1, n do rows[i] = { ... } end`: every round adds one item, or is the last.
    fn counting_loop(&mut self, counter: VarId, bounds: &[Expr], body: &'a [Stmt], block: usize) {
        let from_one = matches!(bounds, [first, _]
            if matches!(&first.kind, Kind::Number(digits) if digits == "1"));
        let steady = from_one && !self.chunk.jumps && self.chunk.vars[counter].writes == 0;
        self.blocks += 1;
        self.loops += 1;
        let inner = self.blocks;
        for stmt in body {
            if let Stmt::Assign(targets, values) = stmt
                && let ([target], [value]) = (targets.as_slice(), values.as_slice())
                && let Kind::Index(object, key) = &target.kind
                && let Some(list) = self.known(object)
                && key.var() == Some(counter)
                && steady
                && self.lists[&list].block == block
                && matches!(value.kind, Kind::Table(_))
            {
                let statement = Span {
                    start: target.span.start,
                    end: value.span.end,
                };
                self.item(list, statement, value, inner, true);
            } else {
                self.statement(stmt, inner);
            }
        }
        self.loops -= 1;
    }

    fn item(&mut self, list: VarId, statement: Span, value: &'a Expr, block: usize, counted: bool) {
        if let Some((_, slots)) = template(value, 0, &|_| false, &|_| None) {
            for slot in slots {
                match list_of(slot).filter(|(inner, _)| self.lists.contains_key(inner)) {
                    Some((inner, array)) if !array || self.globals => {
                        // Until here its length may be read.
                        let at = statement.end;
                        let outer = list;
                        if let Some(inner) = self.lists.get_mut(&inner) {
                            inner.inside.push(Inside { outer, at, block });
                        }
                    }
                    _ => self.expr(slot),
                }
            }
        } else {
            self.expr(value);
        }
        if let Some(list) = self.lists.get_mut(&list) {
            list.items.push(Item {
                statement,
                value,
                counted,
            });
        }
    }

    fn returned(&mut self, value: &'a Expr) {
        if let Some((object, header)) = with_header(value)
            && let Some(Response::Json(..)) = answered(self.servers, self.file, object)
        {
            header.into_iter().for_each(|e| self.expr(e));
            return self.returned(object);
        }
        let json = match response(self.servers, self.file, value) {
            Some(Response::Json(_, json)) => json,
            _ => value,
        };
        if self.is_returned_list(json) {
            return;
        }
        match template(json, 0, &|_| false, &|_| None) {
            Some((_, slots)) => {
                for slot in slots {
                    if !self.is_returned_list(slot) {
                        self.expr(slot);
                    }
                }
            }
            None => self.expr(value),
        }
    }

    fn is_returned_list(&mut self, expr: &Expr) -> bool {
        let Some((var, array)) = list_of(expr) else {
            return false;
        };
        if array && !self.globals {
            return false;
        }
        let Some(list) = self.lists.get_mut(&var) else {
            return false;
        };
        list.returned = true;
        true
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Var(var) => {
                if let Some(list) = self.lists.get_mut(var) {
                    list.is_table.get_or_insert(expr.span);
                }
            }
            Kind::Unary(UnaryOp::Length, operand) => {
                match self.known(operand).and_then(|var| self.lists.get_mut(&var)) {
                    Some(list) => list.lengths.push(expr.span),
                    None => self.expr(operand),
                }
            }
            Kind::Function(function) => self.function(*function),
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }
}
