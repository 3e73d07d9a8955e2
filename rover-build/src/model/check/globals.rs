//! Globals that are read and that nothing defines.

use std::collections::{BTreeSet, HashSet};

use super::probes;
use super::written::Written;
use crate::diagnostic::codes::words::undefined;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::file::File;
use crate::front::hir::{Expr, FunctionId, Kind, Span, Stmt, VarId};
use crate::front::load::Sources;
use crate::vocabulary::{self, GLOBALS};

pub(super) fn check(sources: &Sources, written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    if written.any_global {
        return;
    }
    for file in &sources.files {
        let mut reads = Reads {
            file,
            written,
            probes: probes::find(file),
            scope: Vec::new(),
            ended: Vec::new(),
            told: HashSet::new(),
            found,
        };
        reads.function(FunctionId::CHUNK);
    }
}

/// What is told of a name, with where it is declared.
type Tell = fn(Position, &str, Position) -> Diagnostic;

/// Goes through a file with the locals in sight.
struct Reads<'a, 'w> {
    file: &'a File,
    written: &'w Written<'w>,
    probes: HashSet<String>,
    scope: Vec<VarId>,
    /// Those of blocks that have ended, in the functions around.
    ended: Vec<VarId>,
    /// A name is told of once in a file.
    told: HashSet<&'a str>,
    found: &'w mut Vec<Diagnostic>,
}

impl<'a> Reads<'a, '_> {
    fn function(&mut self, id: FunctionId) {
        let (depth, ended) = (self.scope.len(), self.ended.len());
        let function = &self.file.hir.functions[id];
        self.scope.extend(&function.params);
        self.block(&function.body);
        self.scope.truncate(depth);
        self.ended.truncate(ended);
    }

    fn block(&mut self, block: &'a [Stmt]) {
        let depth = self.scope.len();
        block.iter().for_each(|stmt| self.stmt(stmt));
        self.end(depth);
    }

    fn end(&mut self, depth: usize) {
        self.ended.extend(self.scope.drain(depth..));
    }

    /// A block with variables of its own before it.
    fn scoped(&mut self, vars: &[VarId], block: &'a [Stmt]) {
        let depth = self.scope.len();
        self.scope.extend(vars);
        self.block(block);
        self.end(depth);
    }

    fn stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Local(vars, values) => {
                for (at, value) in values.iter().enumerate() {
                    let var = vars.get(at);
                    let name = var.map(|var| self.file.hir.vars[*var].name.as_str());
                    // `local jit = jit`: it may be nil.
                    if !matches!(&value.kind, Kind::Global(global) if Some(global.as_str()) == name)
                    {
                        self.expr(value);
                    }
                }
                self.scope.extend(vars);
            }
            Stmt::LocalFunction(var, function) => {
                self.scope.push(*var);
                self.function(*function);
            }
            Stmt::Function(target, function) => {
                self.target(target);
                self.function(*function);
            }
            Stmt::Assign(targets, values) => {
                targets.iter().for_each(|target| self.target(target));
                values.iter().for_each(|value| self.expr(value));
            }
            Stmt::Call(call) => self.expr(call),
            Stmt::Return(_, values) => values.iter().for_each(|value| self.expr(value)),
            Stmt::Do(block) => self.block(block),
            Stmt::While(condition, block) => {
                self.expr(condition);
                self.block(block);
            }
            Stmt::Repeat(block, condition) => {
                let depth = self.scope.len();
                block.iter().for_each(|stmt| self.stmt(stmt));
                self.expr(condition);
                self.end(depth);
            }
            Stmt::If(arms, otherwise) => {
                for (condition, block) in arms {
                    self.expr(condition);
                    self.block(block);
                }
                self.block(otherwise);
            }
            Stmt::For(header, values, block) => {
                values.iter().for_each(|value| self.expr(value));
                self.scoped(&header.vars, block);
            }
            Stmt::Count(var, values, block) => {
                values.iter().for_each(|value| self.expr(value));
                self.scoped(&[*var], block);
            }
        }
    }

    fn target(&mut self, target: &'a Expr) {
        if !matches!(target.kind, Kind::Global(_)) {
            self.expr(target);
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Global(name) => self.read(name, expr.span),
            Kind::Function(function) => self.function(*function),
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }

    fn read(&mut self, name: &'a str, span: Span) {
        let known = vocabulary::is_global(name)
            || rover_model::is_reserved(name.as_bytes())
            || self.written.globals.contains(name)
            || self.probes.contains(name);
        if known || !self.told.insert(name) {
            return;
        }
        let at = self.file.position(span.start);
        self.found.push(match self.declared_elsewhere(name, span) {
            Some((var, tell)) => {
                let declared = self.file.position(self.file.hir.vars[var].start);
                tell(at, name, declared)
            }
            None => self.nowhere(at, name),
        });
    }

    /// A local of this name that is not in sight, and what is told of it.
    fn declared_elsewhere(&self, name: &str, span: Span) -> Option<(VarId, Tell)> {
        let vars = &self.file.hir.vars;
        let is_named = |var: &VarId| vars[*var].name == name;
        let below = self.file.hir.functions[FunctionId::CHUNK]
            .body
            .iter()
            .find_map(|stmt| {
                let mut declared = match stmt {
                    Stmt::Local(vars, _) => vars.as_slice(),
                    Stmt::LocalFunction(var, _) => std::slice::from_ref(var),
                    _ => &[],
                }
                .iter();
                declared.find(|var| is_named(var) && vars[**var].start > span.start)
            });
        if let Some(var) = below {
            return Some((*var, undefined::before_declaration));
        }
        let var = self.ended.iter().rev().find(|var| is_named(var))?;
        Some((*var, undefined::after_block))
    }

    fn nowhere(&self, at: Position, name: &str) -> Diagnostic {
        let in_module = self.file.modules.iter().any(|module| !module.is_empty());
        let locals = self
            .scope
            .iter()
            .map(|var| self.file.hir.vars[*var].name.as_str());
        let globals = self.written.globals.iter().map(String::as_str);
        let library = vocabulary::members(GLOBALS).iter().copied();
        // In one order always.
        let names: BTreeSet<&str> = locals.chain(globals).chain(library).collect();
        undefined::name(at, name, in_module, names)
    }
}
