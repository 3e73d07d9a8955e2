//! What the program sets on `ctx` beside what that has: `ctx.user = user`.

use std::collections::BTreeSet;

use super::written::Written;
use crate::analyse::ctx_use::Access;
use crate::front::hir::{Expr, Kind, Stmt};
use crate::model::app::App;
use crate::model::facts::Facts;
use crate::vocabulary::{self, CTX};

/// The names that the program sets on `ctx`.
pub(crate) struct CtxFields {
    /// Those that functions set which get a `ctx`.
    pub(crate) set: BTreeSet<String>,
    /// Those that code may set which is not followed, where some is given a `ctx`.
    perhaps: BTreeSet<String>,
    /// Those that are read.
    read: BTreeSet<String>,
}

impl CtxFields {
    pub(crate) fn find(facts: &Facts<'_>, app: &App) -> Self {
        let mut fields = CtxFields {
            set: BTreeSet::new(),
            perhaps: BTreeSet::new(),
            read: BTreeSet::new(),
        };
        let mut escapes = false;
        for place in app.functions() {
            let Some(handler) = facts.handlers.at(facts.sources, place) else {
                escapes = true;
                continue;
            };
            for function in facts.handlers.reached(facts.sources, handler) {
                escapes |= function.ctx.escapes;
                for member in &function.ctx.members {
                    let name = member.name.as_str();
                    let known =
                        vocabulary::word(CTX, name).is_some() || vocabulary::is_planned(CTX, name);
                    match member.access {
                        Access::Set if !known => fields.set.insert(member.name.clone()),
                        Access::Own => fields.read.insert(member.name.clone()),
                        _ => false,
                    };
                }
            }
        }
        if escapes {
            let written = Written::find(facts.sources);
            let names = written.fields.iter().map(|name| (*name).to_owned());
            fields.perhaps.extend(names);
            if written.any_field {
                fields.perhaps.extend(texts(facts));
            }
        }
        fields
    }

    /// Whether something may set a field.
    pub(crate) fn may_be_set(&self, name: &str) -> bool {
        self.set.contains(name) || self.perhaps.contains(name)
    }

    /// The names that are nil where they are not set, and no mistake.
    pub(crate) fn known(self) -> Vec<String> {
        let written = self.perhaps.into_iter().filter(|name| is_name(name));
        let all = self.set.into_iter().chain(self.read).chain(written);
        let all: BTreeSet<String> = all.collect();
        all.into_iter().collect()
    }
}

/// Whether a text can stand behind a dot.
fn is_name(text: &str) -> bool {
    let mut letters = text.bytes();
    let first = letters.next();
    first.is_some_and(|c| c.is_ascii_alphabetic() || c == b'_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == b'_')
}

/// The texts of a program that are not read as the name of a field: `set(ctx, "user", user)`.
fn texts(facts: &Facts<'_>) -> BTreeSet<String> {
    fn inside(expr: &Expr, found: &mut BTreeSet<String>) {
        match &expr.kind {
            Kind::Text(_) => found.extend(expr.text().map(str::to_owned)),
            Kind::Index(object, key) if key.text().is_some() => inside(object, found),
            _ => expr.each_child(&mut |child| inside(child, found)),
        }
    }
    fn block(stmts: &[Stmt], found: &mut BTreeSet<String>) {
        for stmt in stmts {
            let mut inner = Vec::new();
            stmt.parts(&mut |expr| inside(expr, found), &mut |b| inner.push(b));
            inner.into_iter().for_each(|b| block(b, found));
        }
    }
    let mut found = BTreeSet::new();
    for file in &facts.sources.files {
        for function in &file.hir.functions {
            block(&function.body, &mut found);
        }
    }
    found
}
