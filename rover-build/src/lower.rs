//! Rewrites the program's text before it becomes bytecode. Lines never move, so that
//! errors at run time name the manifest's own lines.

use std::collections::HashSet;

use crate::load::{File, Sources};
use crate::model::App;
use crate::order::Orders;

/// A text that is inserted into a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edit {
    /// Byte in the file.
    at: usize,
    text: String,
}

impl Edit {
    pub(crate) fn new(at: usize, text: impl Into<String>) -> Self {
        let text = text.into();
        Edit { at, text }
    }
}

/// The text of every file, in the order of `Sources`.
pub(crate) fn lower(sources: &Sources, app: &App, orders: &Orders) -> Vec<String> {
    let names = ctx_names(sources, app);
    let files = sources.files.iter().zip(&orders.edits);
    files
        .map(|(file, marks)| {
            let mut edits = missing_bodies(file, &names);
            edits.extend_from_slice(marks);
            apply(&file.text, edits)
        })
        .collect()
}

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort();
    // A function inside another is seen twice.
    edits.dedup();
    let mut lowered = text.to_owned();
    for edit in edits.iter().rev() {
        lowered.insert_str(edit.at, &edit.text);
    }
    lowered
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
fn missing_bodies(file: &File, names: &HashSet<&str>) -> Vec<Edit> {
    let known = |p: Option<&str>| p.is_some_and(|p| names.contains(p));
    let functions = file.tree.functions.iter();
    functions
        .filter(|f| !f.ctx.shadowed && known(f.parameter.as_deref()))
        .flat_map(|f| f.ctx.members.iter())
        .filter(|m| m.name == "body")
        .filter_map(|m| m.chained)
        .map(|at| Edit::new(at, "_or_400"))
        .collect()
}
