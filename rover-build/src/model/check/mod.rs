//! Mistakes that the program's text shows: a file for each question.

mod builders;
mod colons;
mod ctx_fields;
mod features;
mod fields;
mod globals;
mod handled;
mod hook;
mod look;
mod members;
mod probes;
mod registered;
mod response;
mod returns;
mod sessions;
mod state;
mod walk;
mod words;
mod written;

use crate::diagnostic::Diagnostic;
use crate::features::Features;
use crate::front::load::Sources;
use crate::model::app::App;
use crate::model::chains::unused;
use crate::model::facts::Facts;
pub(crate) use builders::of_servers;
pub(crate) use ctx_fields::CtxFields;
use look::Look;
pub(crate) use written::Written;

/// Mistakes that are seen without the routes: what was raised while they were collected may
/// come from one of these.
pub(crate) fn before_routes(sources: &Sources) -> Vec<Diagnostic> {
    let written = Written::find(sources);
    let mut found = Vec::new();
    globals::check(sources, &written, &mut found);
    colons::libraries(sources, &written, &mut found);
    found
}

pub(crate) fn check(facts: &Facts<'_>, app: &App, fields: &CtxFields) -> Vec<Diagnostic> {
    let look = Look::new(facts, app);
    let mut found = before_routes(facts.sources);
    members::check(&look, fields, &mut found);
    builders::check(&look, &mut found);
    colons::check(&look, &mut found);
    returns::check(&look, &mut found);
    fields::check(&look, &mut found);
    words::check(&look, &mut found);
    features::check(&look, &mut found);
    sessions::check(&look, &mut found);
    handled::check(&look, &mut found);
    found.dedup();
    found
}

/// The features of the crate `rover` that the program needs.
pub(crate) fn features_needed(facts: &Facts<'_>, app: &App) -> Features {
    features::of_program(&Look::new(facts, app))
}

/// What may be meant, and may be a mistake.
pub(crate) fn warnings(facts: &Facts<'_>, app: &App) -> Vec<Diagnostic> {
    let mut found = state::check(&Look::new(facts, app));
    found.extend(unused(app));
    found
}
