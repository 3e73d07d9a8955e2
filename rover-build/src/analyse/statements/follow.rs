//! From the first argument of a call to the texts that it may be.

use std::collections::HashMap;

use super::call::{DatabaseCall, Given, Unseen};
use super::calls::{At, Caller, Calls};
use super::text::Written;
use crate::analyse::names::Names;
use crate::front::hir::{BinaryOp, Expr, Kind};
use crate::front::ids::FunctionRef;
use crate::front::walk::expressions;

pub(super) struct Follow<'n, 'a> {
    pub(super) names: &'n Names<'a>,
    pub(super) calls: &'n Calls<'a>,
}

/// A call through which a text comes to where it is used: of the function whose parameter it is.
#[derive(Clone, Copy)]
struct Frame<'c, 'a> {
    function: FunctionRef,
    caller: &'c Caller<'a>,
}

/// Why no text is found.
enum Stop {
    /// It is a parameter of this function.
    Parameter(FunctionRef),
    Unseen(Unseen),
}

type Texts = Result<Vec<Written>, Stop>;

/// Texts that are one of several, by `condition and a or b`, are told apart up to so many.
const MAX_TEXTS: usize = 16;

/// Functions that hand a text on, one to the other.
const MAX_FRAMES: usize = 6;

/// What one call may be given, by all ways.
const MAX_GIVEN: usize = 512;

/// Names that stand for others, one after the other.
const MAX_DEPTH: usize = 64;

fn unseen<T>(why: &'static str) -> Result<T, Stop> {
    let begins = String::new();
    Err(Stop::Unseen(Unseen { why, begins }))
}

const MADE: &str = "its text is made when it runs";

