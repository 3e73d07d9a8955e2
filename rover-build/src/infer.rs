//! The shapes of what functions return, as far as the program's text shows them: through
//! locals, functions of the program, and builders with what is called on their responses.

mod answers;
mod values;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::guard::Guards;
use crate::handlers::{Handler, Handlers};
use crate::hir::Place;
use crate::hir::{Expr, Function, FunctionId, Kind, Stmt, VarId};
use crate::lists::{Lists, lists};
use crate::load::Sources;
use crate::shape::Returned;

/// How many calls are followed, one in the other.
const MAX_CALLS: usize = 6;

/// How many expressions of one handler are looked at. A value that stands for itself in many
/// places is looked at in each of them, which doubles with every step.
const MAX_STEPS: u32 = 5000;

/// What inference looks up: made once for a program.
pub(crate) struct Infer<'a> {
    sources: &'a Sources,
    handlers: &'a Handlers,
    guards: &'a Guards,
    files: Vec<Locals<'a>>,
    steps: Cell<u32>,
}

/// The locals of a file that are assigned once.
#[derive(Default)]
struct Locals<'a> {
    values: HashMap<VarId, &'a Expr>,
    /// Loop variables that count.
    counters: HashSet<VarId>,
    /// The fields that are assigned later; no name where it is not constant.
    fields: HashMap<VarId, Vec<Option<&'a str>>>,
}

/// A function whose results are looked for, in the call that was followed to it.
struct Frame<'f, 'a> {
    file: usize,
    function: &'a Function,
    /// The request, where the function has it.
    ctx: Option<VarId>,
    lists: Lists<'a>,
    call: Option<(&'a [Expr], &'f Frame<'f, 'a>)>,
    depth: usize,
}

impl<'a> Infer<'a> {
    pub(crate) fn new(sources: &'a Sources, handlers: &'a Handlers, guards: &'a Guards) -> Self {
        let files = sources.files.iter().map(|file| {
            let mut locals = Locals::default();
            for function in &file.hir.functions {
                locals.block(&function.body);
            }
            let steady = |var: &VarId| file.hir.vars[var.0].writes == 0;
            locals.values.retain(|var, _| steady(var));
            locals.counters.retain(steady);
            locals
        });
        Infer {
            sources,
            handlers,
            guards,
            files: files.collect(),
            steps: Cell::new(0),
        }
    }

    /// What a handler answers, each shape once.
    pub(crate) fn returned(&self, handler: Handler<'a>) -> Vec<Returned> {
        self.steps.set(0);
        let frame = Frame {
            file: handler.file,
            function: handler.function,
            ctx: handler.ctx.var,
            lists: lists(self.sources, self.handlers, handler.file, handler.id),
            call: None,
            depth: 0,
        };
        self.results(&frame)
    }

    /// Whether another expression may be looked at.
    fn step(&self) -> bool {
        let steps = self.steps.get();
        self.steps.set(steps.saturating_add(1));
        steps < MAX_STEPS
    }

    /// The value that a local has always.
    fn local(&self, file: usize, var: VarId) -> Option<&'a Expr> {
        self.files[file].values.get(&var).copied()
    }

    /// Calls `f` with the frame of the function that a call reaches, if it is known.
    fn follow<'f, T>(
        &self,
        frame: &'f Frame<'f, 'a>,
        callee: &Expr,
        args: &'a [Expr],
        f: impl FnOnce(&Frame<'_, 'a>) -> T,
    ) -> Option<T> {
        if frame.depth == MAX_CALLS {
            return None;
        }
        let (file, id): Place = self.handlers.helpers.written(frame.file, callee)?;
        let function = &self.sources.files[file].hir.functions[id.0];
        if function.variadic {
            return None;
        }
        let ctx = self.handlers.helpers.ctx_of(self.sources, (file, id));
        Some(f(&Frame {
            file,
            function,
            ctx,
            lists: lists(self.sources, self.handlers, file, FunctionId(id.0)),
            call: Some((args, frame)),
            depth: frame.depth + 1,
        }))
    }

    /// The operator between two operands.
    fn operator(&self, file: usize, left: &Expr, right: &Expr) -> &'a str {
        let text = &self.sources.files[file].text[left.span.end..right.span.start];
        // A comment may stand on either side of it.
        let line = |line: &'a str| line.split("--").next().unwrap_or_default().trim();
        let words = text.lines().map(line);
        words
            .flat_map(str::split_whitespace)
            .find(|word| !word.starts_with([']', ')']))
            .unwrap_or_default()
    }
}

impl<'f, 'a> Frame<'f, 'a> {
    /// The argument that a parameter stands for, and where that is written.
    fn argument(&self, infer: &Infer<'a>, var: VarId) -> Option<(&'a Expr, &'f Frame<'f, 'a>)> {
        let (args, caller) = self.call?;
        let at = self.function.params.iter().position(|p| *p == var)?;
        let steady = infer.sources.files[self.file].hir.vars[var.0].writes == 0;
        args.get(at).filter(|_| steady).map(|arg| (arg, caller))
    }
}

impl<'a> Locals<'a> {
    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Local(vars, values) => {
                    self.values.extend(vars.iter().copied().zip(values));
                }
                Stmt::Count(var, ..) => {
                    self.counters.insert(*var);
                }
                Stmt::Assign(targets, _) => {
                    for target in targets {
                        if let Kind::Index(object, key) = &target.kind
                            && let Some(var) = object.var()
                        {
                            self.fields.entry(var).or_default().push(key.text());
                        }
                    }
                }
                _ => {}
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.block(inner));
        }
    }
}
