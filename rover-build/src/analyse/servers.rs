//! Which variables hold the server, or a node of its paths: what a program does with
//! them can be known when it is compiled.

use std::collections::HashSet;

use crate::analyse::names::{Names, required};
use crate::front::hir::{Expr, Kind, Stmt};
use crate::front::ids::{FileId, VarRef};
use crate::front::load::Sources;

/// Variables by the number of their file.
#[derive(Debug, Default)]
pub(crate) struct ServerVars {
    /// The server itself.
    pub(crate) servers: HashSet<VarRef>,
    /// `local books = api.books`.
    nodes: HashSet<VarRef>,
}

impl ServerVars {
    pub(crate) fn find(names: &Names<'_>) -> Self {
        let sources = names.sources;
        let mut found = ServerVars::default();
        let modules = ModuleCalls::find(sources);
        // Each round may find the servers that the next one's modules are given.
        loop {
            let before = found.servers.len() + found.nodes.len();
            for file in sources.files.ids() {
                found.locals(names, file);
            }
            modules.parameters(sources, &mut found);
            if found.servers.len() + found.nodes.len() == before {
                return found;
            }
        }
    }

    pub(crate) fn is_server(&self, file: FileId, expr: &Expr) -> bool {
        expr.var()
            .is_some_and(|var| self.servers.contains(&file.var(var)))
    }

    /// Whether assigning to this target defines a route: its chain starts at a server.
    pub(crate) fn is_route(&self, file: FileId, target: &Expr) -> bool {
        match &target.kind {
            Kind::Index(object, _) => self.is_node(file, object),
            _ => false,
        }
    }

    fn is_node(&self, file: FileId, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Var(var) => {
                let key = file.var(*var);
                self.servers.contains(&key) || self.nodes.contains(&key)
            }
            Kind::Index(object, _) => self.is_node(file, object),
            _ => false,
        }
    }

    fn locals(&mut self, names: &Names<'_>, file: FileId) {
        for (var, value) in names.values(file) {
            if makes_server(names, file, value) {
                self.servers.insert(file.var(var));
            } else if matches!(value.kind, Kind::Index(..)) && self.is_node(file, value) {
                self.nodes.insert(file.var(var));
            }
        }
    }
}

/// `rover.server { ... }`
fn makes_server(names: &Names<'_>, file: FileId, expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Call(callee, _) => names.of_rover(file, callee) == Some("server"),
        _ => false,
    }
}

/// Every `require "m"`, and with what its result is called at once.
struct ModuleCalls<'a> {
    sources: &'a Sources,
    calls: Vec<(&'a str, Option<(FileId, &'a Expr)>)>,
    /// Some module is required in a way that is not followed: it may be any.
    unknown: bool,
}

impl<'a> ModuleCalls<'a> {
    fn find(sources: &'a Sources) -> Self {
        let mut found = ModuleCalls {
            sources,
            calls: Vec::new(),
            unknown: false,
        };
        for (file, source) in sources.files.numbered() {
            for function in &source.hir.functions {
                found.block(file, &function.body);
            }
        }
        found
    }

    fn block(&mut self, file: FileId, block: &'a [Stmt]) {
        for stmt in block {
            let mut inner = Vec::new();
            stmt.parts(&mut |e| self.expr(file, e), &mut |b| inner.push(b));
            for block in inner {
                self.block(file, block);
            }
        }
    }

    fn expr(&mut self, file: FileId, expr: &'a Expr) {
        if let Kind::Call(callee, args) = &expr.kind
            && let Some(module) = required(callee)
        {
            self.calls
                .push((module, args.first().map(|arg| (file, arg))));
            args.iter().for_each(|arg| self.expr(file, arg));
            return;
        }
        if let Some(module) = required(expr) {
            self.calls.push((module, None));
            return;
        }
        match &expr.kind {
            Kind::Global(name) if name == "require" => {
                let uses = &self.sources.files[file].requires;
                let named = uses.iter().find(|required| required.span == expr.span);
                match named.and_then(|required| required.module.as_deref()) {
                    Some(module) => self.calls.push((module, None)),
                    None => self.unknown = true,
                }
            }
            Kind::Global(name) if matches!(name.as_str(), "_G" | "package") => self.unknown = true,
            _ => {}
        }
        expr.each_child(&mut |child| self.expr(file, child));
    }

    /// The first parameter of a module's function is a server where every `require` of
    /// the module calls its result with one.
    fn parameters(&self, sources: &Sources, found: &mut ServerVars) {
        for (number, source) in sources.files.numbered() {
            let mut calls = self
                .calls
                .iter()
                .filter(|(name, _)| source.modules.iter().any(|module| module == name))
                .peekable();
            let used = calls.peek().is_some();
            let given = |arg: &Option<(FileId, &Expr)>| {
                arg.is_some_and(|(file, expr)| found.is_server(file, expr))
            };
            if self.unknown || !used || !calls.all(|(_, arg)| given(arg)) {
                continue;
            }
            let Some(function) = source.hir.returned_function() else {
                continue;
            };
            if let Some(&var) = source.hir.functions[function].params.first()
                && source.hir.vars[var].writes == 0
            {
                found.servers.insert(number.var(var));
            }
        }
    }
}
