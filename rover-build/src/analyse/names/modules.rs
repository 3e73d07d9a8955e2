//! What the program's modules give: a table that the file fills and returns, or a function
//! that makes one.

use std::collections::HashMap;

use super::given::Variables;
use crate::front::hir::{Expr, Field, Kind, Stmt, VarId};
use crate::front::ids::{ById, FileId, FunctionId};

/// A field of a module's table.
#[derive(Clone, Copy)]
pub(super) enum Export<'a> {
    /// `M.name = value`, or `name = value` in its constructor
    Value(&'a Expr),
    /// `function M.name() end`
    Function(FunctionId),
}

impl Export<'_> {
    /// The function that is written there.
    pub(super) fn function(&self) -> Option<FunctionId> {
        match self {
            Export::Function(function) => Some(*function),
            Export::Value(value) => match value.kind {
                Kind::Function(function) => Some(function),
                _ => None,
            },
        }
    }
}

#[derive(Default)]
pub(super) struct Modules<'a> {
    /// By file.
    files: ById<FileId, Module<'a>>,
    /// Fields that are given a value once, by the module's file and their name.
    pub(super) exports: HashMap<(FileId, &'a str), Export<'a>>,
}

#[derive(Default)]
struct Module<'a> {
    /// What the file returns.
    returned: Option<&'a Expr>,
    /// The local whose table that is.
    table: Option<VarId>,
    /// `M` in `return function(api) local M = {} ... return M end`.
    instance: Option<VarId>,
}

impl<'a> Modules<'a> {
    pub(super) fn find(variables: &Variables<'a>) -> Self {
        let mut modules = Modules::default();
        for (file, source) in variables.sources.files.numbered() {
            let chunk = &source.hir;
            let body = &chunk.functions[FunctionId::CHUNK].body;
            let table = filled(variables, file, body);
            if let Some(table) = table {
                modules.exported(variables, file, table, body);
            }
            let maker = chunk.returned_function();
            let maker = maker.map(|function| &chunk.functions[function].body);
            let instance = maker.and_then(|body| {
                let table = filled(variables, file, body)?;
                modules.exported(variables, file, table, body);
                Some(table)
            });
            modules.files.push(Module {
                returned: returned(body),
                table,
                instance,
            });
        }
        modules
    }

    /// What a module's file returns.
    pub(super) fn returned(&self, file: FileId) -> Option<&'a Expr> {
        self.files[file].returned
    }

    /// The local whose table a module's file fills and returns.
    pub(super) fn table(&self, file: FileId) -> Option<VarId> {
        self.files[file].table
    }

    /// The local whose table the function fills and returns that a module's file returns.
    pub(super) fn instance(&self, file: FileId) -> Option<VarId> {
        self.files[file].instance
    }

    /// `local M = { name = value }`, `M.name = value`, `function M.name() end`
    fn exported(
        &mut self,
        variables: &Variables<'a>,
        file: FileId,
        table: VarId,
        body: &'a [Stmt],
    ) {
        let mut all: Vec<(&'a str, Option<Export<'a>>)> = Vec::new();
        if let Some(Kind::Table(fields)) = variables.value(file, table).map(|value| &value.kind) {
            for field in fields {
                if let Field::Named(name, value) = field {
                    all.push((name, Some(Export::Value(value))));
                }
            }
        }
        for stmt in body {
            let (targets, values, function): (&[Expr], &[Expr], _) = match stmt {
                Stmt::Assign(targets, values) => (targets, values, None),
                Stmt::Function(target, function) => {
                    (std::slice::from_ref(target), &[], Some(*function))
                }
                _ => continue,
            };
            for (at, target) in targets.iter().enumerate() {
                if let Kind::Index(object, key) = &target.kind
                    && object.var() == Some(table)
                    && let Some(name) = key.text()
                {
                    let value = values.get(at).map(Export::Value);
                    all.push((name, value.or(function.map(Export::Function))));
                }
            }
        }
        for (name, export) in &all {
            let once = all.iter().filter(|(other, _)| other == name).count() == 1;
            if let (true, Some(export)) = (once, export) {
                self.exports.insert((file, name), *export);
            }
        }
    }
}

/// What a body returns at its end, where it returns nowhere else.
fn returned(body: &[Stmt]) -> Option<&Expr> {
    let (last, before) = body.split_last()?;
    match last {
        Stmt::Return(_, values) if !before.iter().any(returns) => match values.as_slice() {
            [value] => Some(value),
            _ => None,
        },
        _ => None,
    }
}

/// Whether there is a `return` in a statement.
fn returns(stmt: &Stmt) -> bool {
    let mut found = matches!(stmt, Stmt::Return(..));
    stmt.parts(&mut |_| {}, &mut |block| found |= block.iter().any(returns));
    found
}

/// The local that a body returns at its end, and that begins with a constructor.
fn filled(variables: &Variables<'_>, file: FileId, body: &[Stmt]) -> Option<VarId> {
    let table = returned(body)?.var()?;
    let begins = variables.value(file, table)?;
    matches!(begins.kind, Kind::Table(_)).then_some(table)
}
