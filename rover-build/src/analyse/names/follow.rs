//! Names, followed to what they stand for.

use super::changes::Changes;
use super::given::{Given, Variables, required};
use super::modules::{Export, Modules};
use crate::front::hir::{Expr, Field, Kind, VarId};
use crate::front::ids::{FileId, FunctionRef};
use crate::front::load::Sources;
use crate::vocabulary::{self, Word};

/// Longer chains of names are not followed: modules that name each other's fields may go in a
/// circle.
const MAX_CHAIN: usize = 64;

/// What the names of a program stand for.
pub(crate) struct Names<'a> {
    pub(crate) sources: &'a Sources,
    pub(super) variables: Variables<'a>,
    pub(super) modules: Modules<'a>,
    pub(super) changes: Changes,
}

impl<'a> Names<'a> {
    pub(crate) fn given(&self, file: FileId, var: VarId) -> Given<'a> {
        self.variables.given(file, var)
    }

    /// The value that a local has always.
    pub(crate) fn value(&self, file: FileId, var: VarId) -> Option<&'a Expr> {
        self.variables.value(file, var)
    }

    /// The variables of a file that have one value always.
    pub(crate) fn values(&self, file: FileId) -> impl Iterator<Item = (VarId, &'a Expr)> {
        self.variables.values(file)
    }

    /// What an expression is when locals are followed to what they are given. What a table
    /// holds by then is another question: see [`Names::resolve`].
    pub(crate) fn followed<'e>(&self, file: FileId, expr: &'e Expr) -> &'e Expr
    where
        'a: 'e,
    {
        self.variables.followed(file, expr)
    }

    /// The global that an expression is: `error`, also after `local error = error`.
    pub(crate) fn global<'e>(&self, file: FileId, expr: &'e Expr) -> Option<&'e str>
    where
        'a: 'e,
    {
        match &self.followed(file, expr).kind {
            Kind::Global(name) => Some(name),
            _ => None,
        }
    }

    /// The word of `rover` that an expression is: `guard` of `rover.guard`, also after
    /// `local g = rover.guard`.
    pub(crate) fn of_rover<'e>(&self, file: FileId, expr: &'e Expr) -> Option<&'e str>
    where
        'a: 'e,
    {
        match &self.followed(file, expr).kind {
            Kind::Index(object, key) if matches!(&object.kind, Kind::Global(name) if name == "rover") => {
                key.text()
            }
            _ => None,
        }
    }

    /// The word of a library that an expression is: `rover.jwt.verify`, also after `local jwt = rover.jwt`.
    pub(crate) fn library_word(&self, file: FileId, expr: &Expr) -> Option<&'static Word> {
        match &self.followed(file, expr).kind {
            Kind::Index(object, key) => vocabulary::word(&self.library(file, object)?, key.text()?),
            _ => None,
        }
    }

    fn library(&self, file: FileId, expr: &Expr) -> Option<String> {
        match &self.followed(file, expr).kind {
            Kind::Global(name) => Some(name.clone()),
            Kind::Index(object, key) => {
                Some(format!("{}.{}", self.library(file, object)?, key.text()?))
            }
            _ => None,
        }
    }

    /// The `rover.db` of the call that an expression is: a database by a name that stands for
    /// nothing else.
    pub(crate) fn database<'e>(&self, file: FileId, expr: &'e Expr) -> Option<&'e Expr>
    where
        'a: 'e,
    {
        match &self.followed(file, expr).kind {
            Kind::Call(callee, _) => {
                (self.of_rover(file, callee) == Some("db")).then_some(&**callee)
            }
            _ => None,
        }
    }

    /// Whether an expression is a database, in this file or in one that it requires, and can be nothing else.
    pub(crate) fn is_database(&self, file: FileId, expr: &'a Expr) -> bool {
        let found = self.resolve(file, expr);
        found.is_some_and(|(file, value)| self.database(file, value).is_some())
    }

    /// Whether an expression is what `rover.shared` gives: a store by a name that stands for nothing else.
    pub(crate) fn is_store(&self, file: FileId, expr: &Expr) -> bool {
        match &self.followed(file, expr).kind {
            Kind::Call(callee, _) => self.of_rover(file, callee) == Some("shared"),
            _ => false,
        }
    }

    /// The file of the module that an expression is: `require "m"`, or a local that holds it.
    pub(crate) fn module(&self, file: FileId, expr: &Expr) -> Option<FileId> {
        self.sources.module(required(self.followed(file, expr))?)
    }

    /// Whether an expression is a part of the request, or a local that holds one.
    pub(crate) fn is_request(&self, file: FileId, expr: &Expr) -> bool {
        reads_request(self.followed(file, expr))
    }

    /// The module whose table an expression is: its own in its own file, or another's.
    fn table(&self, file: FileId, expr: &Expr) -> Option<FileId> {
        let own = expr.var().is_some() && expr.var() == self.modules.table(file);
        match own {
            true => Some(file),
            false => self.module(file, expr),
        }
    }

    /// The function that an expression is, and nothing else can be.
    pub(crate) fn function(&self, file: FileId, expr: &Expr) -> Option<FunctionRef> {
        self.function_in(file, expr, false, 0)
    }

    /// The function that an expression is as the text has it: what is changed by code that is
    /// not followed, is not seen. For what is shown to people.
    pub(crate) fn written(&self, file: FileId, expr: &Expr) -> Option<FunctionRef> {
        self.function_in(file, expr, true, 0)
    }

    /// The same of `object:method`, where the object is a module.
    pub(crate) fn written_in(
        &self,
        file: FileId,
        object: &Expr,
        method: &str,
    ) -> Option<FunctionRef> {
        self.method(file, object, method, true, 0)
    }

    /// The function that `object:name` is, and nothing else can be.
    pub(crate) fn method_function(
        &self,
        file: FileId,
        object: &Expr,
        name: &str,
    ) -> Option<FunctionRef> {
        self.method(file, object, name, false, 0)
    }

    fn function_in(
        &self,
        file: FileId,
        expr: &Expr,
        shown: bool,
        depth: usize,
    ) -> Option<FunctionRef> {
        match &expr.kind {
            _ if depth > MAX_CHAIN => None,
            Kind::Var(var) => match self.given(file, *var) {
                Given::Function(function) => Some(file.function(function)),
                Given::Value(value) => match value.kind {
                    Kind::Function(function) => Some(file.function(function)),
                    _ => self.function_in(file, value, shown, depth + 1),
                },
                _ => None,
            },
            Kind::Index(object, key) => self.method(file, object, key.text()?, shown, depth),
            _ => None,
        }
    }

    fn method(
        &self,
        file: FileId,
        object: &Expr,
        name: &str,
        shown: bool,
        depth: usize,
    ) -> Option<FunctionRef> {
        let module = self.table(file, object);
        let module = module.filter(|module| self.modules.table(*module).is_some());
        let module = match shown {
            true => module.or_else(|| self.instance(file, object)),
            false => module.filter(|module| !self.changes.open.contains(module)),
        }?;
        match self.modules.exports.get(&(module, name))? {
            Export::Function(function) => Some(module.function(*function)),
            Export::Value(value) => match value.kind {
                Kind::Function(function) => Some(module.function(function)),
                _ => self.function_in(module, value, shown, depth + 1),
            },
        }
    }

    /// The module whose function gives the table that an expression is: `require "m" (api)`.
    /// Each call makes another.
    fn instance(&self, file: FileId, expr: &Expr) -> Option<FileId> {
        if expr.var().is_some() && expr.var() == self.modules.instance(file) {
            return Some(file);
        }
        let Kind::Call(module, _) = &self.followed(file, expr).kind else {
            return None;
        };
        self.sources.module(required(module)?)
    }

    /// The values that modules give by name, where nothing can take them otherwise.
    pub(crate) fn exported(&self) -> impl Iterator<Item = &'a Expr> {
        let exports = self.modules.exports.iter();
        let closed = exports.filter(|((file, _), _)| !self.changes.open.contains(file));
        closed.filter_map(|(_, export)| match export {
            Export::Value(value) => Some(*value),
            Export::Function(_) => None,
        })
    }

    /// The functions of modules that code which is not followed may have taken.
    pub(crate) fn exposed(&self) -> impl Iterator<Item = FunctionRef> {
        let exports = self.modules.exports.iter();
        let open = exports.filter(|((file, _), _)| self.changes.open.contains(file));
        open.filter_map(|((file, _), export)| {
            export.function().map(|function| file.function(function))
        })
    }

    /// What an expression stands for: itself, or the value that a name was given once, and its
    /// file. Nothing where that may be another one by then.
    pub(crate) fn resolve(&self, file: FileId, expr: &'a Expr) -> Option<(FileId, &'a Expr)> {
        self.resolve_in(file, expr, 0)
    }

    fn resolve_in(&self, file: FileId, expr: &'a Expr, depth: usize) -> Option<(FileId, &'a Expr)> {
        let next = depth + 1;
        match &expr.kind {
            _ if depth > MAX_CHAIN => None,
            Kind::Paren(inner) => self.resolve_in(file, inner, next),
            Kind::Var(var) => {
                let (owner, value) = self.resolve_in(file, self.value(file, *var)?, next)?;
                let table = matches!(value.kind, Kind::Table(_));
                let changed = table && self.changes.is_changed(file.var(*var));
                (!changed).then_some((owner, value))
            }
            Kind::Index(object, key) => self.field(file, (object, key.text()?), expr, next),
            Kind::Call(..) if required(expr).is_some() => {
                let module = self.module(file, expr)?;
                let (owner, value) =
                    self.resolve_in(module, self.modules.returned(module)?, next)?;
                let table = matches!(value.kind, Kind::Table(_));
                let changed = table && self.changes.is_changed_module(module);
                (!changed).then_some((owner, value))
            }
            _ => Some((file, expr)),
        }
    }

    fn field(
        &self,
        file: FileId,
        (object, name): (&'a Expr, &str),
        whole: &'a Expr,
        depth: usize,
    ) -> Option<(FileId, &'a Expr)> {
        if let Some(module) = self.table(file, object)
            && self.modules.table(module).is_some()
        {
            let Export::Value(value) = *self.modules.exports.get(&(module, name))? else {
                return None;
            };
            // In its own file, what is written further down comes later.
            let later = module == file && value.span.end > whole.span.start;
            return match self.changes.is_changed_module(module) || later {
                true => None,
                false => self.resolve_in(module, value, depth),
            };
        }
        let (file, table) = self.resolve_in(file, object, depth)?;
        let Kind::Table(fields) = &table.kind else {
            return None;
        };
        let mut found = fields.iter().filter_map(|field| match field {
            Field::Named(other, value) if *other == *name => Some(value),
            _ => None,
        });
        match (found.next(), found.next()) {
            (Some(value), None) => self.resolve_in(file, value, depth),
            _ => None,
        }
    }
}

/// `ctx:body()`, `ctx:query()`, `ctx:params()`
fn reads_request(expr: &Expr) -> bool {
    let (object, name, args) = match &expr.kind {
        Kind::Method(object, name, args) => (object, name.as_str(), args),
        Kind::Call(callee, args) => match &callee.kind {
            Kind::Index(object, key) => (object, key.text().unwrap_or_default(), args),
            _ => return false,
        },
        _ => return false,
    };
    object.var().is_some() && args.is_empty() && vocabulary::is_checked(name)
}
