//! Responses: builders, and what is called on what they give.

use super::answers::Here;
use super::{Frame, ReturnTypes};
use crate::analyse::responses::applied;
use crate::analyse::types::{BodyType, ReturnType, ValueType};
use crate::front::hir::{BinaryOp, Expr, Kind, Stmt, VarId};
use crate::vocabulary::is_builder;

impl<'a> ReturnTypes<'a> {
    /// `api.json(...)`, and what is called on a response: `:header`, `:status`, `:cookie`.
    pub(super) fn response(
        &self,
        frame: &Frame<'_, 'a>,
        expr: &'a Expr,
        here: Here<'_>,
    ) -> Option<Vec<ReturnType>> {
        let servers = &self.handlers.servers;
        let (object, name, args) = match &expr.kind {
            Kind::Method(object, name, args) => (object, name.as_str(), args),
            // `api.json(...)`, `api.json.status(...)`
            Kind::Call(callee, args) => match &callee.kind {
                Kind::Index(object, key) => (object, key.text()?, args),
                // `api.html(data) [[...]]`
                _ => {
                    let (status, _) = applied(servers, frame.file, callee)?;
                    let page = ReturnType::new(0, BodyType::Html);
                    return Some(match status {
                        Some(status) => self.with_status(frame, status, page),
                        None => vec![page],
                    });
                }
            },
            _ => return None,
        };
        if self.is_server(frame, object) {
            return self.built(frame, name, args);
        }
        if let Some(builder) = self.builder(frame, object) {
            return self.built_with(frame, builder, name, args);
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
            self.changed(frame, one, name, args);
        }
        Some(responses)
    }

