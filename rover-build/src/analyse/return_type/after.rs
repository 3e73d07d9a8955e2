//! What hooks after the handler answer: beside the answer that they are given.

use super::answers::push;
use super::thrown::each_expr;
use super::{Frame, ReturnTypes, few};
use crate::analyse::handlers::Handler;
use crate::analyse::types::{BodyType, ReturnType};
use crate::front::hir::{Expr, Kind};

impl<'a> ReturnTypes<'a> {
    /// What a hook answers beside the answer that it is given.
    pub(crate) fn returned_after(&self, hook: Handler<'a>) -> Vec<ReturnType> {
        let given = hook.function.params.get(1).copied();
        let mut found = self.returned_beside(hook, given);
        each_expr(&hook.function.body, &mut |expr| {
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

    /// Whether an expression is the answer that the function was given, or a method's result of
    /// that.
    pub(super) fn is_given(&self, frame: &Frame<'_, 'a>, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Var(var) => {
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
