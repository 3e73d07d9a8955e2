//! Members of `ctx` and of the body that there are none of, and methods that are not called.

use std::collections::HashSet;

use super::ctx_fields::CtxFields;
use super::hook::error_first;
use super::look::Look;
use crate::analyse::ctx_use::{Access, Member};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::requests::call::{self, Call};
use crate::diagnostic::codes::requests::member;
use crate::diagnostic::codes::words::unavailable;
use crate::front::file::File;
use crate::front::hir::{Expr, Kind, Span};
use crate::front::ids::{FileId, VarRef};
use crate::front::walk::expressions;
use crate::vocabulary::{self, BODY, CTX, Kind as WordKind};

pub(super) fn check(look: &Look<'_>, fields: &CtxFields, found: &mut Vec<Diagnostic>) {
    let sources = look.facts.sources;
    let on_error = look.app.hooks.iter().find(|(name, _)| name == "on_error");
    let on_error = on_error.map(|(_, place)| place);
    for place in look.app.functions() {
        if on_error == Some(place)
            && let Some(handler) = look.facts.handlers.at(sources, place)
            && let Some(mistake) = error_first(&sources.files[handler.file], &handler)
        {
            found.push(mistake);
            continue;
        }
        let handlers = look.facts.handlers.at(sources, place).into_iter();
        for handler in handlers.flat_map(|h| look.facts.handlers.reached(sources, h)) {
            let file = &sources.files[handler.file];
            let Some(ctx) = handler.ctx.var else {
                continue;
            };
            let name = &file.hir.vars[ctx].name;
            // An assigned parameter may be anything by then.
            if file.hir.vars[ctx].writes == 0 {
                let members = handler.ctx.members.iter();
                found.extend(members.filter_map(|m| unknown_member(file, name, m, fields)));
            }
        }
    }
    let ctx = look.ctx_vars();
    for (number, file) in sources.files.numbered() {
        let parts = Parts {
            look,
            ctx: &ctx,
            file: number,
        };
        for function in &file.hir.functions {
            expressions(&function.body, &mut |expr| {
                found.extend(parts.not_called(expr));
                found.extend(parts.of_body(expr));
            });
        }
    }
}

fn unknown_member(
    file: &File,
    ctx: &str,
    member: &Member,
    fields: &CtxFields,
) -> Option<Diagnostic> {
    let name = member.name.as_str();
    let position = || file.position(member.name_span.start);
    let sets = member.access == Access::Set;
    if let Some(word) = vocabulary::word(CTX, name) {
        if sets {
            return Some(member::of_ctx_set(position(), ctx, name));
        }
        let called = member.called && word.kind == WordKind::Value;
        return called.then(|| call::of_value(position(), ctx, name));
    }
    if vocabulary::is_planned(CTX, name) {
        return Some(unavailable::of_ctx(position(), ctx, name));
    }
    if sets || fields.may_be_set(name) {
        return None;
    }
    let of_kind = |kind| vocabulary::members_of_kind(CTX, kind);
    let own = fields.set.iter().map(String::as_str);
    let known = of_kind(WordKind::Method).chain(of_kind(WordKind::Value));
    let known: Vec<&str> = known.map(|name| -> &str { name }).chain(own).collect();
    Some(member::of_ctx(position(), ctx, name, known))
}

/// What expressions are of a request.
pub(super) struct Parts<'l, 'a> {
    pub(super) look: &'l Look<'a>,
    pub(super) ctx: &'l HashSet<VarRef>,
    pub(super) file: FileId,
}

impl<'a> Parts<'_, 'a> {
    /// `ctx.params`: the name of the parameter, the method's and where that is written.
    fn method(&self, expr: &'a Expr) -> Option<(&'a str, &'a str, Span)> {
        let Kind::Index(object, key) = &self.look.value(self.file, expr).kind else {
            return None;
        };
        let var = object.var()?;
        let name = key.text().filter(|name| is_method(name))?;
        let ctx = &self.look.file(self.file).hir.vars[var].name;
        let is_ctx = self.ctx.contains(&self.file.var(var));
        is_ctx.then_some((ctx, name, key.span))
    }

    /// The call of a method of `ctx` that an expression stands for: `ctx:body()`.
    pub(super) fn part(&self, expr: &'a Expr) -> Option<&'a str> {
        let (object, name) = match &self.look.value(self.file, expr).kind {
            Kind::Method(object, name, args) if args.is_empty() => (object, name.as_str()),
            Kind::Call(callee, args) if args.is_empty() => match &callee.kind {
                Kind::Index(object, key) => (object, key.text()?),
                _ => return None,
            },
            _ => return None,
        };
        let var = object.var()?;
        let of_ctx = self.ctx.contains(&self.file.var(var)) && is_method(name);
        of_ctx.then_some(name)
    }

    /// `ctx.params.id`, `ctx.body:json()`, `pairs(ctx.query)`
    fn not_called(&self, expr: &'a Expr) -> Option<Diagnostic> {
        let (part, rest) = match &expr.kind {
            Kind::Index(object, key) => {
                let rest = match key.text() {
                    Some(name) if is_name(name) => format!(".{name}"),
                    Some(name) => format!("[{name:?}]"),
                    None => "[...]".to_owned(),
                };
                (object, rest)
            }
            Kind::Method(object, name, ..) => (object, format!(":{name}(...)")),
            Kind::Call(callee, args) => match (&callee.kind, args.first()) {
                (Kind::Global(name), Some(first))
                    if matches!(name.as_str(), "pairs" | "ipairs") =>
                {
                    return self.not_called_in(first, String::new());
                }
                _ => return None,
            },
            _ => return None,
        };
        let rest = match (&expr.kind, self.method(part)?.1) {
            (Kind::Index(..), "body") => format!(":json(){rest}"),
            _ => rest,
        };
        self.not_called_in(part, rest)
    }

    fn not_called_in(&self, part: &'a Expr, rest: String) -> Option<Diagnostic> {
        let (ctx, name, span) = self.method(part)?;
        // Where a local holds it, the mistake is where that was filled.
        let position = self.look.position(self.file, span.start);
        let call = match part.var() {
            Some(_) => Call::Plain(""),
            None if vocabulary::word(CTX, name).is_some_and(|word| !word.parameters.is_empty()) => {
                Call::WithArguments
            }
            None => Call::Plain(&rest),
        };
        Some(call::missing(position, ctx, name, &call))
    }

    /// `ctx:body().title`, `ctx:body():jsn()`
    fn of_body(&self, expr: &'a Expr) -> Option<Diagnostic> {
        let (object, name, span, is_method) = match &expr.kind {
            Kind::Index(object, key) => (object, key.text()?, key.span, false),
            Kind::Method(object, name, _) => (object, name.as_str(), name.span, true),
            _ => return None,
        };
        if vocabulary::word(BODY, name).is_some() || self.part(object)? != "body" {
            return None;
        }
        let position = self.look.position(self.file, span.start);
        let known = vocabulary::members(BODY);
        Some(match is_method {
            true => member::method_of_body(position, name, known),
            false => member::field_of_body(position, name, known),
        })
    }
}

fn is_method(name: &str) -> bool {
    vocabulary::word(CTX, name).is_some_and(|word| word.kind == WordKind::Method)
}

/// Whether a text can stand behind a dot.
fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    let first = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    first && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
