//! Tables that can only be lists: an empty one is `[]` in JSON, not `{}`.
//!
//! ```lua
//! local rows = {}
//! for _, book in ipairs(books) do rows[#rows + 1] = book.title end
//! return { rows = rows }
//! ```
//!
//! A local is such a table where it is declared with an empty constructor, something is added
//! at its end, and nothing else is written into it: not here, not by a function that it is
//! passed to, and not through a local that takes it from here or from a function that returns
//! it. Where it is passed to what is not seen, it stays a table like any other. What a program
//! writes after all decides: only a table that is empty is written otherwise.

use std::collections::{HashMap, HashSet};

use crate::analyse::handlers::Handlers;
use crate::analyse::names::Names;
use crate::front::hir::{Expr, Field, FunctionId, Kind, Span, Stmt, VarId};
use crate::front::ids::{ById, FileId, FunctionRef, VarRef};
use crate::front::load::Sources;

/// The empty constructors of tables that can only be lists, by file.
pub(crate) fn rows(names: &Names<'_>, handlers: &Handlers) -> ById<FileId, Vec<Span>> {
    let sources = names.sources;
    let mut finder = Finder {
        sources,
        names,
        handlers,
        file: FileId::MANIFEST,
        function: FunctionId::CHUNK,
        counters: HashSet::new(),
        declared: Vec::new(),
        appended: HashSet::new(),
        other: HashSet::new(),
        goes_to: HashMap::new(),
        returned: HashMap::new(),
        taken: Vec::new(),
    };
    for (file, source) in sources.files.numbered() {
        finder.file = file;
        for function in &source.hir.functions {
            finder.counters(&function.body);
        }
        for (id, function) in source.hir.functions.numbered() {
            finder.function = id;
            finder.block(&function.body);
        }
    }
    for (function, var) in std::mem::take(&mut finder.taken) {
        for source in finder.returned.get(&function).cloned().unwrap_or_default() {
            finder.goes_to.entry(source).or_default().push(var);
        }
    }
    let mut found: ById<FileId, _> = sources.files.iter().map(|_| Vec::new()).collect();
    for (var, span) in &finder.declared {
        if finder.is_list(*var) {
            found[var.file].push(*span);
        }
    }
    found
}

struct Finder<'a> {
    sources: &'a Sources,
    names: &'a Names<'a>,
    handlers: &'a Handlers,
    file: FileId,
    function: FunctionId,
    /// Variables that count from 1.
    counters: HashSet<VarRef>,
    declared: Vec<(VarRef, Span)>,
    /// Something is added at their end.
    appended: HashSet<VarRef>,
    /// Something else is written into them, or may be.
    other: HashSet<VarRef>,
    /// Variables that a variable's value is given to.
    goes_to: HashMap<VarRef, Vec<VarRef>>,
    returned: HashMap<FunctionRef, Vec<VarRef>>,
    /// Locals that take what a function returns.
    taken: Vec<(FunctionRef, VarRef)>,
}

impl<'a> Finder<'a> {
    /// Of all the variables that hold the table, some add to it and none does anything else.
    fn is_list(&self, var: VarRef) -> bool {
        let mut seen = HashSet::from([var]);
        let mut stack = vec![var];
        let mut appended = false;
        while let Some(var) = stack.pop() {
            if self.other.contains(&var) {
                return false;
            }
            appended |= self.appended.contains(&var);
            for next in self.goes_to.get(&var).into_iter().flatten() {
                if seen.insert(*next) {
                    stack.push(*next);
                }
            }
        }
        appended
    }

    fn is_steady(&self, var: VarId) -> bool {
        self.sources.files[self.file].hir.vars[var].writes == 0
    }

