//! What a function's `return`s answer.

use super::{Frame, Infer};
use crate::constant::builder;
use crate::hir::{Expr, Kind, Stmt, VarId};
use crate::response::applied;
use crate::shape::{Body, Returned, Shape};

/// More answers than this are not told apart.
const MAX_ANSWERS: usize = 16;

/// What is known where an expression stands.
#[derive(Clone, Copy)]
pub(super) struct Here<'h> {
    /// Locals that are neither nil nor false: `if not book then return ... end` was passed.
    pub(super) truthy: &'h [VarId],
    /// Only a value that is neither counts, as to the left of `or`.
    pub(super) wanted: bool,
}

impl<'a> Infer<'a> {
    /// What the function of a frame answers.
    pub(super) fn results(&self, frame: &Frame<'_, 'a>) -> Vec<Returned> {
        let mut found = Vec::new();
        self.returns(frame, &mut |value, truthy| match value {
            Some(value) => {
                let here = Here {
                    truthy,
                    wanted: false,
                };
                self.answers(frame, value, here, &mut found);
            }
            None => push(&mut found, Returned::new(0, Body::Empty)),
        });
        if found.len() > MAX_ANSWERS {
            found.truncate(MAX_ANSWERS);
            push(&mut found, Returned::new(0, Body::Unseen));
        }
        found
    }

    /// Calls `f` with each returned value; without one where the end is reached.
    pub(super) fn returns(
        &self,
        frame: &Frame<'_, 'a>,
        f: &mut dyn FnMut(Option<&'a Expr>, &[VarId]),
    ) {
        let body = &frame.function.body;
        block(body, &mut Vec::new(), f);
        if falls_through(body) {
            f(None, &[]);
        }
    }

    fn answers(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        here: Here<'_>,
        found: &mut Vec<Returned>,
    ) {
        if !self.step() {
            return push(found, Returned::new(0, Body::Unseen));
        }
        if let Some(responses) = self.response(frame, expr, here) {
            return responses.into_iter().for_each(|one| push(found, one));
        }
        match &expr.kind {
            Kind::Paren(inner) => self.answers(frame, inner, here, found),
            Kind::Binary(left, right) => match self.operator(frame.file, left, right) {
                "or" => {
                    let left_here = Here {
                        wanted: true,
                        ..here
                    };
                    self.answers(frame, left, left_here, found);
                    self.answers(frame, right, here, found);
                }
                "and" => {
                    self.answers(frame, right, here, found);
                    if !here.wanted {
                        self.falsy(frame, left, found);
                    }
                }
                _ => push(found, Returned::new(0, Body::Text)),
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
                } else if let (Some(value), false) =
                    (self.local(frame.file, *var), frame.lists.contains_key(var))
                    && !self.has_status_set(frame, *var)
                    && !matches!(value.kind, Kind::Table(_))
                {
                    self.answers(frame, value, here, found);
                } else {
                    self.value(frame, expr, here, found);
                }
            }
            Kind::Call(callee, args) => {
                let followed = self.follow(frame, callee, args, |inner| self.results(inner));
                match followed {
                    Some(results) => {
                        let nothing = Returned::new(0, Body::Empty);
                        let results = results.into_iter();
                        results
                            .filter(|one| !(here.wanted && *one == nothing))
                            .for_each(|one| push(found, one));
                    }
                    None => self.value(frame, expr, here, found),
                }
            }
            _ => self.value(frame, expr, here, found),
        }
    }

    /// What remains of the left side of `and` where it is nil or false.
    fn falsy(&self, frame: &Frame<'_, 'a>, left: &'a Expr, found: &mut Vec<Returned>) {
        let shape = self.shape(frame, left, &[]);
        if !matches!(shape, Shape::Boolean) {
            push(found, Returned::new(0, Body::Empty));
        }
        if matches!(shape, Shape::Boolean | Shape::Any) {
            push(found, Returned::new(0, Body::Text));
        }
    }

    /// A returned value that is no response.
    fn value(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        here: Here<'_>,
        found: &mut Vec<Returned>,
    ) {
        let shape = self.shape(frame, expr, here.truthy);
        let maybe = matches!(shape, Shape::Maybe(_) | Shape::Nil);
        if maybe && !here.wanted {
            push(found, Returned::new(0, Body::Empty));
        }
        let body = match shape.present() {
            // A call may give a response.
            Shape::Any => match expr.kind {
                Kind::Call(..) | Kind::Method(..) | Kind::Var(_) if !self.is_data(frame, expr) => {
                    Body::Unseen
                }
                Kind::Nil => return,
                _ => Body::Any,
            },
            Shape::Nil | Shape::Null | Shape::OneOf(_) => Body::Any,
            Shape::Boolean | Shape::Number | Shape::Integer | Shape::String => Body::Text,
            shape => Body::Json(shape),
        };
        push(found, Returned::new(0, body));
    }

