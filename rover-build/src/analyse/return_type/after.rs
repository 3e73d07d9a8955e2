//! What hooks after the handler answer, beside the answer that they are given, and the headers that they give to that.

use super::answers::push;
use super::{Frame, ReturnTypes, few, returns_anything};
use crate::analyse::handlers::Handler;
use crate::analyse::types::{BodyType, Headers, ReturnType};
use crate::front::hir::{BinaryOp, Expr, Kind, Stmt};
use crate::front::walk::expressions;

impl<'a> ReturnTypes<'a> {
    /// What a hook answers beside the answer that it is given.
    pub(crate) fn returned_after(&self, hook: Handler<'a>) -> Vec<ReturnType> {
        let given = hook.function.params.get(1).copied();
        let mut found = self.returned_beside(hook, given);
        expressions(&hook.function.body, &mut |expr| {
            if let Kind::Method(object, name, args) = &expr.kind
                && *name == *"status"
                && root(object).var().is_some_and(|var| Some(var) == given)
                && let [status] = args.as_slice()
            {
                // The body stays what it is.
                let known = match &status.kind {
                    Kind::Number(digits) => digits.parse().ok(),
                    _ => None,
                };
                push(
                    &mut found,
                    match known {
                        Some(status) => ReturnType::new(status, BodyType::Any),
                        None => ReturnType::new(0, BodyType::Unseen),
                    },
                );
            }
        });
        few(found)
    }

    /// The headers that a hook gives to the answer that it is given, where it answers nothing else.
    pub(crate) fn headers_after(&self, hook: Handler<'a>) -> Headers {
        let mut headers = Headers::default();
        self.steps.set(0);
        let frame = self.frame(hook, hook.function.params.get(1).copied());
        self.headers_of(&frame, true, &mut headers);
        headers
    }

    fn headers_of(&self, frame: &Frame<'_, 'a>, always: bool, headers: &mut Headers) {
        let always = always && !self.sources.files[frame.file].hir.jumps;
        self.headers_in(frame, &frame.function.body, always, headers);
    }

    fn headers_in(
        &self,
        frame: &Frame<'_, 'a>,
        block: &'a [Stmt],
        always: bool,
        headers: &mut Headers,
    ) {
        // What stands behind a `return` is not always reached.
        let mut reached = always;
        for stmt in block {
            let once = !matches!(stmt, Stmt::If(..) | Stmt::While(..));
            let mut inner = Vec::new();
            stmt.parts(
                &mut |expr| self.headers_by(frame, expr, reached && once, headers),
                &mut |block| inner.push(block),
            );
            let sure = reached && matches!(stmt, Stmt::Do(_));
            for block in inner {
                self.headers_in(frame, block, sure, headers);
            }
            reached &= !returns_anything(std::slice::from_ref(stmt));
        }
    }

    fn headers_by(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        always: bool,
        headers: &mut Headers,
    ) {
        if !self.step() {
            return;
        }
        match &expr.kind {
            Kind::Method(object, name, args) => {
                match (name.as_str(), args.as_slice()) {
                    _ if !self.is_given(frame, object) => {}
                    ("header", [name, _]) => {
                        if let Some(name) = self.meant(frame, name).text() {
                            headers.add(&name.to_ascii_lowercase(), always);
                        }
                    }
                    ("cookie", _) => headers.add("set-cookie", always),
                    _ => {}
                }
                self.headers_by(frame, object, always, headers);
                for arg in args {
                    self.headers_by(frame, arg, always, headers);
                }
            }
            Kind::Call(callee, args) => {
                if args.iter().any(|arg| self.is_given(frame, arg)) {
                    self.follow(frame, callee, args, |inner| {
                        self.headers_of(inner, always, headers);
                    });
                }
                for arg in args {
                    self.headers_by(frame, arg, always, headers);
                }
            }
            Kind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
                self.headers_by(frame, left, always, headers);
                self.headers_by(frame, right, false, headers);
            }
            Kind::Function(_) => {}
            _ => expr.each_child(&mut |child| self.headers_by(frame, child, always, headers)),
        }
    }

    /// Whether an expression is the answer that the function was given, or a method's result of
    /// that.
    pub(super) fn is_given(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> bool {
        match &expr.kind {
            Kind::Var(var) => {
                if let Some((argument, caller)) = frame.argument(self, *var) {
                    return self.is_given(caller, argument);
                }
                if let Some(value) = self.names.value(frame.file, *var) {
                    return self.is_given(frame, value);
                }
                let steady = self.sources.files[frame.file].hir.vars[*var].writes == 0;
                frame.given == Some(*var) && steady
            }
            Kind::Method(object, ..) | Kind::Paren(object) => self.is_given(frame, object),
            _ => false,
        }
    }
}

/// `response` in `response:header("a", "b")`.
fn root(expr: &Expr) -> &Expr {
    match &expr.kind {
        Kind::Method(object, ..) | Kind::Paren(object) => root(object),
        _ => expr,
    }
}
