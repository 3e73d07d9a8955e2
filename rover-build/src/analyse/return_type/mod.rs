//! The types of what functions return, as far as the program's text shows them: through
//! locals, functions of the program, and builders with what is called on their responses.

mod after;
mod answers;
mod ctx_fields;
mod filled;
mod responses;
mod seeds;
mod thrown;
mod values;

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use crate::analyse::handlers::{Handler, Handlers};
use crate::analyse::lists::{Lists, lists};
use crate::analyse::names::Names;
use crate::analyse::schemas::Guards;
use crate::analyse::statements::Rows;
use crate::analyse::types::{BodyType, ReturnType};
use crate::front::hir::{Expr, Function, Kind, Stmt, VarId};
use crate::front::ids::{ById, FileId, FunctionRef};
use crate::front::load::Sources;
use answers::push;
use ctx_fields::CtxFields;
use filled::{Filled, filled};

/// How many calls are followed, one in the other.
const MAX_CALLS: usize = 6;

/// How many expressions of one handler are looked at. A value that stands for itself in many
/// places is looked at in each of them, which doubles with every step.
const MAX_STEPS: u32 = 5000;

/// More answers than this are not told apart.
const MAX_ANSWERS: usize = 16;

fn few(mut found: Vec<ReturnType>) -> Vec<ReturnType> {
    if found.len() > MAX_ANSWERS {
        found.truncate(MAX_ANSWERS);
        push(&mut found, ReturnType::new(0, BodyType::Unseen));
    }
    found
}

/// What inference looks up: made once for a program.
pub(crate) struct ReturnTypes<'a> {
    sources: &'a Sources,
    names: &'a Names<'a>,
    handlers: &'a Handlers,
    guards: &'a Guards,
    /// What calls of databases give.
    rows: &'a Rows,
    files: ById<FileId, Tables<'a>>,
    /// Functions that may throw an answer, or call one that may.
    throwing: HashSet<FunctionRef>,
    /// What is set on `ctx`.
    ctx_fields: CtxFields<'a>,
    /// The fields whose types are being looked for.
    looked_for: RefCell<Vec<String>>,
    steps: Cell<u32>,
}

/// What is done with the tables of a file's locals.
#[derive(Default)]
struct Tables<'a> {
    /// The fields that are assigned later; no name where it is not constant.
    fields: HashMap<VarId, Vec<Option<&'a str>>>,
    /// What lists are filled with.
    filled: Filled<'a>,
}

/// A function whose results are looked for, in the call that was followed to it.
struct Frame<'f, 'a> {
    file: FileId,
    function: &'a Function,
    /// The request, where the function has it.
    ctx: Option<VarId>,
    /// The answer that a hook after the handler is given: to return that adds nothing.
    given: Option<VarId>,
    lists: Lists<'a>,
    call: Option<Call<'f, 'a>>,
    depth: usize,
}

/// A call, and where it is written.
struct Call<'f, 'a> {
    /// `object` in `object:method()`.
    object: Option<&'a Expr>,
    args: &'a [Expr],
    caller: &'f Frame<'f, 'a>,
}

impl<'a> ReturnTypes<'a> {
    /// `called` are the functions that the runtime calls with a `ctx`; nothing for one that the text does not show.
    pub(crate) fn new(
        names: &'a Names<'a>,
        handlers: &'a Handlers,
        guards: &'a Guards,
        rows: &'a Rows,
        called: &[Option<FunctionRef>],
    ) -> Self {
        let sources = names.sources;
        let files = sources.files.numbered().map(|(file, source)| {
            let mut tables = Tables {
                fields: HashMap::new(),
                filled: filled(sources, handlers, file),
            };
            for function in &source.hir.functions {
                tables.block(&function.body);
            }
            tables
        });
        let mut types = ReturnTypes {
            sources,
            names,
            handlers,
            guards,
            rows,
            files: files.collect(),
            throwing: HashSet::new(),
            ctx_fields: CtxFields::find(names, handlers, called),
            looked_for: RefCell::default(),
            steps: Cell::new(0),
        };
        types.throwing = types.throwing();
        types
    }

    /// What a handler answers, returned and thrown, each type once.
    pub(crate) fn returned(&self, handler: Handler<'a>) -> Vec<ReturnType> {
        self.returned_beside(handler, None)
    }

    fn returned_beside(&self, handler: Handler<'a>, given: Option<VarId>) -> Vec<ReturnType> {
        self.steps.set(0);
        let frame = self.frame(handler, given);
        let mut found = self.results(&frame);
        self.steps.set(0);
        self.thrown(&frame, &mut found);
        few(found)
    }

