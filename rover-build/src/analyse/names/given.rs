//! What each variable is given where it is declared.

use crate::front::hir::{Chunk, Expr, FunctionId, Kind, Stmt, VarId};
use crate::front::ids::{ById, FileId};
use crate::front::load::Sources;

/// What a variable is given where it is declared.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Given<'a> {
    /// `local x = value`
    Value(&'a Expr),
    /// `local function f() end`
    Function(FunctionId),
    /// `err` in `local ok, err = call()`: the call, and which of its results, from 0.
    Result(&'a Expr, usize),
    /// `i` in `for i = 1, n do`
    Counter,
    /// `item` in `for i, item in call() do`: the call, and which of the variables, from 0.
    Item(&'a Expr, usize),
    /// Something that is assigned to it again, or what the text does not show: a parameter.
    Unknown,
}

/// The variables of all files.
pub(super) struct Variables<'a> {
    pub(super) sources: &'a Sources,
    /// By file and variable.
    given: ById<FileId, ById<VarId, Given<'a>>>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Variables {
            sources,
            given: sources.files.iter().map(|file| given(&file.hir)).collect(),
        }
    }

    pub(super) fn given(&self, file: FileId, var: VarId) -> Given<'a> {
        self.given[file][var]
    }

    /// The value that a local has always.
    pub(super) fn value(&self, file: FileId, var: VarId) -> Option<&'a Expr> {
        match self.given(file, var) {
            Given::Value(value) => Some(value),
            _ => None,
        }
    }

    /// The variables of a file that have one value always.
    pub(super) fn values(&self, file: FileId) -> impl Iterator<Item = (VarId, &'a Expr)> {
        let given = self.given[file].numbered();
        given.filter_map(|(var, given)| match given {
            Given::Value(value) => Some((var, *value)),
            _ => None,
        })
    }

    /// What an expression is when locals are followed to what they are given. What a table
    /// holds by then is another question.
    pub(super) fn followed<'e>(&self, file: FileId, expr: &'e Expr) -> &'e Expr
    where
        'a: 'e,
    {
        let mut expr = expr;
        loop {
            expr = match &expr.kind {
                Kind::Paren(inner) => inner,
                // No local is its own value: this ends.
                Kind::Var(var) => match self.value(file, *var) {
                    Some(value) => value,
                    None => return expr,
                },
                _ => return expr,
            };
        }
    }
}

/// What each variable of a file is given, by its number.
fn given(chunk: &Chunk) -> ById<VarId, Given<'_>> {
    let mut found: ById<VarId, _> = chunk.vars.iter().map(|_| Given::Unknown).collect();
    for function in &chunk.functions {
        declared(&function.body, &mut found);
    }
    for (given, var) in found.iter_mut().zip(&chunk.vars) {
        if var.writes > 0 {
            *given = Given::Unknown;
        }
    }
    found
}

fn declared<'a>(block: &'a [Stmt], found: &mut ById<VarId, Given<'a>>) {
    for stmt in block {
        match stmt {
            Stmt::Local(vars, values) => {
                for (at, var) in vars.iter().enumerate() {
                    found[*var] = match (values.get(at), values.last()) {
                        (Some(value), _) => Given::Value(value),
                        (None, Some(last)) => Given::Result(last, at + 1 - values.len()),
                        (None, None) => Given::Unknown,
                    };
                }
            }
            Stmt::LocalFunction(var, function) => found[*var] = Given::Function(*function),
            Stmt::Count(var, ..) => found[*var] = Given::Counter,
            Stmt::For(header, values, _) => {
                if let [call] = values.as_slice() {
                    for (at, var) in header.vars.iter().enumerate() {
                        found[*var] = Given::Item(call, at);
                    }
                }
            }
            _ => {}
        }
        stmt.parts(&mut |_| {}, &mut |inner| declared(inner, found));
    }
}

/// The module that `require "m"` names.
pub(crate) fn required(expr: &Expr) -> Option<&str> {
    let Kind::Call(callee, args) = &expr.kind else {
        return None;
    };
    match (&callee.kind, args.as_slice()) {
        (Kind::Global(name), [module]) if name == "require" => module.text(),
        _ => None,
    }
}
