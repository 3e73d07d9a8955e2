//! Functions that handlers pass their `ctx` to, in their own file or in a module: where all
//! uses of such a function are calls with a request's `ctx`, it is as if its text stood in
//! the handler.

use std::collections::HashSet;

use crate::analyse::names::Names;
use crate::front::hir::{Expr, Kind, Stmt, VarId};
use crate::front::ids::{FileId, FunctionRef, VarRef};
use crate::front::load::Sources;

/// Where the requests' `ctx` goes.
pub(crate) struct CtxFlow {
    /// Parameters that are always a request's `ctx`.
    ctx: HashSet<VarRef>,
}

/// A call of a known function.
struct Call {
    callee: FunctionRef,
    /// The function around it.
    caller: FunctionRef,
    args: Vec<Option<VarId>>,
}

impl CtxFlow {
    /// `handlers` are functions that only the runtime calls.
    pub(crate) fn find(names: &Names<'_>, handlers: &HashSet<FunctionRef>) -> Self {
        let mut scan = Scan {
            names,
            calls: Vec::new(),
            kept: names.exposed().collect(),
        };
        for (file, source) in names.sources.files.numbered() {
            for (id, function) in source.hir.functions.numbered() {
                scan.block(file.function(id), &function.body);
            }
        }
        let Scan { calls, kept, .. } = scan;
        let mut flow = CtxFlow {
            ctx: HashSet::new(),
        };
        flow.prove(names, handlers, &calls, &kept);
        flow
    }

    /// The parameter of a function that is always a request's `ctx`.
    pub(crate) fn ctx_of(
        &self,
        sources: &Sources,
        FunctionRef { file, id: function }: FunctionRef,
    ) -> Option<VarId> {
        let params = &sources.files[file].hir.functions[function].params;
        let mut params = params.iter().copied();
        params.find(|param| self.ctx.contains(&file.var(*param)))
    }

    /// Where a call gives a `ctx` to a function that takes it as one, the function.
    pub(crate) fn passed(
        &self,
        names: &Names<'_>,
        file: FileId,
        callee: &Expr,
        argument: usize,
    ) -> Option<FunctionRef> {
        let target = names.function(file, callee)?;
        let params = &names.sources.files[target.file].hir.functions[target.id].params;
        let param = *params.get(argument)?;
        (self.ctx_of(names.sources, target) == Some(param)).then_some(target)
    }

    /// Takes every parameter that some call gives a `ctx` for one, then leaves out those
    /// that some call gives something else.
    fn prove(
        &mut self,
        names: &Names<'_>,
        handlers: &HashSet<FunctionRef>,
        calls: &[Call],
        kept: &HashSet<FunctionRef>,
    ) {
        let sources = names.sources;
        let function =
            |FunctionRef { file, id }: FunctionRef| &sources.files[file].hir.functions[id];
        let steady = |var: VarRef| sources.files[var.file].hir.vars[var.id].writes == 0;
        for place in handlers {
            let first = function(*place)
                .params
                .first()
                .map(|var| place.file.var(*var));
            self.ctx.extend(first.filter(|var| steady(*var)));
        }
        let own = self.ctx.clone();
        // Whether an argument is the `ctx` of the function that makes the call.
        let is_ctx = |ctx: &HashSet<VarRef>, call: &Call, argument: Option<VarId>| {
            argument.is_some_and(|var| {
                ctx.contains(&call.caller.file.var(var))
                    && function(call.caller).params.contains(&var)
            })
        };
        loop {
            let before = self.ctx.len();
            for call in calls.iter().filter(|call| !kept.contains(&call.callee)) {
                let params = &function(call.callee).params;
                for (param, argument) in params.iter().zip(&call.args) {
                    let param = call.callee.file.var(*param);
                    if steady(param) && is_ctx(&self.ctx, call, *argument) {
                        self.ctx.insert(param);
                    }
                }
            }
            if self.ctx.len() == before {
                break;
            }
        }
        loop {
            let refuted: Vec<VarRef> = calls
                .iter()
                .flat_map(|call| {
                    let params = function(call.callee).params.iter().enumerate();
                    params.filter_map(|(at, param)| {
                        let argument = call.args.get(at).copied().flatten();
                        let param = call.callee.file.var(*param);
                        (self.ctx.contains(&param) && !is_ctx(&self.ctx, call, argument))
                            .then_some(param)
                    })
                })
                .filter(|param| !own.contains(param))
                .collect();
            if refuted.is_empty() {
                return;
            }
            self.ctx.retain(|param| !refuted.contains(param));
        }
    }
}

/// Looks at every use of functions.
struct Scan<'n> {
    names: &'n Names<'n>,
    calls: Vec<Call>,
    /// Functions that are used other than by calling them.
    kept: HashSet<FunctionRef>,
}

impl Scan<'_> {
    fn block(&mut self, place: FunctionRef, block: &[Stmt]) {
        for stmt in block {
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            match stmt {
                Stmt::Function(target, _) => self.target(place, target),
                Stmt::Assign(targets, values) => {
                    targets.iter().for_each(|target| self.target(place, target));
                    values.iter().for_each(|value| self.expr(place, value));
                }
                _ => exprs.into_iter().for_each(|e| self.expr(place, e)),
            }
            blocks.into_iter().for_each(|b| self.block(place, b));
        }
    }

    /// What is assigned to: its name is no use of the function that it is.
    fn target(&mut self, place: FunctionRef, target: &Expr) {
        target.each_child(&mut |child| self.expr(place, child));
    }

    fn expr(&mut self, place: FunctionRef, expr: &Expr) {
        let file = place.file;
        if let Kind::Call(callee, args) = &expr.kind
            && let Some(target) = self.names.function(file, callee)
        {
            self.calls.push(Call {
                callee: target,
                caller: place,
                args: args.iter().map(Expr::var).collect(),
            });
            return args.iter().for_each(|arg| self.expr(place, arg));
        }
        self.kept.extend(self.names.function(file, expr));
        expr.each_child(&mut |child| self.expr(place, child));
    }
}
