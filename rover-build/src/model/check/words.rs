//! Words that this version does not have, where requests come to them.

use std::collections::HashSet;

use super::look::Look;
use super::walk::path;
use crate::diagnostic::codes::requests::second_parameter;
use crate::diagnostic::codes::words::{member, unavailable};
use crate::diagnostic::{Diagnostic, Position};
use crate::front::hir::{Expr, Kind};
use crate::front::ids::{FileId, TextRange};
use crate::front::walk::expressions;
use crate::model::app::Chain;
use crate::vocabulary::{self, GLOBALS, instead};

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    // The whole of a word comes before its parts.
    let mut told: HashSet<TextRange> = HashSet::new();
    look.reach.evaluated(&look.facts, &mut |file, expr| {
        let (word, expr) = match &expr.kind {
            Kind::Index(..) | Kind::Global(_) => (path(expr), expr),
            // `local open = io.open` at the top, and `open(name)` here.
            Kind::Call(callee, _) if callee.var().is_some() => {
                (path(look.value(file, callee)), &**callee)
            }
            _ => (None, expr),
        };
        let Some(word) = word else { return };
        if !told.insert(file.at(expr.span.start)) {
            return;
        }
        let at = look.position(file, expr.span.start);
        found.extend(missing(look, file, &word, at));
    });
    second_parameters(look, found);
}

/// What is said of a word that is not there, and what to do about it.
fn missing(look: &Look<'_>, file: FileId, word: &str, at: Position) -> Option<Diagnostic> {
    let parts: Vec<&str> = word.split('.').collect();
    let root = *parts.first()?;
    let asked = |name: &str| look.probes[file].contains(name);
    if look.written.globals.contains(root) || look.written.any_global || asked(root) {
        return None;
    }
    // The longest library that the word begins with: `rover.json` of `rover.json.encode`.
    let library = (1..parts.len())
        .rev()
        .map(|length| parts[..length].join("."))
        .find(|library| vocabulary::library(library).is_some());
    let Some(library) = library else {
        return foreign(word, root, parts.len(), at);
    };
    let name = parts[library.split('.').count()];
    let whole = format!("{library}.{name}");
    let members = vocabulary::library(&library)?;
    let own = look.written.fields.contains(name) || look.written.is_filled(&library);
    let elsewhere = vocabulary::is_elsewhere(&library, name);
    if let Some((other, instead)) = instead::unless(&library, name)
        && !look.written.may_say(other)
        && !asked(&whole)
        && !own
    {
        return Some(unavailable::in_handler(at, &whole, instead));
    }
    if members.contains(&name) || elsewhere || asked(&whole) || own {
        return None;
    }
    let planned = vocabulary::is_planned(&library, name);
    Some(match instead::word(&whole) {
        _ if planned => unavailable::planned(at, &whole),
        Some(instead) => unavailable::in_handler(at, &whole, instead),
        None => member::unknown(at, &library, name, members),
    })
}

/// A word whose first name belongs to another Lua or to another server.
fn foreign(word: &str, root: &str, parts: usize, at: Position) -> Option<Diagnostic> {
    let standard = ["dofile", "loadfile", "module"];
    let known = vocabulary::word(GLOBALS, root).is_some();
    // The name alone may be asked for whether it is there.
    if known || parts == 1 && !standard.contains(&root) {
        return None;
    }
    let help = instead::word(word)?;
    // Names that are no library's are told of where nothing defines them.
    vocabulary::is_global(root).then(|| unavailable::in_handler(at, word, help))
}

/// `function api.path.get(req, res) res.send("hi") end`: there is no second parameter.
fn second_parameters(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    let after = look.app.path_hooks.iter();
    let after = after.filter(|hook| hook.chain == Chain::After);
    let hooks = look.app.hooks.iter().map(|(_, place)| place);
    let hooks: Vec<_> = hooks.chain(after.map(|hook| &hook.function)).collect();
    for handler in look.handlers() {
        let hook = hooks.iter().any(|place| {
            let at = look.facts.handlers.at(look.facts.sources, place);
            at.iter().any(|h| h.place() == handler.place())
        });
        let Some(&second) = handler.function.params.get(1) else {
            continue;
        };
        let var = &look.file(handler.file).hir.vars[second];
        if hook || !handler.only_handler || var.writes > 0 {
            continue;
        }
        let mut used: Option<&Expr> = None;
        let mut asked = false;
        expressions(&handler.function.body, &mut |expr| match &expr.kind {
            Kind::Index(object, _) | Kind::Method(object, ..) if object.var() == Some(second) => {
                used.get_or_insert(expr);
            }
            Kind::Binary(_, left, right) => {
                asked |= left.var() == Some(second) || right.var() == Some(second);
            }
            _ => {}
        });
        let tested = super::walk::tests(&handler.function.body, second);
        if let (Some(used), false, false) = (used, asked, tested) {
            found.push(second_parameter::used(
                look.position(handler.file, used.span.start),
                look.position(handler.file, var.start),
                &var.name,
            ));
        }
    }
}
