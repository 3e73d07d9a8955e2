//! Words of features that the crate `rover` is built without.

use rover_model::sql::Dialect;

use super::look::Look;
use super::walk::{expressions, path};
use crate::diagnostic::codes::waiting::feature;
use crate::diagnostic::{Diagnostic, Position};
use crate::model::option_places::{Inner, Of, position};

pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    if !look.facts.features.client {
        let words = ["rover.http", "rover.jwt.keys"];
        let said = words
            .iter()
            .find_map(|word| Some((first(look, word)?, word)));
        found.extend(said.map(|(at, word)| feature::off(at, word, "client")));
    }
    if !look.facts.features.redis {
        found.extend(first(look, "rover.redis").map(|at| feature::off(at, "rover.redis", "redis")));
    }
    if !look.facts.features.redis && look.facts.elsewhere.state {
        let at = position(look.facts.names, Of::Option("state"), Inner::Whole);
        found.push(feature::off(at, "state", "redis"));
    }
    if !look.facts.features.crypto {
        let words = ["rover.crypto", "rover.password", "rover.jwt", "rover.csrf"];
        let said = words
            .iter()
            .find_map(|word| Some((first(look, word)?, word)));
        found.extend(said.map(|(at, word)| feature::off(at, word, "crypto")));
        if look.app.keeps_sessions() {
            let at = position(look.facts.names, Of::Option("sessions"), Inner::Whole);
            found.push(feature::off(at, "sessions", "crypto"));
        }
    }
    let of_databases = look.facts.databases.iter().filter_map(|database| {
        let features = look.facts.features;
        match database.dialect {
            Some(Dialect::Sqlite) if !features.sqlite => Some("sqlite"),
            Some(Dialect::Postgres) if !features.postgres => Some("postgres"),
            None if !features.sqlite && !features.postgres => Some("postgres"),
            _ => None,
        }
    });
    if let Some(needed) = of_databases.min() {
        found.extend(first(look, "rover.db").map(|at| feature::off(at, "rover.db", needed)));
    }
}

/// Where a word is said first, in a file that does not ask for it. Each place would need the same.
fn first(look: &Look<'_>, word: &str) -> Option<Position> {
    let mut files = look.facts.sources.files.numbered();
    files.find_map(|(file, source)| {
        if look.probes[file].contains(word) {
            return None;
        }
        let mut said = None;
        for function in &source.hir.functions {
            expressions(&function.body, &mut |expr| {
                if path(expr).as_deref() == Some(word) {
                    let start = expr.span.start;
                    said = Some(said.map_or(start, |other: usize| other.min(start)));
                }
            });
        }
        said.map(|start| look.position(file, start))
    })
}
