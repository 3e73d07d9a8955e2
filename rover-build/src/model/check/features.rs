//! Words that features of the crate `rover` bring.

use rover_model::sql::Dialect;

use super::look::Look;
use super::walk::path;
use crate::diagnostic::codes::waiting::feature;
use crate::diagnostic::{Diagnostic, Position};
use crate::features::{Feature, Features};
use crate::front::hir::Kind;
use crate::front::walk::expressions;
use crate::model::option_places::{Inner, Of, position};

/// The words of each feature but those of databases.
const WORDS: [(Feature, &[&str]); 3] = [
    (Feature::Client, &["rover.http", "rover.jwt.keys"]),
    (Feature::Redis, &["rover.redis"]),
    (
        Feature::Crypto,
        &["rover.crypto", "rover.password", "rover.jwt", "rover.csrf"],
    ),
];

/// A word that the program says.
struct Needed {
    /// Where it stands first.
    at: Position,
    word: &'static str,
    /// One of them will do; a program whose database is known when it starts has all.
    features: &'static [Feature],
}

/// Those whose feature is off.
pub(super) fn check(look: &Look<'_>, found: &mut Vec<Diagnostic>) {
    let is_on = |feature: &Feature| look.facts.features.has(*feature);
    let off = needed(look)
        .into_iter()
        .filter(|needed| !needed.features.iter().any(is_on));
    // One of a feature's words is enough.
    let mut told = Features::NONE;
    for Needed { at, word, features } in off {
        let Some(feature) = features.last().filter(|feature| !told.has(**feature)) else {
            continue;
        };
        told.add(*feature);
        found.push(feature::off(at, word, feature.name()));
    }
}

/// The features that the program needs, whatever database it is started with.
pub(super) fn of_program(look: &Look<'_>) -> Features {
    let mut all = Features::NONE;
    for needed in needed(look) {
        needed.features.iter().for_each(|feature| all.add(*feature));
    }
    if all.sqlite != all.postgres && !has_written_databases(look) {
        (all.sqlite, all.postgres) = (true, true);
    }
    all
}

/// Whether each address of a database stands in the call. One of the environment has only its default in the build.
fn has_written_databases(look: &Look<'_>) -> bool {
    let mut all = true;
    for source in look.facts.sources.files.iter() {
        for function in &source.hir.functions {
            expressions(&function.body, &mut |expr| {
                if let Kind::Call(callee, arguments) = &expr.kind
                    && path(callee).as_deref() == Some("rover.db")
                {
                    let address = arguments.first();
                    all &= address.is_some_and(|address| address.text().is_some());
                }
            });
        }
    }
    all
}

fn needed(look: &Look<'_>) -> Vec<Needed> {
    let mut all = Vec::new();
    for (feature, words) in &WORDS {
        let said = words.iter().filter_map(|word| {
            let (at, features) = (first(look, word)?, std::slice::from_ref(feature));
            Some(Needed { at, word, features })
        });
        all.extend(said);
    }
    if look.facts.elsewhere.state {
        all.push(Needed {
            at: position(look.facts.names, Of::Option("state"), Inner::Whole),
            word: "state",
            features: &[Feature::Redis],
        });
    }
    if look.app.keeps_sessions() {
        all.push(Needed {
            at: position(look.facts.names, Of::Option("sessions"), Inner::Whole),
            word: "sessions",
            features: &[Feature::Crypto],
        });
    }
    let databases = look.facts.databases.iter();
    let mut of_databases: Vec<&'static [Feature]> = databases
        .map(|database| match database.dialect {
            Some(Dialect::Sqlite) => &[Feature::Sqlite][..],
            Some(Dialect::Postgres) => &[Feature::Postgres],
            None => &[Feature::Sqlite, Feature::Postgres],
        })
        .collect();
    of_databases
        .sort_unstable_by_key(|features| features.iter().map(|feature| feature.name()).min());
    of_databases.dedup();
    if let Some(at) = first(look, "rover.db") {
        all.extend(of_databases.into_iter().map(|features| Needed {
            at: at.clone(),
            word: "rover.db",
            features,
        }));
    }
    all
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
