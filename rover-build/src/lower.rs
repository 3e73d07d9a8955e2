//! Rewrites the program's text before it becomes bytecode. Lines never move, so that
//! errors at run time name the manifest's own lines.

use std::collections::HashSet;

use crate::load::{File, Sources};
use crate::model::App;

/// The text of every file, in the order of `Sources`.
pub(crate) fn lower(sources: &Sources, app: &App) -> Vec<String> {
    let names = ctx_names(sources, app);
    sources.files.iter().map(|file| lower_file(file, &names)).collect()
}

/// What the program's handlers call their `ctx`. A function whose first parameter has
/// such a name, handler or helper, is taken to get one.
fn ctx_names<'a>(sources: &'a Sources, app: &App) -> HashSet<&'a str> {
    app.functions()
        .flat_map(|handler| {
            let file = sources.files.iter().find(|f| f.name == handler.file);
            file.into_iter()
                .flat_map(|f| f.tree.functions_at(handler.line, handler.last_line))
        })
        .filter_map(|function| function.parameter.as_deref())
        .collect()
}

/// `ctx:body():json()` becomes `ctx:body_or_400():json()`: a missing body is then the
/// client's mistake, not an index of nil.
fn lower_file(file: &File, names: &HashSet<&str>) -> String {
    let mut places: Vec<usize> = file
        .tree
        .functions
        .iter()
        .filter(|f| !f.ctx.shadowed && f.parameter.as_deref().is_some_and(|p| names.contains(p)))
        .flat_map(|f| f.ctx.members.iter())
        .filter(|m| m.name == "body")
        .filter_map(|m| m.chained)
        .collect();
    places.sort_unstable();
    // A function inside another sees the same call.
    places.dedup();
    let mut text = file.text.clone();
    for place in places.into_iter().rev() {
        text.insert_str(place, "_or_400");
    }
    text
}
