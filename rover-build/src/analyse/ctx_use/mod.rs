//! What a function does with its `ctx`. From this follow a route's needs, the errors for
//! unknown members, and which reads the lowered program makes directly.

mod aliases;
mod why;

use std::collections::{HashMap, HashSet};

use crate::front::hir::{Chunk, Expr, FunctionId, Kind, Name, Span, Stmt, VarId};
use crate::front::ids::FunctionRef;
use crate::vocabulary::{self, CTX, Kind as WordKind};

/// The tables of `ctx` that are read by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Table {
    /// `ctx:params()`
    Params,
    /// `ctx:query()`
    Query,
    /// `ctx:headers()`
    Headers,
    /// `ctx:cookies()`
    Cookies,
}

impl Table {
    const ALL: [Table; 4] = [Table::Params, Table::Query, Table::Headers, Table::Cookies];

    fn from_member(name: &str) -> Option<Table> {
        Some(match name {
            "params" => Table::Params,
            "query" => Table::Query,
            "headers" => Table::Headers,
            "cookies" => Table::Cookies,
            _ => return None,
        })
    }
}

/// What a local holds of `ctx`: `local q = ctx:query()`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CtxPart {
    Table(Table),
    Body,
}

impl CtxPart {
    fn from_member(name: &str) -> Option<CtxPart> {
        match name {
            "body" => Some(CtxPart::Body),
            _ => Table::from_member(name).map(CtxPart::Table),
        }
    }

    fn member(self) -> &'static str {
        match self {
            CtxPart::Table(Table::Params) => "params",
            CtxPart::Table(Table::Query) => "query",
            CtxPart::Table(Table::Headers) => "headers",
            CtxPart::Table(Table::Cookies) => "cookies",
            CtxPart::Body => "body",
        }
    }

    fn source(self) -> Option<Source> {
        Source::from_member(self.member())
    }
}

/// Methods of the body that are called without it.
const BODY_READS: [&str; 3] = ["json", "text", "raw"];

/// A part of the request that is checked against a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// `ctx:body()`
    Body,
    /// `ctx:query()`
    Query,
    /// `ctx:params()`
    Params,
}

impl Source {
    fn from_member(name: &str) -> Option<Source> {
        Some(match name {
            "body" => Source::Body,
            "query" => Source::Query,
            "params" => Source::Params,
            _ => return None,
        })
    }
}

/// How a function uses its first parameter, if that is a `ctx`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CtxUse {
    /// The parameter.
    pub(crate) var: Option<VarId>,
    /// In the order of the text.
    pub(crate) members: Vec<Member>,
    /// `ctx` is used in some other way: passed on, returned, assigned.
    pub(crate) escapes: bool,
    /// Functions that it is passed to and that take it as their own.
    pub(crate) passed: Vec<FunctionRef>,
    /// What is checked, against which of the constant schemas.
    pub(crate) expects: Vec<(Source, usize)>,
    /// What other functions do that have the same `ctx`: the tables that they use whole.
    pub(crate) shared: HashSet<Table>,
}

/// One `ctx:name` or `ctx.name`, or the use of a local that holds its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) called: bool,
    /// It is reached through a local that holds it: `name_span` is that local's.
    pub(crate) by_local: bool,
    /// In a function inside, which may run later than the request.
    pub(crate) nested: bool,
    pub(crate) access: Access,
}

/// What is done with a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Something that only the member itself can do.
    Whole,
    /// A plain value is read: `ctx.path`. The whole expression.
    Field(Span),
    /// A field of the program's own is read: `ctx.user`.
    Own,
    /// A field is set: `ctx.user = user`.
    Set,
    /// One value of a table is read: `ctx:params().id`, `p.id`. Its name, and the whole
    /// expression.
    Read(Table, Name, Span),
    /// A local takes it, and no use needs it as a value: the call.
    Alias(CtxPart, Span),
    /// A method is called on the body: `ctx:body():json()`, `b:json()`. The method and the
    /// whole call where it has no arguments.
    Body(String, Option<Span>),
    /// It is checked against a constant schema, by its number: `ctx:body():expect(schema)`,
    /// `b:expect(schema)`. The whole expression.
    Expect(Source, usize, Span),
}

impl CtxUse {
    /// Whether the function may read the request's body.
    pub(crate) fn reads_body(&self) -> bool {
        self.escapes || self.members.iter().any(|m| m.name == "body")
    }

    /// Whether a read may be made without `ctx`: nothing can tell the difference.
    pub(crate) fn is_direct(&self, member: &Member) -> bool {
        if member.nested {
            return false;
        }
        match &member.access {
            Access::Whole | Access::Own | Access::Set => false,
            Access::Field(_) | Access::Expect(..) | Access::Alias(CtxPart::Body, _) => true,
            Access::Read(table, ..) | Access::Alias(CtxPart::Table(table), _) => {
                self.only_read(*table)
            }
            Access::Body(method, whole) => whole.is_some() && BODY_READS.contains(&method.as_str()),
        }
    }

