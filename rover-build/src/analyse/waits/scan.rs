//! From the program's trees to the graph: which expression's values come where.

use std::collections::HashSet;

use super::graph::{Access, Call, Graph, Node, Place, Site};
use super::texts::Texts;
use super::values::{Atom, Atoms};
use crate::analyse::ctx_flow::CtxFlow;
use crate::analyse::names::{Given, Names};
use crate::analyse::servers::ServerVars;
use crate::front::hir::{BinaryOp, Expr, Field, Function, Kind, Span, Stmt, UnaryOp};
use crate::front::ids::{FileId, FunctionRef, VarRef};
use crate::vocabulary::{self, CTX, GLOBALS, Kind as WordKind};

/// The metamethods of operators between or before values.
const ARITHMETIC: [&str; 6] = ["__add", "__sub", "__mul", "__div", "__mod", "__pow"];

pub(super) struct Scan<'n, 'a> {
    pub(super) names: &'n Names<'a>,
    pub(super) servers: &'n ServerVars,
    pub(super) atoms: &'n Atoms,
    pub(super) texts: &'n Texts<'a>,
    pub(super) graph: Graph<'a>,
    /// Parameters that are a request's `ctx`, and nothing else.
    pub(super) ctx: HashSet<VarRef>,
    /// The function that is looked at.
    pub(super) here: FunctionRef,
}

