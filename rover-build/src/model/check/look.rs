//! What the checks look at, and how they say that a name is not known.

use std::collections::HashSet;

use super::probes;
use super::walk::{self, Reach};
use super::written::Written;
use crate::analyse::handlers::Handler;
use crate::diagnostic::Position;
use crate::front::file::File;
use crate::front::hir::Expr;
use crate::front::ids::{ById, FileId, FunctionRef, VarRef};
use crate::model::app::App;
use crate::model::facts::Facts;

/// What the checks look at.
pub(super) struct Look<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) app: &'a App,
    pub(super) reach: Reach,
    pub(super) written: Written<'a>,
    /// By file, the names that it asks for before it uses them.
    pub(super) probes: ById<FileId, HashSet<String>>,
}

impl<'a> Look<'a> {
    pub(super) fn new(facts: &Facts<'a>, app: &'a App) -> Self {
        let files = facts.sources.files.iter();
        Look {
            facts: *facts,
            app,
            reach: Reach::find(facts, app),
            written: Written::find(facts.sources),
            probes: files.map(probes::find).collect(),
        }
    }

    pub(super) fn file(&self, file: FileId) -> &'a File {
        &self.facts.sources.files[file]
    }

    /// The handlers, each once.
    pub(super) fn handlers(&self) -> Vec<Handler<'a>> {
        let mut found: Vec<Handler<'a>> = Vec::new();
        for place in self.app.functions() {
            if let Some(handler) = self.facts.handlers.at(self.facts.sources, place)
                && !found.iter().any(|h| h.place() == handler.place())
            {
                found.push(handler);
            }
        }
        found
    }

    /// Parameters that are a request's `ctx`.
    pub(super) fn ctx_vars(&self) -> HashSet<VarRef> {
        let sources = self.facts.sources;
        let handlers = self.app.functions();
        let handlers = handlers.flat_map(|place| self.facts.handlers.at(sources, place));
        handlers
            .flat_map(|handler| self.facts.handlers.reached(sources, handler))
            .filter_map(|handler| Some(handler.file.var(handler.ctx.var?)))
            // An assigned parameter may be anything by then.
            .filter(|var| sources.files[var.file].hir.vars[var.id].writes == 0)
            .collect()
    }

    /// What an expression stands for: a local that is assigned once stands for its value.
    pub(super) fn value(&self, file: FileId, expr: &'a Expr) -> &'a Expr {
        self.facts.names.followed(file, expr)
    }

    pub(super) fn position(&self, file: FileId, byte: usize) -> Position {
        self.file(file).position(byte)
    }

    /// The text of an expression, where it is short and on one line.
    pub(super) fn shown(&self, file: FileId, expr: &Expr) -> Option<&'a str> {
        let text = self.file(file).text_at(expr.span);
        (text.len() <= 60 && !text.contains('\n')).then_some(text)
    }

    /// A function's parts, for what is in it.
    pub(super) fn body(&self, place: FunctionRef) -> &'a [crate::front::hir::Stmt] {
        &walk::function(&self.facts, place).body
    }
}