    /// Whether an expression is the server, also as a parameter.
    fn is_server(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> bool {
        if self.handlers.servers.is_server(frame.file, expr) {
            return true;
        }
        let argument = expr.var().and_then(|var| frame.argument(self, var));
        argument.is_some_and(|(argument, caller)| self.is_server(caller, argument))
    }

    /// `api.json`: the builder's name.
    fn builder(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> Option<&'a str> {
        let Kind::Index(object, key) = &expr.kind else {
            return None;
        };
        if self.is_server(frame, object) {
            return key.text().filter(|name| is_builder(name));
        }
        self.builder(frame, object)
    }

    /// `api.name(...)`
    fn built(
        &self,
        frame: &Frame<'_, 'a>,
        name: &str,
        args: &'a [Expr],
    ) -> Option<Vec<ReturnType>> {
        let text = |expr| self.meant(frame, expr).text().map(str::to_owned);
        let one = match (name, args) {
            ("json", [value]) => {
                ReturnType::new(0, BodyType::Json(self.value_type(frame, value, &[])))
            }
            ("text", _) => ReturnType::new(0, BodyType::Text),
            ("html", _) => ReturnType::new(0, BodyType::Html),
            ("no_content", _) => ReturnType::new(204, BodyType::Empty),
            ("bytes", [_]) => {
                let kind = "application/octet-stream".to_owned();
                ReturnType::new(0, BodyType::Bytes(Some(kind)))
            }
            ("bytes", [_, kind]) => ReturnType::new(0, BodyType::Bytes(text(kind))),
            ("redirect", _) => redirect(302),
            ("error", [status, message]) => {
                let one = ReturnType {
                    message: text(message),
                    ..ReturnType::new(0, error(self.value_type(frame, message, &[])))
                };
                return Some(self.with_status(frame, status, one));
            }
            _ => return None,
        };
        Some(vec![one])
    }

    /// `api.name:method(...)`
    fn built_with(
        &self,
        frame: &Frame<'_, 'a>,
        name: &str,
        method: &str,
        args: &'a [Expr],
    ) -> Option<Vec<ReturnType>> {
        match (name, method, args) {
            ("redirect", "permanent", _) => Some(vec![redirect(301)]),
            (_, "status", [status, rest @ ..]) => {
                let made = self.built(frame, name, rest)?.into_iter();
                let made = made.flat_map(|one| self.with_status(frame, status, one));
                Some(made.collect())
            }
            _ => None,
        }
    }

    /// What is called on the response in a local, in statements of their own: nothing where
    /// it cannot be said which of them are.
    pub(super) fn changes(
        &self,
        frame: &Frame<'_, 'a>,
        var: VarId,
    ) -> Option<Vec<(&'a str, &'a [Expr])>> {
        let file = &self.sources.files[frame.file];
        let mut functions = file.hir.functions.iter();
        let body = functions.find_map(|function| declaring(&function.body, var))?;
        let mut changes = Vec::new();
        body.iter()
            .all(|stmt| changes_of(stmt, var, true, &mut changes))
            .then_some(changes)
    }

    /// The expression that a local, or a parameter in the call that was followed, stands for.
    pub(super) fn meant(&self, frame: &Frame<'_, 'a>, expr: &'a Expr) -> &'a Expr {
        match &expr.kind {
            Kind::Paren(inner) => self.meant(frame, inner),
            Kind::Var(var) => match (
                frame.argument(self, *var),
                self.names.value(frame.file, *var),
            ) {
                (Some((argument, caller)), _) => self.meant(caller, argument),
                (None, Some(value)) => self.meant(frame, value),
                _ => expr,
            },
            _ => expr,
        }
    }

    /// A response with a status, with each where it is one of several; one that cannot be
    /// seen may be any.
    fn with_status(
        &self,
        frame: &Frame<'_, 'a>,
        status: &'a Expr,
        one: ReturnType,
    ) -> Vec<ReturnType> {
        let mut statuses = Vec::new();
        if !self.statuses(frame, status, &mut statuses) {
            return vec![ReturnType::new(0, BodyType::Unseen)];
        }
        let statuses = statuses.into_iter();
        let with = |status| ReturnType {
            status,
            ..one.clone()
        };
        statuses.map(with).collect()
    }

    /// The numbers that an expression may be; false where that cannot be said.
    fn statuses(&self, frame: &Frame<'_, 'a>, expr: &'a Expr, found: &mut Vec<u16>) -> bool {
        if !self.step() {
            return false;
        }
        match &expr.kind {
            Kind::Number(digits) => {
                let status = digits.parse().ok().filter(|s| (200..=599).contains(s));
                found.extend(status.filter(|status| !found.contains(status)));
                status.is_some()
            }
            Kind::Paren(inner) => self.statuses(frame, inner, found),
            Kind::Binary(operator, left, right) => match operator {
                BinaryOp::Or => {
                    self.statuses(frame, left, found) && self.statuses(frame, right, found)
                }
                // A number is neither nil nor false, so only `or` asks about the left side.
                BinaryOp::And => self.statuses(frame, right, found),
                _ => false,
            },
            Kind::Var(var) => {
                if let Some((argument, caller)) = frame.argument(self, *var) {
                    return self.statuses(caller, argument, found);
                }
                let value = self.names.value(frame.file, *var);
                value.is_some_and(|value| self.statuses(frame, value, found))
            }
            _ => false,
        }
    }

    /// What a method does to a response.
    pub(super) fn changed(
        &self,
        frame: &Frame<'_, 'a>,
        one: &mut ReturnType,
        method: &str,
        args: &'a [Expr],
    ) {
        match (method, args) {
            ("status", [status]) => {
                let mut statuses = Vec::new();
                match self.statuses(frame, status, &mut statuses) {
                    true if statuses.len() == 1 => one.status = statuses[0],
                    _ => *one = ReturnType::new(0, BodyType::Unseen),
                }
            }
            ("header", [name, value]) => {
                let name = self.meant(frame, name).text().map(str::to_ascii_lowercase);
                match name.as_deref() {
                    Some("content-type")
                        if !matches!(one.body, BodyType::Unseen | BodyType::Empty) =>
                    {
                        let kind = self.meant(frame, value).text();
                        one.body = BodyType::Bytes(kind.map(str::to_owned));
                    }
                    Some("content-type") => {}
                    Some(name) => one.headers.add(name, true),
                    None => {}
                }
            }
            ("cookie", _) => one.headers.add("set-cookie", true),
            _ => {}
        }
    }
}

fn is_of_response(method: &str) -> bool {
    matches!(method, "header" | "status" | "cookie")
}

fn redirect(status: u16) -> ReturnType {
    let mut redirect = ReturnType::new(status, BodyType::Empty);
    redirect.headers.add("location", true);
    redirect
}

/// What `api.error` answers, given its message: a table stays one, and other values become
/// texts.
fn error(message: ValueType) -> BodyType {
    let message = match message {
        ValueType::Any | ValueType::OneOf(_) => return BodyType::Error,
        ValueType::Maybe(inner) if matches!(*inner, ValueType::Object(_) | ValueType::Map(_)) => {
            return BodyType::Error;
        }
        ValueType::Maybe(inner) if matches!(*inner, ValueType::Array(_) | ValueType::List(_)) => {
            return BodyType::Error;
        }
        ValueType::Object(_) | ValueType::Map(_) | ValueType::Array(_) | ValueType::List(_) => {
            message
        }
        _ => ValueType::String,
    };
    BodyType::Json(ValueType::Object(vec![("error".to_owned(), message)]))
}

/// The block that declares a local, or one inside it does.
fn declaring(block: &[Stmt], var: VarId) -> Option<&[Stmt]> {
    let declares = |stmt: &Stmt| matches!(stmt, Stmt::Local(vars, _) if vars.contains(&var));
    if block.iter().any(declares) {
        return Some(block);
    }
    block.iter().find_map(|stmt| {
        let mut inner = Vec::new();
        stmt.parts(&mut |_| {}, &mut |b| inner.push(b));
        inner.into_iter().find_map(|b| declaring(b, var))
    })
}

/// Adds what a statement calls on a response; false where it may change more than that.
fn changes_of<'a>(
    stmt: &'a Stmt,
    var: VarId,
    always: bool,
    changes: &mut Vec<(&'a str, &'a [Expr])>,
) -> bool {
    if let Stmt::Call(call) = stmt {
        let mut chain = Vec::new();
        let mut object = call;
        while let Kind::Method(inner, method, args) = &object.kind {
            chain.push((method.as_str(), args.as_slice()));
            object = inner;
        }
        if object.var() == Some(var) && !chain.is_empty() {
            chain.reverse();
            // A header that is set sometimes is left out.
            let unknown = |(method, args): &(&str, &[Expr])| match *method {
                "cookie" => false,
                "header" => !args.first().is_some_and(|name| {
                    name.text()
                        .is_some_and(|name| !name.eq_ignore_ascii_case("content-type"))
                }),
                _ => true,
            };
            if !always {
                return !chain.iter().any(unknown);
            }
            changes.extend(chain);
            return true;
        }
        // Another function may do anything with it.
        if let Kind::Call(_, args) | Kind::Method(_, _, args) = &call.kind
            && args.iter().any(|arg| arg.var() == Some(var))
            && !is_raise(call)
        {
            return false;
        }
    }
    let mut known = true;
    let mut inner = Vec::new();
    stmt.parts(&mut |_| {}, &mut |b| inner.push(b));
    let always = always && matches!(stmt, Stmt::Do(_));
    for block in inner {
        known &= block
            .iter()
            .all(|stmt| changes_of(stmt, var, always, changes));
    }
    known
}

/// `error(...)`
fn is_raise(call: &Expr) -> bool {
    matches!(&call.kind, Kind::Call(callee, _)
        if matches!(&callee.kind, Kind::Global(name) if name == "error"))
}
