//! Answers that a function throws, itself or in what it calls:
//!
//! ```lua
//! if not token then error(api.error(401, "No token")) end
//! local book = assert(store.book(id), api.error(404, "No such book"))
//! ```

use std::collections::HashSet;

use super::answers::{Here, push};
use super::{Call, Frame, ReturnTypes};
use crate::analyse::names::Given;
use crate::analyse::types::{BodyType, ReturnType, ValueType};
use crate::front::hir::BinaryOp;
use crate::front::hir::{Expr, Kind, Stmt};
use crate::front::ids::{FileId, FunctionRef};
use crate::front::walk::expressions;
use crate::vocabulary::{self, Word};

/// A function that is called where its errors are caught: what follows it are its arguments.
fn catches(name: &str) -> Option<usize> {
    match name {
        "pcall" => Some(1),
        "xpcall" => Some(2),
        _ => None,
    }
}

impl<'a> ReturnTypes<'a> {
    /// What the function of a frame throws, or lets through.
    pub(super) fn thrown(&self, frame: &Frame<'_, 'a>, found: &mut Vec<ReturnType>) {
        self.thrown_in(frame, &frame.function.body, found);
    }

    fn thrown_in(&self, frame: &Frame<'_, 'a>, block: &'a [Stmt], found: &mut Vec<ReturnType>) {
        for stmt in block {
            let mut inner = Vec::new();
            // A function that is only defined runs where it is called.
            let mut each = |expr: &'a Expr| match expr.kind {
                Kind::Function(_) => {}
                _ => self.thrown_by(frame, expr, found),
            };
            stmt.parts(&mut each, &mut |b| inner.push(b));
            for block in inner {
                self.thrown_in(frame, block, found);
            }
        }
    }

    fn thrown_by(&self, frame: &Frame<'_, 'a>, expr: &'a Expr, found: &mut Vec<ReturnType>) {
        if !self.step() {
            return push(found, ReturnType::new(0, BodyType::Unseen));
        }
        match &expr.kind {
            Kind::Call(callee, args) => {
                let global = self.names.global(frame.file, callee);
                match (global, args.as_slice()) {
                    (Some("error"), [value, ..]) | (Some("assert"), [_, value, ..]) => {
                        self.raised(frame, value, found);
                    }
                    (Some("assert"), [call]) if self.is_catching(frame, call) => {
                        self.caught(frame, call, found);
                    }
                    _ => {}
                }
                if let Some(answer) = self.answered(frame.file, callee) {
                    push(found, answer);
                }
                let catches = global.and_then(catches).is_some();
                if let Some(place) = self.throwing_call(frame, callee) {
                    self.called(frame, place, None, args, found);
                }
                for (at, arg) in args.iter().enumerate() {
                    match catches && at < 2 {
                        true if self.function(frame, arg).is_some() => {}
                        _ => self.passed(frame, arg, found),
                    }
                }
                self.thrown_by(frame, callee, found);
            }
            Kind::Method(object, method, args) => {
                let place = self.names.written_in(frame.file, object, method);
                if let Some(place) = place.filter(|place| self.throwing.contains(place)) {
                    self.called(frame, place, Some(object), args, found);
                }
                if let Some(answer) = self.answered_by(frame.file, object, method) {
                    push(found, answer);
                }
                args.iter().for_each(|arg| self.passed(frame, arg, found));
                self.thrown_by(frame, object, found);
            }
            // Called where it is written.
            Kind::Paren(inner) => match inner.kind {
                Kind::Function(id) => {
                    self.thrown_in(frame, self.body(frame.file.function(id)), found)
                }
                _ => self.thrown_by(frame, inner, found),
            },
            Kind::Function(_) => {}
            _ => expr.each_child(&mut |child| self.thrown_by(frame, child, found)),
        }
    }

    /// An argument: a function that is passed to another is called there, as far as is known.
    fn passed(&self, frame: &Frame<'_, 'a>, arg: &'a Expr, found: &mut Vec<ReturnType>) {
        match (&arg.kind, self.function(frame, arg)) {
            (Kind::Function(_), Some(place)) => {
                self.thrown_in(frame, self.body(place), found);
            }
            (_, Some(place)) if self.throwing.contains(&place) => {
                self.called(frame, place, None, &[], found);
            }
            _ => self.thrown_by(frame, arg, found),
        }
    }

    fn body(&self, FunctionRef { file, id }: FunctionRef) -> &'a [Stmt] {
        &self.sources.files[file].hir.functions[id].body
    }

    /// The function that an expression is.
    fn function(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> Option<FunctionRef> {
        match &expr.kind {
            Kind::Function(id) => Some(frame.file.function(*id)),
            _ => self.names.written(frame.file, expr),
        }
    }

    /// What a word answers that may end the request: `rover.jwt.verify`.
    fn answered(&self, file: FileId, callee: &Expr) -> Option<ReturnType> {
        answer_of(self.names.library_word(file, callee)?)
    }

    /// The same of a method: `keys:verify`, where `keys` is what `rover.jwt.keys` gave.
    fn answered_by(&self, file: FileId, object: &Expr, method: &str) -> Option<ReturnType> {
        let Kind::Call(callee, _) = &self.names.followed(file, object).kind else {
            return None;
        };
        let made = self.names.library_word(file, callee)?.results.first()?;
        answer_of(vocabulary::word(made.of_type, method)?)
    }

    fn throwing_call(&self, frame: &Frame<'_, 'a>, callee: &Expr) -> Option<FunctionRef> {
        let place = self.names.written(frame.file, callee)?;
        self.throwing.contains(&place).then_some(place)
    }

    fn called(
        &self,
        frame: &Frame<'_, 'a>,
        place: FunctionRef,
        object: Option<&'a Expr>,
        args: &'a [Expr],
        found: &mut Vec<ReturnType>,
    ) {
        let function = &self.sources.files[place.file].hir.functions[place.id];
        // What a function throws that calls itself is found the first time.
        let mut around = Some(frame);
        while let Some(outer) = around {
            if std::ptr::eq(outer.function, function) {
                return;
            }
            around = outer.call.as_ref().map(|call| call.caller);
        }
        let call = Call {
            object,
            args,
            caller: frame,
        };
        if self
            .enter(place, call, |inner| self.thrown(inner, found))
            .is_none()
        {
            push(found, ReturnType::new(0, BodyType::Unseen));
        }
    }

    fn is_catching(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> bool {
        matches!(&expr.kind, Kind::Call(callee, _)
            if self.names.global(frame.file, callee).and_then(catches).is_some())
    }

    /// What `pcall` catches, where that is raised again.
    fn caught(&self, frame: &Frame<'_, 'a>, call: &'a Expr, found: &mut Vec<ReturnType>) {
        let Kind::Call(callee, args) = &call.kind else {
            return;
        };
        let own = self.names.global(frame.file, callee).and_then(catches);
        let (Some(own), Some(function)) = (own, args.first()) else {
            return;
        };
        let given = args.get(own..).unwrap_or_default();
        if self.names.global(frame.file, function) == Some("error") {
            if let Some(value) = given.first() {
                self.raised(frame, value, found);
            }
            return;
        }
        match (&function.kind, self.function(frame, function)) {
            (Kind::Function(_), Some(place)) => {
                self.thrown_in(frame, self.body(place), found);
            }
            (_, Some(place)) => self.called(frame, place, None, given, found),
            _ => push(found, ReturnType::new(0, BodyType::Unseen)),
        }
    }

    /// A value that is raised: an answer where it is a response.
    fn raised(&self, frame: &Frame<'_, 'a>, expr: &'a Expr, found: &mut Vec<ReturnType>) {
        if !self.step() {
            return push(found, ReturnType::new(0, BodyType::Unseen));
        }
        let here = Here {
            truthy: &[],
            wanted: true,
        };
        if let Some(responses) = self.response(frame, expr, here) {
            return responses.into_iter().for_each(|one| push(found, one));
        }
        match &expr.kind {
            Kind::Paren(inner) => self.raised(frame, inner, found),
            Kind::Binary(operator, left, right) => match operator {
                BinaryOp::Or => {
                    self.raised(frame, left, found);
                    self.raised(frame, right, found);
                }
                BinaryOp::And => self.raised(frame, right, found),
                _ => {}
            },
            Kind::Var(var) => {
                if let Some((argument, caller)) = frame.argument(self, *var) {
                    self.raised(caller, argument, found);
                } else if let Given::Result(call, 1) = self.names.given(frame.file, *var)
                    && self.is_catching(frame, call)
                {
                    self.caught(frame, call, found);
                } else if let Some(value) = self.names.value(frame.file, *var) {
                    self.raised(frame, value, found);
                } else {
                    push(found, ReturnType::new(0, BodyType::Unseen));
                }
            }
            Kind::Call(callee, args) => {
                let followed = self.follow(frame, callee, args, |inner| {
                    self.returns(inner, &mut |value, _| {
                        if let Some(value) = value {
                            self.raised(inner, value, found);
                        }
                    });
                });
                if followed.is_none() {
                    self.unseen(frame, expr, found);
                }
            }
            Kind::Method(..) => self.unseen(frame, expr, found),
            // Texts and tables, among which programs keep no responses.
            _ => {}
        }
    }

    /// The result of a call that is not followed.
    fn unseen(&self, frame: &Frame<'_, 'a>, expr: &'a Expr, found: &mut Vec<ReturnType>) {
        let object = matches!(&expr.kind, Kind::Call(callee, _)
            if self.names.global(frame.file, callee) == Some("setmetatable"));
        if !object && matches!(self.value_type(frame, expr, &[]), ValueType::Any) {
            push(found, ReturnType::new(0, BodyType::Unseen));
        }
    }

    /// The functions in which something is raised that may be a response, and those that call
    /// them.
    pub(super) fn throwing(&self) -> HashSet<FunctionRef> {
        let mut calls: Vec<(FunctionRef, FunctionRef)> = Vec::new();
        let mut throwing = HashSet::new();
        for (file, source) in self.sources.files.numbered() {
            for (id, function) in source.hir.functions.numbered() {
                let place = file.function(id);
                expressions(&function.body, &mut |expr| match &expr.kind {
                    Kind::Function(inner) => calls.push((place, file.function(*inner))),
                    Kind::Method(object, method, ..) => {
                        let callee = self.names.written_in(file, object, method);
                        calls.extend(callee.map(|callee| (place, callee)));
                        if self.answered_by(file, object, method).is_some() {
                            throwing.insert(place);
                        }
                    }
                    Kind::Call(callee, args) => {
                        let raised = match self.names.global(file, callee) {
                            Some("error") => args.first(),
                            Some("assert") => args.get(1),
                            _ => None,
                        };
                        if raised.is_some_and(|value| !is_text(value))
                            || self.answered(file, callee).is_some()
                        {
                            throwing.insert(place);
                        }
                    }
                    _ => {
                        let callee = self.names.written(file, expr);
                        calls.extend(callee.map(|callee| (place, callee)));
                    }
                });
            }
        }
        loop {
            let before = throwing.len();
            for (caller, callee) in &calls {
                if throwing.contains(callee) {
                    throwing.insert(*caller);
                }
            }
            if throwing.len() == before {
                return throwing;
            }
        }
    }
}

/// What a word answers that may end the request.
fn answer_of(word: &Word) -> Option<ReturnType> {
    let status = word.tag("answers")?.parse().ok()?;
    let message = ("error".to_owned(), ValueType::String);
    let mut answer = ReturnType::new(status, BodyType::Json(ValueType::Object(vec![message])));
    answer.headers.add("www-authenticate", true);
    Some(answer)
}

/// A value that is surely no response.
fn is_text(value: &Expr) -> bool {
    matches!(
        value.kind,
        Kind::Text(_) | Kind::Concat(..) | Kind::Number(_) | Kind::Table(_) | Kind::Nil
    )
}
