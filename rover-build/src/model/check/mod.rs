//! Mistakes that the program's text shows: a file for each question.

mod builders;
mod colons;
mod fields;
mod globals;
mod hook;
mod members;
mod probes;
mod registered;
mod response;
mod returns;
mod state;
mod walk;
mod words;
mod written;

use std::collections::HashSet;

use crate::analyse::handlers::Handler;
use crate::analyse::return_type::operator;
use crate::diagnostic::suggest::nearest;
use crate::diagnostic::{Diagnostic, Position};
use crate::front::hir::Place;
use crate::front::hir::{Expr, Kind, VarId};
use crate::front::load::{File, Sources};
use crate::model::app::App;
use crate::model::program::Program;
pub(crate) use builders::of_servers;
use walk::Reach;
pub(crate) use written::Written;

/// What the checks look at.
struct Look<'a> {
    program: Program<'a>,
    app: &'a App,
    reach: Reach,
    written: Written<'a>,
    /// By file, the names that it asks for before it uses them.
    probes: Vec<HashSet<String>>,
}

impl<'a> Look<'a> {
    fn new(program: &Program<'a>, app: &'a App) -> Self {
        let files = program.sources.files.iter();
        Look {
            program: *program,
            app,
            reach: Reach::find(program, app),
            written: Written::find(program.sources),
            probes: files.map(probes::find).collect(),
        }
    }

    fn file(&self, number: usize) -> &'a File {
        &self.program.sources.files[number]
    }

    /// The handlers, each once.
    fn handlers(&self) -> Vec<Handler<'a>> {
        let mut found: Vec<Handler<'a>> = Vec::new();
        for place in self.app.functions() {
            if let Some(handler) = self.program.handlers.at(self.program.sources, place)
                && !found
                    .iter()
                    .any(|h| (h.file, h.id) == (handler.file, handler.id))
            {
                found.push(handler);
            }
        }
        found
    }

    /// Parameters that are a request's `ctx`.
    fn ctx_vars(&self) -> HashSet<(usize, VarId)> {
        let sources = self.program.sources;
        let handlers = self.app.functions();
        let handlers = handlers.flat_map(|place| self.program.handlers.at(sources, place));
        handlers
            .flat_map(|handler| self.program.handlers.reached(sources, handler))
            .filter_map(|handler| Some((handler.file, handler.ctx.var?)))
            // An assigned parameter may be anything by then.
            .filter(|(file, var)| sources.files[*file].hir.vars[var.0].writes == 0)
            .collect()
    }

    /// What an expression stands for: a local that is assigned once stands for its value.
    fn value(&self, file: usize, expr: &'a Expr) -> &'a Expr {
        let mut expr = expr;
        // A local may not stand for itself, but chains of names end.
        for _ in 0..16 {
            expr = match &expr.kind {
                Kind::Paren(inner) => inner,
                Kind::Var(var) => match self.program.infer.local(file, *var) {
                    Some(value) => value,
                    None => return expr,
                },
                _ => return expr,
            };
        }
        expr
    }

    fn operator(&self, file: usize, left: &Expr, right: &Expr) -> &'a str {
        operator(&self.file(file).text, left, right)
    }

    fn position(&self, file: usize, byte: usize) -> Position {
        self.file(file).position(byte)
    }

    /// The text of an expression, where it is short and on one line.
    fn shown(&self, file: usize, expr: &Expr) -> Option<&'a str> {
        let text = &self.file(file).text[expr.span.start..expr.span.end];
        (text.len() <= 60 && !text.contains('\n')).then_some(text)
    }

    /// A function's parts, for what is in it.
    fn body(&self, place: Place) -> &'a [crate::front::hir::Stmt] {
        &walk::function(&self.program, place).body
    }
}

/// Mistakes that are seen without the routes: what was raised while they were collected may
/// come from one of these.
pub(crate) fn before_routes(sources: &Sources) -> Vec<Diagnostic> {
    let written = Written::find(sources);
    let mut found = Vec::new();
    globals::check(sources, &written, &mut found);
    colons::libraries(sources, &written, &mut found);
    found
}

pub(crate) fn check(program: &Program<'_>, app: &App) -> Vec<Diagnostic> {
    let look = Look::new(program, app);
    let mut found = before_routes(program.sources);
    members::check(&look, &mut found);
    builders::check(&look, &mut found);
    colons::check(&look, &mut found);
    returns::check(&look, &mut found);
    fields::check(&look, &mut found);
    words::check(&look, &mut found);
    found.dedup();
    found
}

/// What may be meant, and may be a mistake.
pub(crate) fn warnings(program: &Program<'_>, app: &App) -> Vec<Diagnostic> {
    state::check(&Look::new(program, app))
}

fn unknown<'a>(
    message: &str,
    position: Position,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().collect();
    let help = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is: {}", known.join(", ")),
    };
    Diagnostic::new(message)
        .at(position, "not known")
        .help(help)
}
