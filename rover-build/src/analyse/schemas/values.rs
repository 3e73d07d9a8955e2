//! What the names of a program stand for, where that cannot change: locals that are
//! assigned once, and the fields of modules' tables.

use std::collections::{HashMap, HashSet};

use crate::analyse::servers::required;
use crate::front::hir::{Chunk, Expr, Field, FunctionId, Kind, Stmt, VarId};
use crate::front::load::Sources;
use crate::vocabulary;

/// A variable of a file.
type Name = (usize, VarId);

pub(super) struct Values<'a> {
    /// What locals that are never assigned again begin with.
    locals: HashMap<Name, &'a Expr>,
    /// The files of modules, by name.
    files: HashMap<&'a str, usize>,
    /// What a module's file gives.
    returned: HashMap<usize, &'a Expr>,
    /// The fields of the table that a module's file fills, each assigned once.
    exports: HashMap<(usize, &'a str), &'a Expr>,
    /// Locals whose table may be changed, by whatever it is given to.
    loose: HashSet<Name>,
    /// Modules whose table may be.
    open: HashSet<usize>,
}

impl<'a> Values<'a> {
    pub(super) fn find(sources: &'a Sources) -> Self {
        let mut values = Values {
            locals: HashMap::new(),
            files: HashMap::new(),
            returned: HashMap::new(),
            exports: HashMap::new(),
            loose: HashSet::new(),
            open: HashSet::new(),
        };
        for (file, source) in sources.files.iter().enumerate() {
            for module in &source.modules {
                values.files.insert(module, file);
            }
            for function in &source.hir.functions {
                values.declared(file, &source.hir, &function.body);
            }
            if let Some(Stmt::Return(_, given)) = source.hir.functions[0].body.last()
                && let [value] = given.as_slice()
            {
                values.returned.insert(file, value);
            }
        }
        for (file, source) in sources.files.iter().enumerate() {
            values.exported(file, &source.hir);
        }
        let mut scan = Scan {
            values: &values,
            file: 0,
            top: false,
            loose: HashSet::new(),
            open: HashSet::new(),
            inside: Vec::new(),
        };
        for (file, source) in sources.files.iter().enumerate() {
            scan.file = file;
            for (id, function) in source.hir.functions.iter().enumerate() {
                scan.top = FunctionId(id) == FunctionId(0);
                scan.block(&function.body, true);
            }
        }
        let (mut loose, open, inside) = (scan.loose, scan.open, scan.inside);
        loop {
            let found = inside.iter().filter(|(_, outer)| loose.contains(outer));
            let found: Vec<Name> = found.map(|(inner, _)| *inner).collect();
            let before = loose.len();
            loose.extend(found);
            if loose.len() == before {
                break;
            }
        }
        (values.loose, values.open) = (loose, open);
        values
    }

    fn declared(&mut self, file: usize, chunk: &Chunk, block: &'a [Stmt]) {
        for stmt in block {
            if let Stmt::Local(vars, given) = stmt {
                for (var, value) in vars.iter().zip(given) {
                    if chunk.vars[var.0].writes == 0 {
                        self.locals.insert((file, *var), value);
                    }
                }
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.declared(file, chunk, inner));
        }
    }

    /// `local M = { name = value }`, `M.name = value`, `return M`
    fn exported(&mut self, file: usize, chunk: &'a Chunk) {
        let Some(table) = self.module_table(file) else {
            return;
        };
        let mut all: Vec<(&'a str, Option<&'a Expr>)> = Vec::new();
        if let Some(Kind::Table(fields)) = self.locals.get(&(file, table)).map(|e| &e.kind) {
            for field in fields {
                if let Field::Named(name, value) = field {
                    all.push((name, Some(value)));
                }
            }
        }
        for stmt in &chunk.functions[0].body {
            let (targets, values): (&[Expr], &[Expr]) = match stmt {
                Stmt::Assign(targets, values) => (targets, values),
                Stmt::Function(target, _) => (std::slice::from_ref(target), &[]),
                _ => continue,
            };
            for (at, target) in targets.iter().enumerate() {
                if let Kind::Index(object, key) = &target.kind
                    && object.var() == Some(table)
                    && let Some(name) = key.text()
                {
                    all.push((name, values.get(at)));
                }
            }
        }
        for (name, value) in &all {
            let once = all.iter().filter(|(other, _)| other == name).count() == 1;
            if let (true, Some(value)) = (once, value) {
                self.exports.insert((file, name), value);
            }
        }
    }

    /// The local that a module's file fills and returns.
    fn module_table(&self, file: usize) -> Option<VarId> {
        let table = self.returned.get(&file)?.var()?;
        let begins = self.locals.get(&(file, table))?;
        matches!(begins.kind, Kind::Table(_)).then_some(table)
    }

