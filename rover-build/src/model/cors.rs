//! The policies that paths have: `api.public.cors = { ... }`.

use rover_model::{ServerOptions, SetError};

use crate::collect::option_value::has_placeholder;
use crate::collect::{Collected, Policy};
use crate::diagnostic::codes::options::value;
use crate::diagnostic::codes::routes::defined_twice;
use crate::diagnostic::{Diagnostic, Position};
use crate::model::facts::Facts;
use crate::model::option_places::{Inner, Of, position};
use crate::model::options::{but_of_start, problems};
use crate::model::route::scope;

/// Puts them among the options.
pub(crate) fn policies(
    facts: &Facts<'_>,
    collected: &Collected,
    options: &mut ServerOptions,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let whole = collected.options.iter().any(|(name, _)| name == "cors");
    let whole = whole.then(|| position(facts.names, Of::Option("cors"), Inner::Whole));
    let mut known: Vec<(String, Position)> = Vec::new();
    known.extend(whole.map(|at| ("/".to_owned(), at)));
    for Policy { entry, value } in &collected.policies {
        let (path, at) = match scope(facts, entry) {
            Ok(found) => found,
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                continue;
            }
        };
        if let Some((_, earlier)) = known.iter().find(|(known, _)| *known == path) {
            diagnostics.push(defined_twice::policy(at, earlier.clone(), &path));
            continue;
        }
        let of_start = collected.dependent.policies.contains(&entry.path);
        let set = match of_start || has_placeholder(value) {
            // What the start gives is looked at there.
            true => ServerOptions::default()
                .set_cors(&path, value)
                .or_else(but_of_start),
            false => options.set_cors(&path, value),
        };
        match set {
            Ok(()) => {}
            Err(SetError::Value(error)) => diagnostics.push(value::wrong(at.clone(), error)),
            Err(error) => {
                let of = Of::Node("cors", &entry.position);
                diagnostics.extend(problems(facts.names, of, "cors", error));
            }
        }
        known.push((path, at));
    }
}