    /// The table is seen by this function alone, and only values are read of it.
    fn only_read(&self, table: Table) -> bool {
        let mut same = self
            .members
            .iter()
            .filter(|m| Table::from_member(&m.name) == Some(table));
        !self.escapes
            && !self.shared.contains(&table)
            && same.all(|m| match m.access {
                Access::Read(..) | Access::Alias(..) => !m.nested,
                // It looks at the request, not at the table.
                Access::Expect(..) => true,
                _ => false,
            })
    }

    /// The tables that others cannot take to be only read.
    pub(crate) fn used_whole(&self) -> impl Iterator<Item = Table> {
        Table::ALL
            .into_iter()
            .filter(|table| !self.only_read(*table))
    }

    /// Whether any use is left for which a `ctx` must be made.
    pub(crate) fn needs_ctx(&self) -> bool {
        self.escapes || self.members.iter().any(|m| !self.is_direct(m))
    }
}

/// What the analysis of a function is told of the rest of the program.
pub(crate) struct Known<'p> {
    /// Of a callee and the place of an argument that is the `ctx`: the function that is
    /// called, if it takes it as its own.
    pub(crate) passed: &'p dyn Fn(&Expr, usize) -> Option<FunctionRef>,
    /// The number of the constant schema that an expression stands for.
    pub(crate) schema: &'p dyn Fn(&Expr) -> Option<usize>,
}

/// How a function uses a parameter.
pub(crate) fn ctx_use(
    chunk: &Chunk,
    function: FunctionId,
    ctx: VarId,
    known: &Known<'_>,
) -> CtxUse {
    let body = &chunk.functions[function].body;
    let (parts, broken) = aliases::find(chunk, ctx, known, body);
    let mut finder = Finder {
        chunk,
        ctx,
        aliases: parts,
        broken,
        nested: false,
        known,
        found: CtxUse::default(),
    };
    finder.found.var = Some(ctx);
    finder.found.escapes = chunk.vars[ctx].writes > 0;
    finder.block(body);
    let mut found = finder.found;
    found.members.sort_by_key(|m| m.name_span.start);
    found
}

/// `ctx:name(...)` and `ctx.name(...)`: the name, its place, whether there are arguments.
fn called_member(ctx: VarId, expr: &Expr) -> Option<(&str, Span, bool)> {
    match &expr.kind {
        Kind::Method(object, name, args) if object.var() == Some(ctx) => {
            Some((name, name.span, !args.is_empty()))
        }
        Kind::Call(callee, args) => {
            let (name, span) = named_member(ctx, callee)?;
            Some((name, span, !args.is_empty()))
        }
        _ => None,
    }
}

/// `ctx.name`
fn named_member(ctx: VarId, expr: &Expr) -> Option<(&str, Span)> {
    match &expr.kind {
        Kind::Index(object, key) if object.var() == Some(ctx) => Some((key.text()?, key.span)),
        _ => None,
    }
}

/// The table that an expression is: `ctx:params()`.
fn table_of(ctx: VarId, expr: &Expr) -> Option<Table> {
    let (name, _, arguments) = called_member(ctx, expr)?;
    Table::from_member(name).filter(|_| !arguments)
}

/// What a local takes: `ctx:params()`, `ctx:body()`.
fn part_of(ctx: VarId, expr: &Expr) -> Option<CtxPart> {
    let (name, _, arguments) = called_member(ctx, expr)?;
    CtxPart::from_member(name).filter(|_| !arguments)
}

struct Finder<'a, 'p> {
    chunk: &'a Chunk,
    known: &'p Known<'p>,
    ctx: VarId,
    aliases: HashMap<VarId, CtxPart>,
    broken: HashSet<VarId>,
    nested: bool,
    found: CtxUse,
}