impl<'a> Scan<'_, 'a> {
    /// Every function of every file.
    pub(super) fn program(&mut self, ctx_flow: &CtxFlow) {
        let sources = self.names.sources;
        for (file, source) in sources.files.numbered() {
            for (id, function) in source.hir.functions.numbered() {
                let place = file.function(id);
                let ctx = ctx_flow.ctx_of(sources, place);
                let steady = ctx.filter(|var| source.hir.vars[*var].writes == 0);
                self.ctx.extend(steady.map(|var| file.var(var)));
                self.function(place, function);
            }
        }
        // What is called by the runtime: with a `ctx`, and `on_error` with an error.
        let (callee, ctx) = (self.graph.place(Place::Routes), self.object(CTX));
        let result = self.graph.fresh();
        self.graph.call(Call {
            site: Site::Outside,
            at: FileId::MANIFEST.at(0),
            callee,
            args: vec![ctx],
            open: true,
            result,
            text: None,
        });
    }

    fn function(&mut self, place: FunctionRef, function: &'a Function) {
        self.here = place;
        self.block(&function.body);
    }

    pub(super) fn file(&self) -> FileId {
        self.here.file
    }

    pub(super) fn constant(&mut self, atom: Atom) -> Node {
        self.graph.place(Place::Constant(self.atoms.number(atom)))
    }

    pub(super) fn nothing(&mut self) -> Node {
        self.graph.place(Place::Nothing)
    }

    pub(super) fn object(&mut self, owner: &str) -> Node {
        match self.atoms.object(owner) {
            Some(atom) => self.constant(atom),
            None => self.nothing(),
        }
    }

    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            self.stmt(stmt);
            stmt.parts(&mut |_| {}, &mut |inner| self.block(inner));
        }
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Local(vars, values) => {
                let to: Vec<Node> = vars
                    .iter()
                    .map(|var| self.graph.place(Place::Var(self.file().var(*var))))
                    .collect();
                self.assign(&to, values);
            }
            Stmt::Assign(targets, values) => {
                let to: Vec<Node> = targets
                    .iter()
                    .zip(values.iter().map(Some).chain(std::iter::repeat(None)))
                    .map(|(target, value)| self.target(target, value))
                    .collect();
                self.assign(&to, values);
            }
            Stmt::Function(target, id) => {
                let to = self.target(target, None);
                let function = self.constant(Atom::Function(self.file().function(*id)));
                self.graph.flow(function, to);
            }
            Stmt::LocalFunction(var, id) => {
                let to = self.graph.place(Place::Var(self.file().var(*var)));
                let function = self.constant(Atom::Function(self.file().function(*id)));
                self.graph.flow(function, to);
            }
            Stmt::Return(_, values) => {
                let to = self.graph.place(Place::Returned(self.here));
                for value in values {
                    let node = self.value(value);
                    self.graph.flow(node, to);
                }
            }
            Stmt::For(header, values, _) => {
                let vars = header.vars.iter();
                let to: Vec<Node> = vars
                    .map(|var| self.graph.place(Place::Var(self.file().var(*var))))
                    .collect();
                self.iterate(&to, values);
            }
            _ => {
                let mut evaluate = |expr| {
                    self.value(expr);
                };
                stmt.parts(&mut evaluate, &mut |_| {});
            }
        }
    }

    /// `a, b = x, y`: the last value may be many.
    fn assign(&mut self, to: &[Node], values: &'a [Expr]) {
        let given: Vec<Node> = values.iter().map(|value| self.value(value)).collect();
        for (at, to) in to.iter().enumerate() {
            if let Some(from) = given.get(at).or(given.last()) {
                self.graph.flow(*from, *to);
            }
        }
    }

    /// Where a value goes that is assigned.
    fn target(&mut self, target: &'a Expr, value: Option<&'a Expr>) -> Node {
        let Kind::Index(object, key) = &target.kind else {
            return match &target.kind {
                Kind::Var(var) => self.graph.place(Place::Var(self.file().var(*var))),
                Kind::Global(name) => self.graph.place(Place::Field(name)),
                _ => self.graph.fresh(),
            };
        };
        if self.servers.is_route(self.file(), target) {
            if let Some(value) = value {
                self.routes(value);
            }
            return self.graph.place(Place::Routes);
        }
        let (object, node) = (self.value(object), self.graph.fresh());
        self.value(key);
        self.graph.access(object, Access::Write(node));
        let to = match key.text() {
            Some(name) => self.graph.place(Place::Field(name)),
            None => self.keyed(key),
        };
        self.graph.flow(node, to);
        let nothing = self.nothing();
        self.operator(target.span, &["__newindex"], vec![object, nothing, node]);
        node
    }

    /// `api.users = { get = function(ctx) ... end }`
    fn routes(&mut self, value: &'a Expr) {
        let Kind::Table(fields) = &value.kind else {
            let (node, to) = (self.value(value), self.graph.place(Place::Routes));
            return self.graph.flow(node, to);
        };
        for field in fields {
            if let Field::Named(_, value) | Field::Keyed(_, value) = field {
                self.routes(value);
            }
        }
    }

    /// Where values stand whose key is no name.
    fn keyed(&mut self, key: &'a Expr) -> Node {
        let number = match &self.names.followed(self.file(), key).kind {
            Kind::Number(_) | Kind::Unary(UnaryOp::Length | UnaryOp::Minus, _) => true,
            Kind::Binary(BinaryOp::Add | BinaryOp::Arithmetic, ..) => true,
            Kind::Var(var) => matches!(self.names.given(self.file(), *var), Given::Counter),
            _ => false,
        };
        self.graph.place(match number {
            true => Place::Items,
            false => Place::Computed,
        })
    }

    /// What a loop gives to its variables.
    fn iterate(&mut self, vars: &[Node], values: &'a [Expr]) {
        let file = self.file();
        if let [all] = values
            && let Kind::Call(callee, args) = &all.kind
            && let Some(iterator @ ("pairs" | "ipairs")) = self.names.global(file, callee)
        {
            let nodes: Vec<Node> = args.iter().map(|arg| self.value(arg)).collect();
            let from = match iterator {
                "ipairs" => vec![Place::Items, Place::Computed],
                _ => vec![Place::Stored],
            };
            let event: &'static [&'static str] = match iterator {
                "ipairs" => &["__ipairs", "__index"],
                _ => &["__pairs"],
            };
            let own = self.operator(all.span, event, nodes.clone());
            let mut from: Vec<Node> = from.into_iter().map(|p| self.graph.place(p)).collect();
            from.extend(&nodes);
            // What `__pairs` gives is an iterator of the program's.
            if let Some(own) = own {
                from.push(self.called(all.span, own, vec![own]));
            }
            // Of a library, its words.
            for (library, var) in nodes
                .iter()
                .flat_map(|arg| vars.iter().map(move |v| (arg, v)))
            {
                self.graph.access(*library, Access::Read(None, *var));
            }
            for (from, var) in from
                .iter()
                .flat_map(|from| vars.iter().map(move |v| (from, v)))
            {
                self.graph.flow(*from, *var);
            }
            return;
        }
        let given: Vec<Node> = values.iter().map(|value| self.value(value)).collect();
        if let Some(iterator) = given.first() {
            let span = values[0].span;
            let result = self.called(span, *iterator, given.clone());
            self.meta_call(span, *iterator, given, result);
            vars.iter().for_each(|var| self.graph.flow(result, *var));
        }
    }

    /// A call whose values come to a place of its own.
    pub(super) fn called(&mut self, span: Span, callee: Node, args: Vec<Node>) -> Node {
        let result = self.graph.fresh();
        self.graph.call(Call {
            site: Site::Function(self.here),
            at: self.file().range(span),
            callee,
            args,
            open: true,
            result,
            text: None,
        });
        result
    }

    /// Metamethods that an operator may call, where the program has any of that name.
    pub(super) fn operator(
        &mut self,
        span: Span,
        events: &[&'static str],
        args: Vec<Node>,
    ) -> Option<Node> {
        let mut result = None;
        for event in events
            .iter()
            .filter(|event| self.texts.events.contains(*event))
        {
            let callee = self.graph.place(Place::Field(event));
            let given = self.called(span, callee, args.clone());
            match result {
                None => result = Some(given),
                Some(result) => self.graph.flow(given, result),
            }
        }
        result
    }

    pub(super) fn value(&mut self, expr: &'a Expr) -> Node {
        let file = self.file();
        if let Some(function) = self.names.function(file, expr) {
            return self.constant(Atom::Function(function));
        }
        if let Some(word) = self.word(expr) {
            return self.constant(word);
        }
        match &expr.kind {
            Kind::Nil | Kind::Boolean(_) | Kind::Number(_) | Kind::Text(_) => self.nothing(),
            Kind::Vararg => self.graph.place(Place::Varargs(self.here)),
            Kind::Function(id) => self.constant(Atom::Function(file.function(*id))),
            Kind::Var(var) => self.graph.place(Place::Var(file.var(*var))),
            Kind::Global(name) => self.global(name),
            Kind::Paren(inner) => self.value(inner),
            Kind::Index(object, key) => {
                let object = self.value(object);
                self.value(key);
                self.read(expr.span, object, key)
            }
            Kind::Call(callee, args) => self.call(expr, callee, args),
            Kind::Method(object, name, args) => self.method(expr, object, name, args),
            Kind::Binary(op, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                self.binary(expr.span, *op, left, right)
            }
            Kind::Concat(left, right) => {
                let args = vec![self.value(left), self.value(right)];
                let own = self.operator(expr.span, &["__concat"], args);
                own.unwrap_or_else(|| self.nothing())
            }
            Kind::Unary(op, inner) => {
                let inner = self.value(inner);
                let events: &[&str] = match op {
                    UnaryOp::Minus => &["__unm"],
                    UnaryOp::Length => &["__len"],
                    UnaryOp::Not | UnaryOp::Other => &[],
                };
                let own = self.operator(expr.span, events, vec![inner]);
                own.unwrap_or_else(|| self.nothing())
            }
            Kind::Table(fields) => {
                self.table(fields);
                self.nothing()
            }
        }
    }

    fn table(&mut self, fields: &'a [Field]) {
        for field in fields {
            let (to, value) = match field {
                Field::Item(value) => (Place::Items, value),
                Field::Named(name, value) => (Place::Field(name), value),
                Field::Keyed(key, value) => {
                    self.value(key);
                    let (from, to) = (self.value(value), self.keyed(key));
                    self.graph.flow(from, to);
                    continue;
                }
            };
            let (from, to) = (self.value(value), self.graph.place(to));
            self.graph.flow(from, to);
        }
    }

    fn binary(&mut self, span: Span, op: BinaryOp, left: Node, right: Node) -> Node {
        let events: &[&'static str] = match op {
            BinaryOp::And | BinaryOp::Or => {
                let both = self.graph.fresh();
                self.graph.flow(left, both);
                self.graph.flow(right, both);
                return both;
            }
            BinaryOp::Equality => &["__eq"],
            BinaryOp::Order => &["__lt", "__le"],
            BinaryOp::Add => &ARITHMETIC[..1],
            BinaryOp::Arithmetic | BinaryOp::Other => &ARITHMETIC[1..],
        };
        let own = self.operator(span, events, vec![left, right]);
        own.unwrap_or_else(|| self.nothing())
    }

    fn global(&mut self, name: &'a str) -> Node {
        let node = self.graph.place(Place::Field(name));
        let given = self.atoms.member(GLOBALS, name);
        for atom in given {
            self.graph.insert(node, self.atoms.number(atom));
        }
        node
    }

    /// `object.name`, `object[key]`
    fn read(&mut self, span: Span, object: Node, key: &'a Expr) -> Node {
        let result = self.graph.fresh();
        let from = match (key.text(), self.keyed_read(key)) {
            (Some(name), _) => vec![Place::Field(name), Place::Computed],
            (None, true) => vec![Place::Items, Place::Computed],
            (None, false) => vec![Place::Stored],
        };
        for place in from {
            let from = self.graph.place(place);
            self.graph.flow(from, result);
        }
        self.graph.access(object, Access::Read(key.text(), result));
        if let Some(own) = self.operator(span, &["__index"], vec![object]) {
            self.graph.flow(own, result);
        }
        result
    }

    /// Whether a key is a number for certain.
    fn keyed_read(&mut self, key: &'a Expr) -> bool {
        self.keyed(key) == self.graph.place(Place::Items)
    }

    /// The library that an expression names, and nothing else can be.
    pub(super) fn library(&self, expr: &Expr) -> Option<String> {
        let path = match &self.names.followed(self.file(), expr).kind {
            Kind::Global(name) => name.clone(),
            Kind::Index(object, key) => format!("{}.{}", self.library(object)?, key.text()?),
            _ => return None,
        };
        let (owner, name) = path.rsplit_once('.').unwrap_or((GLOBALS, &path));
        let is_library = vocabulary::word(owner, name).is_some_and(|w| w.kind == WordKind::Table);
        (is_library && !self.texts.is_changed(&path)).then_some(path)
    }

    /// The word of a library that an expression is, and nothing else can be.
    pub(super) fn word(&self, expr: &Expr) -> Option<Atom> {
        let (owner, name) = match &self.names.followed(self.file(), expr).kind {
            Kind::Global(name) if !self.texts.is_changed(name) => (GLOBALS.to_owned(), &**name),
            Kind::Index(object, key) => (self.library(object)?, key.text()?),
            _ => return None,
        };
        let (at, word) = self.atoms.word(&owner, name)?;
        (word.kind == WordKind::Function).then_some(Atom::Word(at))
    }
}
