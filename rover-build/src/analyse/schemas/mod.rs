//! `rover.guard` in the source: the schemas that are constant, and the mistakes in chains.

mod evaluate;
mod patterns;
mod values;

use std::collections::HashMap;

use rover_model::guard::Schema;

use crate::analyse::globals::keeps_globals;
use crate::diagnostic::Diagnostic;
use crate::front::hir::{Expr, Kind, Span, Stmt};
use crate::front::load::Sources;
use evaluate::Evaluator;
use values::Values;

pub(crate) use patterns::LuaPatterns;

/// What the source shows of the program's schemas.
#[derive(Debug, Default)]
pub(crate) struct Guards {
    /// `rover.guard` is named somewhere.
    pub(crate) used: bool,
    /// The constant schemas that something is checked against, each once.
    pub(crate) schemas: Vec<Schema>,
    /// Their numbers, by the file and place of the expressions that stand for them.
    numbers: HashMap<(usize, Span), usize>,
    /// What is wrong with chains.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Guards {
    pub(crate) fn find(sources: &Sources) -> Self {
        let values = Values::find(sources);
        let patterns = LuaPatterns::default();
        let mut evaluator = Evaluator::new(sources, &values, &patterns);
        let mut guards = Guards::default();
        if !sources.files.iter().all(|file| keeps_globals(&file.hir)) {
            return guards;
        }
        for (file, source) in sources.files.iter().enumerate() {
            for function in &source.hir.functions {
                guards.block(file, &function.body, &values, &mut evaluator);
            }
        }
        guards.diagnostics = evaluator.diagnostics;
        guards
    }

    /// The constant schema that an expression stands for, where something is checked
    /// against it.
    pub(crate) fn number(&self, file: usize, schema: &Expr) -> Option<usize> {
        self.numbers.get(&(file, schema.span)).copied()
    }

    fn block<'a>(
        &mut self,
        file: usize,
        block: &'a [Stmt],
        values: &Values<'a>,
        evaluator: &mut Evaluator<'a, '_>,
    ) {
        for stmt in block {
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            if let Stmt::Call(call) = stmt {
                evaluator.dropped(file, call);
            }
            for expr in exprs {
                self.expr(file, expr, values, evaluator);
            }
            for block in blocks {
                self.block(file, block, values, evaluator);
            }
        }
    }

    fn expr<'a>(
        &mut self,
        file: usize,
        expr: &'a Expr,
        values: &Values<'a>,
        evaluator: &mut Evaluator<'a, '_>,
    ) {
        if matches!(expr.kind, Kind::Method(..) | Kind::Call(..)) {
            evaluator.chain(file, expr);
            evaluator.dotted(file, expr);
        }
        let schema = match &expr.kind {
            Kind::Method(object, name, args)
                if name == "expect" && values.is_request(file, object) =>
            {
                args.first()
            }
            Kind::Call(callee, args) => args.get(1).filter(|_| values.is_guard(file, callee)),
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
            self.numbers.insert((file, schema.span), number);
        }
        self.used |= matches!(expr.kind, Kind::Index(..)) && values.is_guard(file, expr);
        expr.each_child(&mut |child| self.expr(file, child, values, evaluator));
    }
}