    /// The module whose value an expression is.
    fn module(&self, file: usize, expr: &'a Expr) -> Option<usize> {
        match &expr.kind {
            Kind::Var(var) => self.module(file, self.locals.get(&(file, *var))?),
            Kind::Call(..) => self.files.get(required(expr)?).copied(),
            _ => None,
        }
    }

    /// Whether an expression is `rover.guard`.
    pub(super) fn is_guard(&self, file: usize, expr: &'a Expr) -> bool {
        match &expr.kind {
            Kind::Index(object, key) => {
                matches!(&object.kind, Kind::Global(name) if name == "rover")
                    && key.text() == Some("guard")
            }
            Kind::Var(var) => match self.locals.get(&(file, *var)) {
                Some(value) => self.is_guard(file, value),
                None => false,
            },
            Kind::Paren(inner) => self.is_guard(file, inner),
            _ => false,
        }
    }

    /// Whether an expression is a part of the request, or a local that holds one.
    pub(super) fn is_request(&self, file: usize, expr: &Expr) -> bool {
        let held = expr.var().and_then(|var| self.locals.get(&(file, var)));
        reads_request(held.copied().unwrap_or(expr))
    }

    /// What an expression stands for: itself, or the value that a name was given once.
    /// Nothing where that may be another one by then.
    pub(super) fn resolve(&self, file: usize, expr: &'a Expr) -> Option<(usize, &'a Expr)> {
        match &expr.kind {
            Kind::Paren(inner) => self.resolve(file, inner),
            Kind::Var(var) => {
                let (owner, value) = self.resolve(file, self.locals.get(&(file, *var))?)?;
                let table = matches!(value.kind, Kind::Table(_));
                (!table || !self.loose.contains(&(file, *var))).then_some((owner, value))
            }
            Kind::Index(object, key) => self.field(file, object, key.text()?, expr),
            Kind::Call(..) if required(expr).is_some() => {
                let module = self.module(file, expr)?;
                let (owner, value) = self.resolve(module, self.returned.get(&module)?)?;
                let table = matches!(value.kind, Kind::Table(_));
                (!table || !self.open.contains(&module)).then_some((owner, value))
            }
            _ => Some((file, expr)),
        }
    }

    fn field(
        &self,
        file: usize,
        object: &'a Expr,
        name: &str,
        whole: &'a Expr,
    ) -> Option<(usize, &'a Expr)> {
        let own = object
            .var()
            .filter(|var| self.module_table(file) == Some(*var));
        let module = match own {
            Some(_) => Some(file),
            None => self.module(file, object),
        };
        if let Some(module) = module
            && self.module_table(module).is_some()
        {
            let value = *self.exports.get(&(module, name))?;
            // In its own file, what is written further down comes later.
            let later = module == file && value.span.end > whole.span.start;
            return match self.open.contains(&module) || later {
                true => None,
                false => self.resolve(module, value),
            };
        }
        let (file, table) = self.resolve(file, object)?;
        let Kind::Table(fields) = &table.kind else {
            return None;
        };
        let mut found = fields.iter().filter_map(|field| match field {
            Field::Named(other, value) if other == name => Some(value),
            _ => None,
        });
        match (found.next(), found.next()) {
            (Some(value), None) => self.resolve(file, value),
            _ => None,
        }
    }
}

/// What becomes of a value.
#[derive(Clone, Copy)]
enum Use {
    /// Anything.
    Loose,
    /// It is read by name, or called.
    Read,
    /// `rover.guard` reads it.
    Schema,
    /// It becomes part of the table that a local begins with.
    Inside(VarId),
}

/// Looks at every use of every name.
struct Scan<'v, 'a> {
    values: &'v Values<'a>,
    file: usize,
    /// In the file's own function.
    top: bool,
    loose: HashSet<Name>,
    open: HashSet<usize>,
    /// Locals whose table is part of another local's.
    inside: Vec<(Name, Name)>,
}