    /// Finds what counts from 1.
    fn counters(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Count(counter, bounds, _) => {
                    if let [first, _] = bounds.as_slice()
                        && matches!(&first.kind, Kind::Number(digits) if digits == "1")
                        && self.is_steady(*counter)
                    {
                        self.counters.insert(self.file.var(*counter));
                    }
                }
                Stmt::For(header, values, _) => {
                    if let [
                        Expr {
                            kind: Kind::Call(callee, _),
                            ..
                        },
                    ] = values.as_slice()
                        && matches!(&callee.kind, Kind::Global(name) if name == "ipairs")
                        && let Some(counter) = header.vars.first()
                        && self.is_steady(*counter)
                    {
                        self.counters.insert(self.file.var(*counter));
                    }
                }
                _ => {}
            }
            let mut blocks = Vec::new();
            stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
            blocks.into_iter().for_each(|inner| self.counters(inner));
        }
    }

    fn block(&mut self, block: &'a [Stmt]) {
        block.iter().for_each(|stmt| self.statement(stmt));
    }

    fn statement(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Local(vars, values) => {
                for (at, value) in values.iter().enumerate() {
                    match vars.get(at) {
                        Some(var) => self.given(*var, value, true),
                        None => self.expr(value),
                    }
                }
            }
            Stmt::Assign(targets, values) => {
                for (at, target) in targets.iter().enumerate() {
                    let value = values.get(at);
                    match (&target.kind, value) {
                        (Kind::Var(var), Some(value)) => self.given(*var, value, false),
                        _ => {
                            self.target(target, value);
                            value.into_iter().for_each(|value| self.flows(value));
                        }
                    }
                }
                values.iter().skip(targets.len()).for_each(|e| self.expr(e));
            }
            Stmt::Function(target, _) => self.target(target, None),
            Stmt::Return(_, values) => {
                if let Some(var) = values.first().and_then(Expr::var) {
                    let place = self.file.function(self.function);
                    let returned = self.returned.entry(place).or_default();
                    returned.push(self.file.var(var));
                }
                values.iter().for_each(|value| self.flows(value));
            }
            Stmt::Call(call) => self.expr(call),
            _ => {
                let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
                stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
                exprs.into_iter().for_each(|e| self.flows(e));
                blocks.into_iter().for_each(|b| self.block(b));
            }
        }
    }

    /// A variable is given a value.
    fn given(&mut self, var: VarId, value: &'a Expr, declares: bool) {
        let to = self.file.var(var);
        match &value.kind {
            Kind::Table(fields) if fields.is_empty() && declares => {
                if self.is_steady(var) {
                    self.declared.push((to, value.span));
                }
            }
            Kind::Var(from) => self
                .goes_to
                .entry(self.file.var(*from))
                .or_default()
                .push(to),
            Kind::Call(callee, _) => {
                let function = self.names.function(self.file, callee);
                self.taken.extend(function.map(|function| (function, to)));
                self.expr(value);
            }
            Kind::Table(_) => self.flows(value),
            _ => self.expr(value),
        }
    }

    /// `rows[key] = value`
    fn target(&mut self, target: &'a Expr, value: Option<&'a Expr>) {
        let Kind::Index(object, key) = &target.kind else {
            return;
        };
        let Some(var) = object.var() else {
            self.expr(object);
            return self.expr(key);
        };
        let list = self.file.var(var);
        let is_nil = value.is_some_and(|value| matches!(value.kind, Kind::Nil));
        let counted = key
            .var()
            .is_some_and(|key| self.counters.contains(&self.file.var(key)));
        match &key.kind {
            _ if counted || key.next_of() == Some(var) => {
                self.appended.insert(list);
            }
            // A place that is there, or one that is given up.
            Kind::Number(digits) if digits.parse::<u32>().is_ok_and(|digits| digits > 0) => {}
            _ if key.length_of() == Some(var) || (is_nil && key.text().is_none()) => {}
            _ => {
                self.other.insert(list);
            }
        }
        self.flows(key);
    }

    /// A value that goes where nothing is written into it: into a field, into what is returned.
    fn flows(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Var(_) => {}
            Kind::Paren(inner) => self.flows(inner),
            Kind::Binary(_, a, b) => {
                self.flows(a);
                self.flows(b);
            }
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Item(value) | Field::Named(_, value) => self.flows(value),
                        Field::Keyed(key, value) => {
                            self.expr(key);
                            self.flows(value);
                        }
                    }
                }
            }
            _ => self.expr(expr),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Var(var) => {
                self.other.insert(self.file.var(*var));
            }
            Kind::Table(_) => self.flows(expr),
            Kind::Unary(_, operand) if operand.var().is_some() => {}
            // A field by name is one of an object.
            Kind::Index(object, key) if object.var().is_some() && key.text().is_none() => {
                self.flows(key);
            }
            Kind::Index(object, key) => match object.var() {
                Some(var) => {
                    self.other.insert(self.file.var(var));
                }
                None => {
                    self.expr(object);
                    self.expr(key);
                }
            },
            Kind::Call(callee, args) => self.call(callee, args),
            Kind::Method(object, _, args) => {
                match self.is_of_server(object) {
                    true => args.iter().for_each(|arg| self.flows(arg)),
                    false => args.iter().for_each(|arg| self.expr(arg)),
                }
                self.expr(object);
            }
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }

    fn call(&mut self, callee: &'a Expr, args: &'a [Expr]) {
        if let Some(of_library) = self.of_library(callee) {
            if of_library == "insert"
                && let Some(var) = args.first().and_then(Expr::var)
            {
                self.appended.insert(self.file.var(var));
            }
            return args.iter().for_each(|arg| self.flows(arg));
        }
        if let Some(function) = self.names.function(self.file, callee) {
            let params = &self.sources.files[function.file].hir.functions[function.id].params;
            for (at, arg) in args.iter().enumerate() {
                match (arg.var(), params.get(at)) {
                    (Some(var), Some(param)) => {
                        let to = self.goes_to.entry(self.file.var(var)).or_default();
                        to.push(function.file.var(*param));
                    }
                    _ => self.expr(arg),
                }
            }
            return;
        }
        match self.is_of_server(callee) {
            true => args.iter().for_each(|arg| self.flows(arg)),
            false => args.iter().for_each(|arg| self.expr(arg)),
        }
        self.expr(callee);
    }

    /// A function that writes nothing into a table but items of a list.
    fn of_library(&self, callee: &Expr) -> Option<&'a str> {
        const KNOWN: [(&str, &[&str]); 2] = [
            ("table", &["insert", "remove", "sort", "concat", "unpack"]),
            ("rover", &["array"]),
        ];
        const GLOBALS: [&str; 7] = [
            "ipairs", "pairs", "next", "unpack", "select", "type", "tostring",
        ];
        if !self.handlers.keep_globals {
            return None;
        }
        if let Kind::Global(name) = &callee.kind {
            return GLOBALS.into_iter().find(|known| known == name);
        }
        if let Kind::Index(object, key) = &callee.kind
            && global_member(object) == Some(("rover", "json"))
            && key.text() == Some("encode")
        {
            return Some("encode");
        }
        let (table, name) = global_member(self.names.followed(self.file, callee))?;
        let (_, names) = KNOWN.into_iter().find(|(known, _)| *known == table)?;
        names.iter().copied().find(|known| *known == name)
    }

    /// `api.json`, `api.json:status(...)`: what builders get, they write as it is.
    fn is_of_server(&self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Var(_) => self.handlers.servers.is_server(self.file, expr),
            Kind::Index(object, _) | Kind::Method(object, ..) | Kind::Call(object, _) => {
                self.is_of_server(object)
            }
            _ => false,
        }
    }
}

/// `table.insert`
fn global_member(expr: &Expr) -> Option<(&str, &str)> {
    let Kind::Index(object, key) = &expr.kind else {
        return None;
    };
    match &object.kind {
        Kind::Global(name) => Some((name.as_str(), key.text()?)),
        _ => None,
    }
}
