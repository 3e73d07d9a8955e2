//! A program whose routes are not known, because its chunk failed or could not run: what
//! its text alone shows is told, too.

use crate::analyse::globals;
use crate::analyse::names::Names;
use crate::analyse::schemas::Guards;
use crate::analyse::servers::ServerVars;
use crate::diagnostic::{Diagnostic, Failure};
use crate::form::Form;
use crate::html;
use crate::model::check;

/// Why the routes are not known, and every mistake that needs none.
pub(crate) fn failure(
    names: &Names<'_>,
    guards: &Guards,
    servers: &ServerVars,
    form: Form,
    why: Vec<Diagnostic>,
) -> Failure {
    let sources = names.sources;
    let mut found = guards.diagnostics.clone();
    found.extend(globals::reserved(sources));
    found.extend(check::before_routes(sources));
    html::templates(names, servers, None, form, &mut found);
    found.extend(check::of_servers(sources, servers));
    let mut all: Vec<Diagnostic> = why
        .into_iter()
        .filter(|raised| !found.iter().any(|seen| is_same(seen, raised)))
        .collect();
    all.append(&mut found);
    sources.failure(all)
}

/// Whether what was raised is what the text shows: on the same line, or in the same words.
fn is_same(seen: &Diagnostic, raised: &Diagnostic) -> bool {
    let Some((place, said)) = raised.labels.first() else {
        return false;
    };
    seen.labels.iter().any(|(position, label)| {
        (position.line, &position.file) == (place.line, &place.file) || said.starts_with(label)
    })
}