impl<'a> Scan<'_, 'a> {
    fn block(&mut self, block: &'a [Stmt], outermost: bool) {
        for (at, stmt) in block.iter().enumerate() {
            let top = self.top && outermost;
            match stmt {
                Stmt::Return(..) if top && at + 1 == block.len() && self.returns_module() => {}
                Stmt::Local(vars, values) => {
                    for (at, value) in values.iter().enumerate() {
                        let known = vars
                            .get(at)
                            .filter(|var| self.values.locals.contains_key(&(self.file, **var)));
                        self.expr(
                            value,
                            match (known, &value.kind) {
                                (Some(var), Kind::Table(_)) => Use::Inside(*var),
                                (Some(_), Kind::Call(..)) if required(value).is_some() => Use::Read,
                                _ => Use::Loose,
                            },
                        );
                    }
                }
                Stmt::Assign(targets, values) => {
                    targets.iter().for_each(|target| self.target(target, top));
                    values.iter().for_each(|value| self.expr(value, Use::Loose));
                }
                Stmt::Function(target, _) => self.target(target, top),
                _ => {
                    let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
                    stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
                    exprs.into_iter().for_each(|e| self.expr(e, Use::Loose));
                    blocks.into_iter().for_each(|b| self.block(b, false));
                }
            }
        }
    }

    fn returns_module(&self) -> bool {
        self.values.module_table(self.file).is_some()
    }

    /// What is assigned to: a module's file fills its own table at its top; any other
    /// table has changed.
    fn target(&mut self, target: &'a Expr, top: bool) {
        let Kind::Index(object, key) = &target.kind else {
            return;
        };
        self.expr(key, Use::Loose);
        let own = object.var().is_some() && object.var() == self.values.module_table(self.file);
        if !(own && top && key.text().is_some()) {
            self.expr(object, Use::Loose);
        }
    }

    fn expr(&mut self, expr: &'a Expr, used: Use) {
        match &expr.kind {
            Kind::Var(var) => self.name(*var, used),
            Kind::Paren(inner) => self.expr(inner, used),
            Kind::Index(object, key) => {
                self.expr(key, Use::Loose);
                // What is inside a table may be changed through it.
                let inner = match used {
                    Use::Loose | Use::Inside(_) if self.is_table(expr) => Use::Loose,
                    _ if key.text().is_some() => Use::Read,
                    _ => Use::Loose,
                };
                self.expr(object, inner);
            }
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Item(value) | Field::Named(_, value) => self.expr(value, used),
                        Field::Keyed(key, value) => {
                            self.expr(key, Use::Loose);
                            self.expr(value, Use::Loose);
                        }
                    }
                }
            }
            Kind::Method(object, name, args) => {
                let of_guard = self.values.is_guard(self.file, object);
                let expects = name == "expect" && self.values.is_request(self.file, object);
                self.expr(object, if of_guard { Use::Read } else { Use::Loose });
                let used = if of_guard || expects {
                    Use::Schema
                } else {
                    Use::Loose
                };
                args.iter().for_each(|arg| self.expr(arg, used));
            }
            Kind::Call(callee, args) => self.call(expr, callee, args, used),
            // Through these, any module's table may be had.
            Kind::Global(name) if matches!(name.as_str(), "require" | "_G" | "package") => {
                self.open.extend(self.values.files.values());
            }
            _ => expr.each_child(&mut |child| self.expr(child, Use::Loose)),
        }
    }

    fn call(&mut self, expr: &'a Expr, callee: &'a Expr, args: &'a [Expr], used: Use) {
        if let Some(module) = required(expr) {
            if !matches!(used, Use::Read) {
                self.open.extend(self.values.files.get(module));
            }
            return;
        }
        let values = self.values;
        let of_guard = values.is_guard(self.file, callee)
            || matches!(&callee.kind, Kind::Index(object, _) if values.is_guard(self.file, object));
        self.expr(callee, Use::Read);
        for arg in args {
            self.expr(arg, if of_guard { Use::Schema } else { Use::Loose });
        }
    }

    /// Whether an expression may be a table that something could change.
    fn is_table(&self, expr: &'a Expr) -> bool {
        match self.values.resolve(self.file, expr) {
            Some((_, value)) => matches!(value.kind, Kind::Table(_)),
            None => true,
        }
    }

    fn name(&mut self, var: VarId, used: Use) {
        let name = (self.file, var);
        match used {
            Use::Read | Use::Schema => {}
            Use::Inside(outer) => self.inside.push((name, (self.file, outer))),
            Use::Loose => {
                self.loose.insert(name);
                let module = self.values.locals.get(&name);
                let module = module.and_then(|value| self.values.module(self.file, value));
                self.open.extend(module);
                if self.values.module_table(self.file) == Some(var) {
                    self.open.insert(self.file);
                }
            }
        }
    }
}

/// `ctx:body()`, `ctx:query()`, `ctx:params()`
fn reads_request(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Method(object, name, args) => {
            object.var().is_some() && args.is_empty() && vocabulary::is_checked(name)
        }
        Kind::Call(callee, args) => match &callee.kind {
            Kind::Index(object, key) => {
                object.var().is_some()
                    && args.is_empty()
                    && key.text().is_some_and(vocabulary::is_checked)
            }
            _ => false,
        },
        _ => false,
    }
}
