//! `rover.guard` in the source: the schemas that are constant, and the mistakes in chains.

mod evaluate;
mod patterns;

use std::collections::HashMap;

use rover_model::guard::Schema;

use crate::analyse::globals::keeps_globals;
use crate::analyse::names::Names;
use crate::diagnostic::Diagnostic;
use crate::front::hir::{Expr, Kind, Stmt};
use crate::front::ids::{FileId, TextRange};
use evaluate::Evaluator;

pub(crate) use patterns::LuaPatterns;

/// What the source shows of the program's schemas.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    /// `rover.guard` is named somewhere.
    pub(crate) used: bool,
    /// The constant schemas that something is checked against, each once.
    pub(crate) schemas: Vec<Schema>,
    /// Their numbers, by the file and place of the expressions that stand for them.
    numbers: HashMap<TextRange, usize>,
    /// What is wrong with chains.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Guards {
    pub(crate) fn find(names: &Names<'_>) -> Self {
        let sources = names.sources;
        let patterns = LuaPatterns::default();
        let mut evaluator = Evaluator::new(names, &patterns);
        let mut guards = Guards::default();
        if !sources.files.iter().all(|file| keeps_globals(&file.hir)) {
            return guards;
        }
        for (file, source) in sources.files.numbered() {
            for function in &source.hir.functions {
                guards.block(file, &function.body, names, &mut evaluator);
            }
        }
        guards.diagnostics = evaluator.diagnostics;
        guards
    }

    /// The constant schema that an expression stands for, where something is checked
    /// against it.
    pub(crate) fn number(&self, file: FileId, schema: &Expr) -> Option<usize> {
        self.numbers.get(&file.range(schema.span)).copied()
    }

    fn block<'a>(
        &mut self,
        file: FileId,
        block: &'a [Stmt],
        names: &Names<'a>,
        evaluator: &mut Evaluator<'a, '_>,
    ) {
        for stmt in block {
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            if let Stmt::Call(call) = stmt {
                evaluator.dropped(file, call);
            }
            for expr in exprs {
                self.expr(file, expr, names, evaluator);
            }
            for block in blocks {
                self.block(file, block, names, evaluator);
            }
        }
    }

    fn expr<'a>(
        &mut self,
        file: FileId,
        expr: &'a Expr,
        names: &Names<'a>,
        evaluator: &mut Evaluator<'a, '_>,
    ) {
        let is_guard = |expr| names.of_rover(file, expr) == Some("guard");
        if matches!(expr.kind, Kind::Method(..) | Kind::Call(..)) {
            evaluator.chain(file, expr);
            evaluator.dotted(file, expr);
        }
        let schema = match &expr.kind {
            Kind::Method(object, name, args)
                if name == "expect" && names.is_request(file, object) =>
            {
                args.first()
            }
            Kind::Call(callee, args) => args.get(1).filter(|_| is_guard(callee)),
            _ => None,
        };
        if let Some(schema) = schema
            && let Some(made) = evaluator.argument(file, schema)
        {
            let known = self.schemas.iter().position(|other| *other == made);
            let number = known.unwrap_or_else(|| {
                self.schemas.push(made);
                self.schemas.len() - 1
            });
            self.numbers.insert(file.range(schema.span), number);
        }
        self.used |= matches!(expr.kind, Kind::Index(..)) && is_guard(expr);
        expr.each_child(&mut |child| self.expr(file, child, names, evaluator));
    }
}
