//! Which tables may be changed by code that is not followed. One rule for all who ask what a
//! table holds: it is what its constructor and its module's file say, as long as every use of
//! it reads a field by name, or calls one.

use super::changes::Changes;
use super::follow::Names;
use super::given::required;
use crate::front::hir::{Expr, Field, Kind, Stmt, VarId};
use crate::front::ids::{FileId, FunctionId, VarRef};

pub(super) fn changes(names: &Names<'_>) -> Changes {
    let mut scan = Scan {
        names,
        file: FileId::MANIFEST,
        top: false,
        found: Changes::default(),
        parts: Vec::new(),
    };
    for (file, source) in names.sources.files.numbered() {
        scan.file = file;
        for (id, function) in source.hir.functions.numbered() {
            scan.top = id == FunctionId::CHUNK;
            scan.block(&function.body, true);
        }
    }
    let Scan {
        mut found, parts, ..
    } = scan;
    // What is part of a table is changed through it.
    loop {
        let reached = parts.iter().filter(|(_, whole)| found.is_changed(*whole));
        let reached: Vec<VarRef> = reached.map(|(part, _)| *part).collect();
        let before = found.loose.len();
        found.loose.extend(reached);
        if found.loose.len() == before {
            return found;
        }
    }
}

/// What becomes of a value.
#[derive(Clone, Copy)]
enum Use {
    /// Anything.
    Loose,
    /// A table in it is given to something that may change that.
    Inside,
    /// It is read by name, or called.
    Read,
    /// `rover.guard` reads it.
    Schema,
    /// It becomes part of the table that a local begins with.
    PartOf(VarId),
}

/// Looks at every use of every name.
struct Scan<'n, 'a> {
    names: &'n Names<'a>,
    file: FileId,
    /// In the file's own function.
    top: bool,
    found: Changes,
    /// Locals whose table is part of another local's.
    parts: Vec<(VarRef, VarRef)>,
}

impl<'a> Scan<'_, 'a> {
    fn block(&mut self, block: &'a [Stmt], outermost: bool) {
        for (at, stmt) in block.iter().enumerate() {
            let top = self.top && outermost;
            match stmt {
                Stmt::Return(..) if top && at + 1 == block.len() && self.returns_module() => {}
                Stmt::Local(vars, values) => {
                    for (at, value) in values.iter().enumerate() {
                        let known = vars.get(at).filter(|var| {
                            let given = self.names.value(self.file, **var);
                            given.is_some_and(|given| std::ptr::eq(given, value))
                        });
                        let used = match (known, &value.kind) {
                            (Some(var), Kind::Table(_)) => Use::PartOf(*var),
                            (Some(_), Kind::Call(..)) if required(value).is_some() => Use::Read,
                            _ => Use::Loose,
                        };
                        self.expr(value, used);
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
        self.names.modules.table(self.file).is_some()
    }

    /// What is assigned to: a module's file fills its own table at its top; any other
    /// table has changed.
    fn target(&mut self, target: &'a Expr, top: bool) {
        let Kind::Index(object, key) = &target.kind else {
            return;
        };
        self.expr(key, Use::Loose);
        let own = object.var().is_some() && object.var() == self.names.modules.table(self.file);
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
                let inner = match used {
                    _ if key.text().is_none() => Use::Loose,
                    Use::Read | Use::Schema => Use::Read,
                    Use::Loose | Use::Inside | Use::PartOf(_) if self.is_table(expr) => Use::Inside,
                    Use::Loose | Use::Inside | Use::PartOf(_) => Use::Read,
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
                let of_guard = self.names.of_rover(self.file, object) == Some("guard");
                let expects = *name == *"expect" && self.names.is_request(self.file, object);
                self.expr(object, if of_guard { Use::Read } else { Use::Loose });
                let used = match of_guard || expects {
                    true => Use::Schema,
                    false => Use::Loose,
                };
                args.iter().for_each(|arg| self.expr(arg, used));
            }
            Kind::Call(callee, args) => self.call(expr, callee, args, used),
            // Through these, any module's table may be had.
            Kind::Global(name) if matches!(name.as_str(), "require" | "_G" | "package") => {
                self.found.open.extend(self.names.sources.files.ids());
            }
            _ => expr.each_child(&mut |child| self.expr(child, Use::Loose)),
        }
    }

    fn call(&mut self, expr: &'a Expr, callee: &'a Expr, args: &'a [Expr], used: Use) {
        if let Some(module) = required(expr) {
            let module = self.names.sources.module(module);
            return module.into_iter().for_each(|module| match used {
                Use::Read => {}
                Use::Inside => drop(self.found.open_inside.insert(module)),
                Use::Loose | Use::Schema | Use::PartOf(_) => drop(self.found.open.insert(module)),
            });
        }
        let is_guard = |expr| self.names.of_rover(self.file, expr) == Some("guard");
        let of_guard = match &callee.kind {
            _ if is_guard(callee) => true,
            Kind::Index(object, _) => is_guard(object),
            _ => false,
        };
        self.expr(callee, Use::Read);
        let used = if of_guard { Use::Schema } else { Use::Loose };
        args.iter().for_each(|arg| self.expr(arg, used));
    }

    /// Whether an expression may be a table that something could change.
    fn is_table(&self, expr: &'a Expr) -> bool {
        match self.names.resolve(self.file, expr) {
            Some((_, value)) => matches!(value.kind, Kind::Table(_)),
            None => self.names.function(self.file, expr).is_none(),
        }
    }

    fn name(&mut self, var: VarId, used: Use) {
        let name = self.file.var(var);
        let value = self.names.value(self.file, var);
        let module = value.and_then(|value| self.names.module(self.file, value));
        let own = self.names.modules.table(self.file) == Some(var);
        let module = module.or(own.then_some(self.file));
        match used {
            Use::Read | Use::Schema => {}
            Use::PartOf(whole) => {
                self.parts.push((name, self.file.var(whole)));
                self.found.open.extend(module);
            }
            Use::Inside => {
                self.found.loose_inside.insert(name);
                self.found.open_inside.extend(module);
            }
            Use::Loose => {
                self.found.loose.insert(name);
                self.found.open.extend(module);
            }
        }
    }
}