    /// A function that the runtime calls, for an answer where it is given one.
    fn frame(&self, handler: Handler<'a>, given: Option<VarId>) -> Frame<'_, 'a> {
        Frame {
            file: handler.file,
            function: handler.function,
            ctx: handler.ctx.var,
            given,
            lists: lists(self.sources, self.handlers, handler.file, handler.id),
            call: None,
            depth: 0,
        }
    }

    /// Whether another expression may be looked at.
    fn step(&self) -> bool {
        let steps = self.steps.get();
        self.steps.set(steps.saturating_add(1));
        steps < MAX_STEPS
    }

    /// Calls `f` with the frame of the function that a call reaches, if it is known.
    fn follow<'f, T>(
        &self,
        frame: &'f Frame<'f, 'a>,
        callee: &Expr,
        args: &'a [Expr],
        f: impl FnOnce(&Frame<'_, 'a>) -> T,
    ) -> Option<T> {
        let place = self.names.written(frame.file, callee)?;
        let call = Call {
            object: None,
            args,
            caller: frame,
        };
        self.enter(place, call, f)
    }

    /// The same for `module:function(args)`.
    fn follow_method<'f, T>(
        &self,
        frame: &'f Frame<'f, 'a>,
        (object, method): (&'a Expr, &str),
        args: &'a [Expr],
        f: impl FnOnce(&Frame<'_, 'a>) -> T,
    ) -> Option<T> {
        let place = self.names.written_in(frame.file, object, method)?;
        let call = Call {
            object: Some(object),
            args,
            caller: frame,
        };
        self.enter(place, call, f)
    }

    fn enter<T>(
        &self,
        FunctionRef { file, id }: FunctionRef,
        call: Call<'_, 'a>,
        f: impl FnOnce(&Frame<'_, 'a>) -> T,
    ) -> Option<T> {
        let depth = call.caller.depth + 1;
        if depth > MAX_CALLS {
            return None;
        }
        let function = &self.sources.files[file].hir.functions[id];
        if function.variadic {
            return None;
        }
        let ctx = self
            .handlers
            .ctx_flow
            .ctx_of(self.sources, file.function(id));
        Some(f(&Frame {
            file,
            function,
            ctx,
            given: None,
            lists: lists(self.sources, self.handlers, file, id),
            call: Some(call),
            depth,
        }))
    }

    /// Whether a call never comes back: `error(...)`, or a function that ends with it always.
    fn never(&self, file: FileId, expr: &'a Expr, depth: usize) -> bool {
        let Kind::Call(callee, _) = &expr.kind else {
            return false;
        };
        if self.names.global(file, callee) == Some("error") {
            return true;
        }
        let place = self.names.written(file, callee);
        place.is_some_and(|FunctionRef { file, id }| {
            let body = &self.sources.files[file].hir.functions[id].body;
            depth < MAX_CALLS
                && !returns_anything(body)
                && !self.falls_through(file, body, depth + 1)
        })
    }

    /// Whether the end of a block can be reached.
    fn falls_through(&self, file: FileId, block: &'a [Stmt], depth: usize) -> bool {
        match block.last() {
            Some(Stmt::Return(..)) => false,
            Some(Stmt::Do(inner)) => self.falls_through(file, inner, depth),
            Some(Stmt::If(arms, otherwise)) => {
                otherwise.is_empty()
                    || self.falls_through(file, otherwise, depth)
                    || arms
                        .iter()
                        .any(|(_, body)| self.falls_through(file, body, depth))
            }
            Some(Stmt::Call(call)) => !self.never(file, call, depth),
            _ => true,
        }
    }
}

/// Whether there is a `return` in a block, or in one inside.
fn returns_anything(block: &[Stmt]) -> bool {
    block.iter().any(|stmt| {
        let mut found = matches!(stmt, Stmt::Return(..));
        stmt.parts(&mut |_| {}, &mut |inner| found |= returns_anything(inner));
        found
    })
}

impl<'f, 'a> Frame<'f, 'a> {
    /// The argument that a parameter stands for, and where that is written.
    fn argument(
        &self,
        types: &ReturnTypes<'a>,
        var: VarId,
    ) -> Option<(&'a Expr, &'f Frame<'f, 'a>)> {
        let call = self.call.as_ref()?;
        let at = self.function.params.iter().position(|p| *p == var)?;
        let steady = types.sources.files[self.file].hir.vars[var].writes == 0;
        let mut given = call.object.into_iter().chain(call.args);
        given
            .nth(at)
            .filter(|_| steady)
            .map(|arg| (arg, call.caller))
    }
}

impl<'a> Tables<'a> {
    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            if let Stmt::Assign(targets, _) = stmt {
                for target in targets {
                    if let Kind::Index(object, key) = &target.kind
                        && let Some(var) = object.var()
                    {
                        self.fields.entry(var).or_default().push(key.text());
                    }
                }
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.block(inner));
        }
    }
}