    /// Whether a value comes out of a table, where programs keep no responses.
    fn is_data(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> bool {
        match &expr.kind {
            Kind::Index(..) | Kind::Table(_) => true,
            Kind::Paren(inner) => self.is_data(frame, inner),
            Kind::Method(object, method, ..) => {
                let body = matches!(&object.kind, Kind::Method(o, name, ..)
                    if name == "body" && o.var() == frame.ctx);
                body || matches!(method.as_str(), "params" | "query" | "headers" | "cookies")
                    && object.var() == frame.ctx
            }
            Kind::Var(var) => {
                if let Some((argument, caller)) = frame.argument(self, *var) {
                    return self.is_data(caller, argument);
                }
                let local = self.local(frame.file, *var);
                local.is_some_and(|value| self.is_data(frame, value))
            }
            _ => false,
        }
    }

    /// `api.json(...)`, and what is called on a response: `:header`, `:status`, `:cookie`.
    fn response(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        here: Here<'_>,
    ) -> Option<Vec<Returned>> {
        let servers = &self.handlers.servers;
        let (object, name, args) = match &expr.kind {
            Kind::Method(object, name, _, args) => (object, name.as_str(), args),
            // `api.json(...)`, `api.json.status(...)`
            Kind::Call(callee, args) => match &callee.kind {
                Kind::Index(object, key) => (object, key.text()?, args),
                // `api.html(data) [[...]]`
                _ => {
                    let (status, _) = applied(servers, frame.file, callee)?;
                    let page = status.map_or_else(
                        || Returned::new(0, Body::Html),
                        |status| with_status(status, Body::Html),
                    );
                    return Some(vec![page]);
                }
            },
            _ => return None,
        };
        if servers.is_server(frame.file, object) {
            return self.built(frame, name, args).map(|one| vec![one]);
        }
        if let Some(builder) = builder(servers, frame.file, object) {
            return self
                .built_with(frame, builder, name, args)
                .map(|one| vec![one]);
        }
        if !matches!(expr.kind, Kind::Method(..)) || !is_of_response(name) {
            return None;
        }
        let mut responses = Vec::new();
        let here = Here {
            wanted: true,
            ..here
        };
        self.answers(frame, object, here, &mut responses);
        for one in &mut responses {
            changed(one, name, args);
        }
        Some(responses)
    }

    /// `api.name(...)`
    fn built(&self, frame: &Frame<'_, 'a>, name: &str, args: &'a [Expr]) -> Option<Returned> {
        let body = match (name, args) {
            ("json", [value]) => Body::Json(self.shape(frame, value, &[])),
            ("text", _) => Body::Text,
            ("html", _) => Body::Html,
            ("no_content", _) => return Some(Returned::new(204, Body::Empty)),
            ("bytes", [_]) => Body::Bytes(Some("application/octet-stream".to_owned())),
            ("bytes", [_, kind]) => Body::Bytes(kind.text().map(str::to_owned)),
            ("redirect", _) => return Some(redirect(302)),
            ("error", [status, message]) => {
                let body = match self.shape(frame, message, &[]) {
                    Shape::String => {
                        Body::Json(Shape::Object(vec![("error".to_owned(), Shape::String)]))
                    }
                    _ => Body::Error,
                };
                return Some(Returned {
                    message: message.text().map(str::to_owned),
                    ..with_status(status, body)
                });
            }
            _ => return None,
        };
        Some(Returned::new(0, body))
    }

    /// `api.name:method(...)`
    fn built_with(
        &self,
        frame: &Frame<'_, 'a>,
        name: &str,
        method: &str,
        args: &'a [Expr],
    ) -> Option<Returned> {
        match (name, method, args) {
            ("redirect", "permanent", _) => Some(redirect(301)),
            ("redirect", "status", [status, ..]) => {
                let mut one = with_status(status, Body::Empty);
                one.headers.push("location".to_owned());
                Some(one)
            }
            (_, "status", [status, rest @ ..]) => {
                let body = self.built(frame, name, rest)?.body;
                Some(with_status(status, body))
            }
            _ => None,
        }
    }

    /// Whether a response in a local is given another status somewhere.
    fn has_status_set(&self, frame: &Frame<'_, 'a>, var: VarId) -> bool {
        fn sets(expr: &Expr, var: VarId) -> bool {
            let mut found = matches!(&expr.kind, Kind::Method(object, name, ..)
                if name == "status" && object.var() == Some(var));
            expr.each_child(&mut |child| found |= sets(child, var));
            found
        }
        fn in_block(block: &[Stmt], var: VarId) -> bool {
            block.iter().any(|stmt| {
                let mut found = false;
                let mut inner = Vec::new();
                stmt.parts(&mut |e| found |= sets(e, var), &mut |b| inner.push(b));
                found || inner.into_iter().any(|b| in_block(b, var))
            })
        }
        in_block(&frame.function.body, var)
    }
}

fn is_of_response(method: &str) -> bool {
    matches!(method, "header" | "status" | "cookie")
}

fn redirect(status: u16) -> Returned {
    Returned {
        headers: vec!["location".to_owned()],
        ..Returned::new(status, Body::Empty)
    }
}

fn literal_status(expr: &Expr) -> Option<u16> {
    match &expr.kind {
        Kind::Number(digits) => digits.parse().ok().filter(|s| (200..=599).contains(s)),
        _ => None,
    }
}

/// A status that cannot be seen may be any.
fn with_status(status: &Expr, body: Body) -> Returned {
    match literal_status(status) {
        Some(status) => Returned::new(status, body),
        None => Returned::new(0, Body::Unseen),
    }
}

/// What a method does to a response.
fn changed(one: &mut Returned, method: &str, args: &[Expr]) {
    match (method, args) {
        ("status", [status]) => match literal_status(status) {
            Some(status) => one.status = status,
            None => *one = Returned::new(0, Body::Unseen),
        },
        ("header", [name, value]) => {
            let name = name.text().map(str::to_ascii_lowercase);
            match name.as_deref() {
                Some("content-type") if !matches!(one.body, Body::Unseen | Body::Empty) => {
                    one.body = Body::Bytes(value.text().map(str::to_owned));
                }
                Some(name) if !one.headers.iter().any(|known| known == name) => {
                    one.headers.push(name.to_owned());
                }
                _ => {}
            }
        }
        ("cookie", _) if !one.headers.iter().any(|name| name == "set-cookie") => {
            one.headers.push("set-cookie".to_owned());
        }
        _ => {}
    }
}

fn push(found: &mut Vec<Returned>, one: Returned) {
    if !found.contains(&one) {
        found.push(one);
    }
}

/// Calls `f` with what a block's `return`s give, and the locals that are known to be neither
/// nil nor false there.
fn block<'a>(
    stmts: &'a [Stmt],
    truthy: &mut Vec<VarId>,
    f: &mut dyn FnMut(Option<&'a Expr>, &[VarId]),
) {
    let before = truthy.len();
    for stmt in stmts {
        if let Stmt::Return(values) = stmt {
            f(values.first(), truthy);
        }
        let mut inner = Vec::new();
        stmt.parts(&mut |_| {}, &mut |b| inner.push(b));
        for b in inner {
            block(b, truthy, f);
        }
        if let Stmt::If(arms, _) = stmt
            && let [(condition, body)] = arms.as_slice()
            && !falls_through(body)
        {
            refuted(condition, truthy);
        }
    }
    truthy.truncate(before);
}

/// What is true where `not a` or `not a or ...` is not.
fn refuted(condition: &Expr, truthy: &mut Vec<VarId>) {
    match &condition.kind {
        Kind::Unary(inner) => truthy.extend(inner.var()),
        Kind::Paren(inner) => refuted(inner, truthy),
        _ => {}
    }
}

/// Whether the end of a block can be reached.
fn falls_through(block: &[Stmt]) -> bool {
    match block.last() {
        Some(Stmt::Return(_)) => false,
        Some(Stmt::Do(inner)) => falls_through(inner),
        Some(Stmt::If(arms, otherwise)) => {
            otherwise.is_empty()
                || falls_through(otherwise)
                || arms.iter().any(|(_, body)| falls_through(body))
        }
        Some(Stmt::Call(call)) => !matches!(&call.kind, Kind::Call(callee, _)
            if matches!(&callee.kind, Kind::Global(name) if name == "error")),
        _ => true,
    }
}
