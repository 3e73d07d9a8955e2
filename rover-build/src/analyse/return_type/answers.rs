//! What a function's `return`s answer.

use super::{Frame, ReturnTypes, few, seeds};
use crate::analyse::types::{BodyType, ReturnType, ValueType};
use crate::front::hir::{BinaryOp, Expr, Kind, Stmt, UnaryOp, VarId};
use crate::front::ids::FileId;
use crate::vocabulary::CTX;

/// What is known where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Here<'h> {
    /// Locals that are neither nil nor false: `if not book then return ... end` was passed.
    pub(super) truthy: &'h [VarId],
    /// Only a value that is neither counts, as to the left of `or`.
    pub(super) wanted: bool,
}

impl<'a> ReturnTypes<'a> {
    /// What the function of a frame answers.
    pub(super) fn results(&self, frame: &Frame<'_, 'a>) -> Vec<ReturnType> {
        let mut found = Vec::new();
        self.returns(frame, &mut |value, truthy| match value {
            Some(value) => {
                let here = Here {
                    truthy,
                    wanted: false,
                };
                self.answers(frame, value, here, &mut found);
            }
            None => push(&mut found, ReturnType::new(0, BodyType::Empty)),
        });
        few(found)
    }

    /// Calls `f` with each returned value; without one where the end is reached.
    pub(super) fn returns(
        &self,
        frame: &Frame<'_, 'a>,
        f: &mut dyn FnMut(Option<&'a Expr>, &[VarId]),
    ) {
        let body = &frame.function.body;
        self.block(frame.file, body, &mut Vec::new(), f);
        if self.falls_through(frame.file, body, 0) {
            f(None, &[]);
        }
    }

    /// Calls `f` with what a block's `return`s give, and the locals that are known to be
    /// neither nil nor false there.
    fn block(
        &self,
        file: FileId,
        stmts: &'a [Stmt],
        truthy: &mut Vec<VarId>,
        f: &mut dyn FnMut(Option<&'a Expr>, &[VarId]),
    ) {
        let before = truthy.len();
        for stmt in stmts {
            if let Stmt::Return(_, values) = stmt {
                f(values.first(), truthy);
            }
            let mut inner = Vec::new();
            stmt.parts(&mut |_| {}, &mut |b| inner.push(b));
            for b in inner {
                self.block(file, b, truthy, f);
            }
            match stmt {
                Stmt::If(arms, _) => {
                    if let [(condition, body)] = arms.as_slice()
                        && !self.falls_through(file, body, 0)
                    {
                        refuted(condition, truthy);
                    }
                }
                Stmt::Call(call) => truthy.extend(self.asserted(file, call).and_then(Expr::var)),
                _ => {}
            }
        }
        truthy.truncate(before);
    }

    /// `value` in `assert(value, ...)`.
    pub(super) fn asserted(&self, file: FileId, expr: &'a Expr) -> Option<&'a Expr> {
        match &expr.kind {
            Kind::Call(callee, args) if self.names.global(file, callee) == Some("assert") => {
                args.first()
            }
            _ => None,
        }
    }

    pub(super) fn answers(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        here: Here<'_>,
        found: &mut Vec<ReturnType>,
    ) {
        if !self.step() {
            return push(found, ReturnType::new(0, BodyType::Unseen));
        }
        if self.is_given(frame, expr) {
            return;
        }
        if let Some(responses) = self.response(frame, expr, here) {
            return responses.into_iter().for_each(|one| push(found, one));
        }
        match &expr.kind {
            Kind::Paren(inner) => self.answers(frame, inner, here, found),
            Kind::Binary(operator, left, right) => match operator {
                BinaryOp::Or => {
                    let left_here = Here {
                        wanted: true,
                        ..here
                    };
                    self.answers(frame, left, left_here, found);
                    self.answers(frame, right, here, found);
                }
                BinaryOp::And => {
                    self.answers(frame, right, here, found);
                    if !here.wanted {
                        self.falsy(frame, left, found);
                    }
                }
                _ => push(found, ReturnType::new(0, BodyType::Text)),
            },
            Kind::Var(var) => {
                let known = here.truthy.contains(var);
                let here = Here {
                    wanted: here.wanted || known,
                    ..here
                };
                if let Some((argument, caller)) = frame.argument(self, *var) {
                    let outer = Here {
                        truthy: &[],
                        ..here
                    };
                    self.answers(caller, argument, outer, found);
                } else if let (Some(value), false) = (
                    self.names.value(frame.file, *var),
                    frame.lists.contains_key(var),
                ) && !matches!(value.kind, Kind::Table(_))
                    && let Some(changes) = self.changes(frame, *var)
                {
                    let mut responses = Vec::new();
                    self.answers(frame, value, here, &mut responses);
                    for mut one in responses {
                        for (method, args) in &changes {
                            self.changed(frame, &mut one, method, args);
                        }
                        push(found, one);
                    }
                } else {
                    self.value(frame, expr, here, found);
                }
            }
            Kind::Call(callee, args) => {
                if let Some(value) = self.asserted(frame.file, expr) {
                    let here = Here {
                        wanted: true,
                        ..here
                    };
                    return self.answers(frame, value, here, found);
                }
                if self.never(frame.file, expr, 0) {
                    return;
                }
                let followed = self.follow(frame, callee, args, |inner| self.results(inner));
                self.followed(frame, expr, here, followed, found);
            }
            Kind::Method(object, method, args) => {
                let called = (&**object, method.as_str());
                let followed = self.follow_method(frame, called, args, |inner| self.results(inner));
                self.followed(frame, expr, here, followed, found);
            }
            _ => self.value(frame, expr, here, found),
        }
    }

    /// What a call gives, where its function is known.
    fn followed(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        here: Here<'_>,
        results: Option<Vec<ReturnType>>,
        found: &mut Vec<ReturnType>,
    ) {
        let Some(results) = results else {
            return self.value(frame, expr, here, found);
        };
        let nothing = ReturnType::new(0, BodyType::Empty);
        let results = results.into_iter();
        results
            .filter(|one| !(here.wanted && *one == nothing))
            .for_each(|one| push(found, one));
    }

    /// What remains of the left side of `and` where it is nil or false.
    fn falsy(&self, frame: &Frame<'_, 'a>, left: &'a Expr, found: &mut Vec<ReturnType>) {
        let value_type = self.value_type(frame, left, &[]);
        if !matches!(value_type, ValueType::Boolean) {
            push(found, ReturnType::new(0, BodyType::Empty));
        }
        if matches!(value_type, ValueType::Boolean | ValueType::Any) {
            push(found, ReturnType::new(0, BodyType::Text));
        }
    }

    /// A returned value that is no response.
    fn value(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        here: Here<'_>,
        found: &mut Vec<ReturnType>,
    ) {
        let value_type = self.value_type(frame, expr, here.truthy);
        let maybe = matches!(value_type, ValueType::Maybe(_) | ValueType::Nil);
        if maybe && !here.wanted {
            push(found, ReturnType::new(0, BodyType::Empty));
        }
        let body = match value_type.present() {
            // A call may give a response.
            ValueType::Any => match expr.kind {
                Kind::Call(..) | Kind::Method(..) | Kind::Var(_) if !self.is_data(frame, expr) => {
                    BodyType::Unseen
                }
                Kind::Nil => return,
                _ => BodyType::Any,
            },
            ValueType::Nil | ValueType::Null | ValueType::OneOf(_) => BodyType::Any,
            ValueType::Boolean | ValueType::Number | ValueType::Integer => BodyType::Text,
            ValueType::String | ValueType::Enum(_) => BodyType::Text,
            value_type => BodyType::Json(value_type),
        };
        push(found, ReturnType::new(0, body));
    }

    /// Whether a value comes out of a table, where programs keep no responses.
    fn is_data(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> bool {
        match &expr.kind {
            Kind::Index(..) | Kind::Table(_) => true,
            Kind::Paren(inner) => self.is_data(frame, inner),
            Kind::Method(object, method, ..) => {
                let body = matches!(&object.kind, Kind::Method(o, name, ..)
                    if name == "body" && o.var() == frame.ctx);
                let of_ctx = || object.var() == frame.ctx;
                body || matches!(seeds::result(CTX, method), ValueType::Map(_)) && of_ctx()
            }
            Kind::Var(var) => {
                if let Some((argument, caller)) = frame.argument(self, *var) {
                    return self.is_data(caller, argument);
                }
                let local = self.names.value(frame.file, *var);
                local.is_some_and(|value| self.is_data(frame, value))
            }
            _ => false,
        }
    }
}

pub(super) fn push(found: &mut Vec<ReturnType>, one: ReturnType) {
    if !found.contains(&one) {
        found.push(one);
    }
}

/// What is true where `not a` or `not a or ...` is not.
fn refuted(condition: &Expr, truthy: &mut Vec<VarId>) {
    match &condition.kind {
        Kind::Unary(UnaryOp::Not, inner) => truthy.extend(inner.var()),
        Kind::Paren(inner) => refuted(inner, truthy),
        _ => {}
    }
}