impl<'a> Finder<'a, '_> {
    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Local(vars, values) => {
                    for (at, value) in values.iter().enumerate() {
                        let var = vars.get(at).copied();
                        match var.and_then(|var| self.alias(var)) {
                            Some(part) => {
                                let access = Access::Alias(part, value.span);
                                self.member_call(value, access);
                            }
                            None => self.expr(value),
                        }
                    }
                }
                Stmt::Assign(targets, values) => {
                    for target in targets {
                        self.target(target);
                    }
                    values.iter().for_each(|e| self.expr(e));
                }
                Stmt::LocalFunction(_, f) => self.function(*f),
                Stmt::Function(target, f) => {
                    self.target(target);
                    self.function(*f);
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

    /// What a local stands for, where it is not needed as a value.
    fn alias(&self, var: VarId) -> Option<CtxPart> {
        self.aliases
            .get(&var)
            .copied()
            .filter(|_| !self.broken.contains(&var))
    }

    fn function(&mut self, function: FunctionId) {
        let outer = std::mem::replace(&mut self.nested, true);
        self.block(&self.chunk.functions[function].body);
        self.nested = outer;
    }

    fn target(&mut self, target: &'a Expr) {
        match &target.kind {
            Kind::Index(object, key) => {
                if let Some((name, span)) = named_member(self.ctx, target) {
                    return self.push(name, span, false, Access::Set);
                }
                self.expr(object);
                self.expr(key);
            }
            _ => self.expr(target),
        }
    }

    fn push(&mut self, name: &str, name_span: Span, called: bool, access: Access) {
        self.found.members.push(Member {
            name: name.to_owned(),
            name_span,
            called,
            by_local: false,
            nested: self.nested,
            access,
        });
    }

    fn push_by_local(&mut self, part: CtxPart, local: Span, access: Access) {
        self.found.members.push(Member {
            name: part.member().to_owned(),
            name_span: local,
            called: true,
            by_local: true,
            nested: self.nested,
            access,
        });
    }

    /// Notes a called member, and looks into its arguments.
    fn member_call(&mut self, call: &'a Expr, access: Access) {
        if let Some((name, span, _)) = called_member(self.ctx, call) {
            self.push(name, span, true, access);
        } else if let Some(part) = self.by_local(call) {
            self.push_by_local(part, call.span, access);
        }
        if let Kind::Method(_, _, args) | Kind::Call(_, args) = &call.kind {
            args.iter().for_each(|arg| self.expr(arg));
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Var(var) => self.found.escapes |= *var == self.ctx,
            Kind::Function(function) => self.function(*function),
            Kind::Index(object, key) => {
                if let Some(var) = object.var()
                    && let (Some(part @ CtxPart::Table(table)), Some(name)) =
                        (self.alias(var), key.name())
                {
                    let access = Access::Read(table, name, expr.span);
                    return self.push_by_local(part, key.span, access);
                }
                if let (Some(table), Some(name)) = (table_of(self.ctx, object), key.name()) {
                    return self.member_call(object, Access::Read(table, name, expr.span));
                }
                if let Some((name, span)) = named_member(self.ctx, expr) {
                    let access = match vocabulary::word(CTX, name) {
                        Some(word) if word.kind == WordKind::Value => Access::Field(expr.span),
                        Some(_) => Access::Whole,
                        None => Access::Own,
                    };
                    return self.push(name, span, false, access);
                }
                expr.each_child(&mut |child| self.expr(child));
            }
            Kind::Method(object, method, args) => {
                if let Some((source, number)) = self.expectation(object, method, args) {
                    self.found.expects.push((source, number));
                    let access = Access::Expect(source, number, expr.span);
                    return self.member_call(object, access);
                }
                if self.source(object) == Some(Source::Body) {
                    let whole = args.is_empty().then_some(expr.span);
                    self.member_call(object, Access::Body(method.text.clone(), whole));
                    return args.iter().for_each(|arg| self.expr(arg));
                }
                self.call(expr);
            }
            Kind::Call(callee, args) => {
                // `ctx.body().json()`
                if let Kind::Index(object, key) = &callee.kind
                    && let (Some(("body", ..)), Some(method)) =
                        (called_member(self.ctx, object), key.text())
                {
                    self.member_call(object, Access::Body(method.to_owned(), None));
                    return args.iter().for_each(|arg| self.expr(arg));
                }
                self.call(expr);
            }
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }

    /// `ctx:body():expect(schema)`, where the schema is constant.
    fn expectation(&self, object: &Expr, method: &str, args: &[Expr]) -> Option<(Source, usize)> {
        match args {
            [schema] if method == "expect" => {
                Some((self.source(object)?, (self.known.schema)(schema)?))
            }
            _ => None,
        }
    }

    /// The part of the request that an expression is: `ctx:body()`, or a local that holds
    /// it. A table that more is done with may have methods of the program's by then.
    fn source(&self, expr: &Expr) -> Option<Source> {
        let part = match part_of(self.ctx, expr) {
            Some(part) => Some(part),
            None => self.by_local(expr),
        };
        part.and_then(CtxPart::source)
    }

    fn by_local(&self, expr: &Expr) -> Option<CtxPart> {
        let var = expr.var()?;
        match self.aliases.get(&var) {
            Some(CtxPart::Body) => Some(CtxPart::Body),
            _ => self.alias(var),
        }
    }

    /// `rover.guard(ctx:body():json(), schema)`, where the schema is constant.
    fn guarded(&mut self, args: &[Expr]) {
        let [value, schema] = args else { return };
        let source = match &value.kind {
            Kind::Method(object, method, _) if matches!(method.as_str(), "json" | "form") => {
                self.source(object).filter(|source| *source == Source::Body)
            }
            _ => self.source(value).filter(|source| *source != Source::Body),
        };
        if let Some(source) = source
            && let Some(number) = (self.known.schema)(schema)
        {
            self.found.expects.push((source, number));
        }
    }

    fn call(&mut self, expr: &'a Expr) {
        match called_member(self.ctx, expr) {
            Some(_) => self.member_call(expr, Access::Whole),
            None => self.other_call(expr),
        }
    }

    fn other_call(&mut self, expr: &'a Expr) {
        let Kind::Call(callee, args) = &expr.kind else {
            return expr.each_child(&mut |child| self.expr(child));
        };
        self.guarded(args);
        self.expr(callee);
        for (at, arg) in args.iter().enumerate() {
            let passed = match arg.var() == Some(self.ctx) && !self.nested {
                true => (self.known.passed)(callee, at),
                false => None,
            };
            match passed {
                Some(place) => self.found.passed.push(place),
                None => self.expr(arg),
            }
        }
    }
}
