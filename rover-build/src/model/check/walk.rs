//! Ways through a program's tree.

use std::collections::HashSet;

use crate::front::hir::UnaryOp;
use crate::front::hir::{Expr, Function, FunctionId, Kind, Stmt, VarId};
use crate::front::ids::{FileId, FunctionRef};
use crate::front::walk::{expressions, statements};
use crate::model::app::App;
use crate::model::facts::Facts;

/// The functions that are written directly in a block.
pub(super) fn functions(block: &[Stmt]) -> Vec<FunctionId> {
    let mut found = Vec::new();
    expressions(block, &mut |expr| {
        if let Kind::Function(function) = expr.kind {
            found.push(function);
        }
    });
    statements(block, &mut |stmt| {
        if let Stmt::LocalFunction(_, function) | Stmt::Function(_, function) = stmt {
            found.push(*function);
        }
    });
    found
}

/// Of a global's or a member's name: `ngx`, `io.open`, `rover.json.encode`.
pub(super) fn path(expr: &Expr) -> Option<String> {
    match &expr.kind {
        Kind::Global(name) => Some(name.clone()),
        Kind::Index(object, key) => Some(format!("{}.{}", path(object)?, key.text()?)),
        Kind::Paren(inner) => path(inner),
        _ => None,
    }
}

/// Which functions requests run, as far as the text shows it.
pub(super) struct Reach {
    /// Handlers, and what stands in them.
    pub(super) handlers: HashSet<FunctionRef>,
    /// Those, and the functions that they name.
    pub(super) all: HashSet<FunctionRef>,
    /// The same, but of helpers only what they do in any case: a library may have branches
    /// that no handler comes to.
    pub(super) surely: HashSet<FunctionRef>,
}

impl Reach {
    pub(super) fn find(facts: &Facts<'_>, app: &App) -> Self {
        let mut handlers = HashSet::new();
        let mut queue: Vec<FunctionRef> = app
            .functions()
            .flat_map(|place| facts.handlers.at(facts.sources, place))
            .map(|handler| handler.place())
            .collect();
        while let Some(place) = queue.pop() {
            if handlers.insert(place) {
                let inner = functions(&function(facts, place).body);
                queue.extend(inner.into_iter().map(|id| place.file.function(id)));
            }
        }
        let follow = |surely: bool| {
            let mut found = HashSet::new();
            let mut queue: Vec<FunctionRef> = handlers.iter().copied().collect();
            while let Some(place) = queue.pop() {
                if !found.insert(place) {
                    continue;
                }
                let body = &function(facts, place).body;
                let mut visit = |expr: &Expr| {
                    queue.extend(facts.names.written(place.file, expr));
                    if let (Kind::Function(id), true) = (&expr.kind, surely) {
                        queue.push(place.file.function(*id));
                    }
                };
                match surely && !handlers.contains(&place) {
                    true => in_any_case(body, &mut visit),
                    false => expressions(body, &mut visit),
                }
                if !surely {
                    queue.extend(
                        functions(body)
                            .into_iter()
                            .map(|id| place.file.function(id)),
                    );
                }
            }
            found
        };
        let (all, surely) = (follow(false), follow(true));
        Reach {
            handlers,
            all,
            surely,
        }
    }

    /// Calls `f` with every expression that requests surely evaluate, and its file.
    pub(super) fn evaluated<'a>(&self, facts: &Facts<'a>, f: &mut dyn FnMut(FileId, &'a Expr)) {
        let mut places: Vec<FunctionRef> = self.surely.iter().copied().collect();
        places.sort();
        for place in places {
            let body = &function(facts, place).body;
            match self.handlers.contains(&place) {
                true => expressions(body, &mut |expr| f(place.file, expr)),
                false => in_any_case(body, &mut |expr| f(place.file, expr)),
            }
        }
    }
}

pub(super) fn function<'a>(
    facts: &Facts<'a>,
    FunctionRef { file, id }: FunctionRef,
) -> &'a Function {
    &facts.sources.files[file].hir.functions[id]
}

/// Calls `f` with the expressions that a block evaluates however its conditions turn out; a
/// loop is taken to run.
pub(super) fn in_any_case<'a>(block: &'a [Stmt], f: &mut dyn FnMut(&'a Expr)) {
    for stmt in block {
        match stmt {
            Stmt::If(arms, _) => {
                if let Some((condition, _)) = arms.first() {
                    evaluated(condition, f);
                }
            }
            _ => {
                let mut blocks = Vec::new();
                stmt.parts(&mut |expr| evaluated(expr, f), &mut |inner| {
                    blocks.push(inner)
                });
                blocks.into_iter().for_each(|inner| in_any_case(inner, f));
            }
        }
    }
}

/// Leaves out the second operand of operators, which `and` and `or` may not evaluate.
fn evaluated<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    f(expr);
    match &expr.kind {
        Kind::Binary(_, left, _) => evaluated(left, f),
        _ => expr.each_child(&mut |child| evaluated(child, f)),
    }
}

/// Whether a block asks whether a variable is there: `if var then`, `not var`.
pub(super) fn tests(block: &[Stmt], var: VarId) -> bool {
    let mut found = false;
    statements(block, &mut |stmt| match stmt {
        Stmt::If(arms, _) => found |= arms.iter().any(|(test, _)| test.var() == Some(var)),
        Stmt::While(test, _) | Stmt::Repeat(_, test) => found |= test.var() == Some(var),
        _ => {}
    });
    expressions(block, &mut |expr| {
        if let Kind::Unary(UnaryOp::Not, inner) = &expr.kind {
            found |= inner.var() == Some(var);
        }
    });
    found
}
