//! Functions that wait where nothing can: message handlers of `xpcall`, which LuaJIT cannot suspend, and the functions of a
//! store's `update`.

use std::collections::HashSet;

use super::look::Look;
use super::walk::{self, path};
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::waiting::message_handler::{self, Whose};
use crate::front::hir::{Expr, Kind, Span};
use crate::front::ids::{FileId, FunctionRef, TextRange};
use crate::front::walk::expressions;
use crate::vocabulary::{self, GLOBALS};

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    for (file, source) in look.facts.sources.files.numbered() {
        for function in &source.hir.functions {
            expressions(&function.body, &mut |expr| {
                let Some((whose, function, at)) = given(look, file, expr) else {
                    return;
                };
                let mut way = Way::of(look, &whose);
                if let Some(word) = way.find_word(look, function) {
                    let position = |place: &TextRange| look.position(place.file, place.span.start);
                    let calls = way.calls.iter().map(position).collect();
                    found.push(message_handler::waits(
                        whose,
                        &word,
                        calls,
                        look.position(file, at.start),
                    ));
                }
            });
        }
    }
}

/// A function that cannot wait, and where it is given.
fn given<'a>(look: &Look<'a>, file: FileId, expr: &'a Expr) -> Option<(Whose, FunctionRef, Span)> {
    let names = look.facts.names;
    let (whose, given) = match &expr.kind {
        Kind::Call(callee, args) if names.global(file, callee) == Some("xpcall") => {
            let own = look.written.globals.contains("xpcall") || look.written.any_global;
            (Whose::Handler, args.get(1).filter(|_| !own)?)
        }
        Kind::Method(store, name, args) if &**name == "update" && names.is_store(file, store) => {
            (Whose::Update, args.get(1)?)
        }
        _ => return None,
    };
    let function = match &names.followed(file, given).kind {
        Kind::Function(id) => file.function(*id),
        _ => names.function(file, given)?,
    };
    Some((whose, function, given.span))
}

/// The calls that a function makes in any case, down to a word that waits.
struct Way {
    /// Stores are asked and waited for, too. The function of `update` may: it is not called from C then.
    stores_wait: bool,
    /// The innermost last.
    calls: Vec<TextRange>,
    seen: HashSet<FunctionRef>,
}

impl Way {
    fn of(look: &Look<'_>, whose: &Whose) -> Self {
        Way {
            stores_wait: look.facts.elsewhere.state && matches!(whose, Whose::Handler),
            calls: Vec::new(),
            seen: HashSet::new(),
        }
    }

    fn find_word(&mut self, look: &Look<'_>, function: FunctionRef) -> Option<String> {
        if !self.seen.insert(function) {
            return None;
        }
        let file = function.file;
        let mut calls: Vec<&Expr> = Vec::new();
        walk::in_any_case(look.body(function), &mut |expr| match &expr.kind {
            Kind::Call(callee, _) => calls.push(callee),
            Kind::Method(store, ..)
                if self.stores_wait && look.facts.names.is_store(file, store) =>
            {
                calls.push(expr);
            }
            _ => {}
        });
        for callee in calls {
            self.calls.push(file.range(callee.span));
            if let Kind::Method(_, name, _) = &callee.kind {
                return Some(format!("rover.Store:{}", &**name));
            }
            if let Some(word) = waiting(look, file, callee) {
                return Some(word);
            }
            let next = look.facts.names.function(file, callee);
            if let Some(word) = next.and_then(|next| self.find_word(look, next)) {
                return Some(word);
            }
            self.calls.pop();
        }
        None
    }
}

/// The word that waits which an expression is, and nothing else can be.
fn waiting<'a>(look: &Look<'a>, file: FileId, callee: &'a Expr) -> Option<String> {
    let word = path(look.value(file, callee))?;
    let (owner, name) = word.rsplit_once('.').unwrap_or((GLOBALS, &word));
    let root = word.split('.').next().unwrap_or_default();
    let written = &look.written;
    let own = written.globals.contains(root) || written.paths.contains(&word) || written.any_global;
    let waits = vocabulary::word(owner, name)?.waits(look.facts.elsewhere);
    (waits && !own).then_some(word)
}