impl<'n, 'a> Follow<'n, 'a> {
    /// All that a call may be given.
    pub(super) fn given(
        &self,
        inside: FunctionRef,
        first: At<'a>,
        rest: &[At<'a>],
        call: &mut DatabaseCall<'a>,
    ) {
        self.through(inside, first, rest, &mut Vec::new(), call);
    }

    fn through(
        &self,
        inside: FunctionRef,
        first: At<'a>,
        rest: &[At<'a>],
        frames: &mut Vec<Frame<'n, 'a>>,
        call: &mut DatabaseCall<'a>,
    ) {
        if call.given.len() >= MAX_GIVEN {
            return;
        }
        let function = match self.texts(first, frames, 0) {
            Ok(texts) => {
                let (values, open) = self.values(inside, rest, frames);
                call.given.extend(texts.into_iter().map(|text| Given {
                    text,
                    values: values.clone(),
                    open,
                }));
                return;
            }
            Err(Stop::Unseen(unseen)) => {
                // What may begin with anything says more than what does not.
                let known = call.unseen.as_ref();
                if known.is_none_or(|known| !known.begins.is_empty()) {
                    call.unseen = Some(unseen);
                }
                return;
            }
            Err(Stop::Parameter(function)) => function,
        };
        let callers = self.calls.callers.get(&function);
        let again = frames.iter().any(|frame| frame.function == function);
        let callers = callers.filter(|_| !again && frames.len() < MAX_FRAMES);
        let Some(callers) = callers else {
            let begins = String::new();
            let why = "its text is given by callers that are not seen";
            call.unseen = Some(Unseen { why, begins });
            return;
        };
        for caller in callers {
            frames.push(Frame { function, caller });
            self.through(inside, first, rest, frames, call);
            frames.pop();
        }
    }

    /// The texts that an expression may be.
    fn texts(&self, at: At<'a>, frames: &[Frame<'n, 'a>], depth: usize) -> Texts {
        let At { file, expr } = at;
        if depth > MAX_DEPTH {
            return unseen(MADE);
        }
        let next = |expr: &'a Expr| self.texts(At { file, expr }, frames, depth + 1);
        match &expr.kind {
            Kind::Text(_) | Kind::Number(_) => {
                let written = Written::of_literal(self.names.sources, file, expr);
                written.map_or_else(|| unseen(MADE), |written| Ok(vec![written]))
            }
            Kind::Paren(inner) => next(inner),
            Kind::Concat(left, right) => {
                let left = next(left)?;
                let right = next(right).map_err(|stop| begun(stop, &left))?;
                if left.len() * right.len() > MAX_TEXTS {
                    return unseen(MADE);
                }
                let with = |left: &Written| right.iter().map(|r| left.with(r)).collect::<Vec<_>>();
                Ok(left.iter().flat_map(with).collect())
            }
            // `condition and a or b`
            Kind::Binary(BinaryOp::Or, left, right) => match &strip(left).kind {
                Kind::Binary(BinaryOp::And, _, first) => Ok([next(first)?, next(right)?].concat()),
                _ => unseen(MADE),
            },
            Kind::Var(var) => match self.names.value(file, *var) {
                Some(value) => next(value),
                None => self.parameter(at, frames, depth),
            },
            Kind::Index(..) | Kind::Call(..) => match self.names.resolve(file, expr) {
                Some((file, value)) if !std::ptr::eq(value, expr) => {
                    self.texts(At { file, expr: value }, frames, depth + 1)
                }
                _ => unseen(MADE),
            },
            _ => unseen(MADE),
        }
    }

    /// What a parameter is given in the call that is followed.
    fn parameter(&self, at: At<'a>, frames: &[Frame<'n, 'a>], depth: usize) -> Texts {
        let Some(var) = at.expr.var().map(|var| at.file.var(var)) else {
            return unseen(MADE);
        };
        let steady = self.names.sources.files[var.file].hir.vars[var.id].writes == 0;
        let Some((function, number)) = self.calls.parameters.get(&var).filter(|_| steady) else {
            return unseen(MADE);
        };
        let Some(index) = frames.iter().position(|frame| frame.function == *function) else {
            return Err(Stop::Parameter(*function));
        };
        match frames[index].caller.args.get(*number) {
            Some(arg) => self.texts(*arg, &frames[index + 1..], depth + 1),
            None => unseen(MADE),
        }
    }

    /// The values that are given, and whether there may be more: `...` stands for what the caller
    /// gives.
    fn values(
        &self,
        inside: FunctionRef,
        args: &[At<'a>],
        frames: &[Frame<'n, 'a>],
    ) -> (Vec<At<'a>>, bool) {
        let Some((last, before)) = args.split_last() else {
            return (Vec::new(), false);
        };
        match last.expr.kind {
            Kind::Call(..) | Kind::Method(..) => (before.to_vec(), true),
            Kind::Vararg => {
                let index = frames.iter().position(|frame| frame.function == inside);
                let Some(index) = index else {
                    return (before.to_vec(), true);
                };
                let Frame { function, caller } = frames[index];
                let functions = &self.names.sources.files[function.file].hir.functions;
                let skipped = functions[function.id].params.len();
                let rest = caller.args.get(skipped..).unwrap_or_default();
                let (more, open) = self.values(caller.inside, rest, &frames[index + 1..]);
                // A call that is the last argument may fill parameters too.
                let few = caller.args.len() <= skipped;
                ([before, &more].concat(), open || few && caller.is_open())
            }
            _ => (args.to_vec(), false),
        }
    }

    /// What each function calls or names, and what stands in it.
    pub(super) fn leads(&self) -> HashMap<FunctionRef, Vec<FunctionRef>> {
        let mut leads: HashMap<FunctionRef, Vec<FunctionRef>> = HashMap::new();
        for (function, callers) in &self.calls.callers {
            for caller in callers {
                leads.entry(caller.inside).or_default().push(*function);
            }
        }
        for (file, source) in self.names.sources.files.numbered() {
            for (id, function) in source.hir.functions.numbered() {
                let place = file.function(id);
                let led = leads.entry(place).or_default();
                expressions(&function.body, &mut |expr| match expr.kind {
                    Kind::Function(inner) => led.push(file.function(inner)),
                    _ => led.extend(self.names.written(file, expr)),
                });
            }
        }
        leads
    }
}

/// A text that is not seen to its end begins with what stands before.
fn begun(stop: Stop, left: &[Written]) -> Stop {
    match (stop, left) {
        (Stop::Unseen(Unseen { why, begins }), [only]) => Stop::Unseen(Unseen {
            why,
            begins: format!("{}{begins}", only.text),
        }),
        (stop, _) => stop,
    }
}

fn strip(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Paren(inner) => strip(inner),
        _ => expr,
    }
}
