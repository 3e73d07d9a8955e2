//! State that handlers write, and that every worker has for itself.

use std::collections::{BTreeMap, HashMap};

use super::look::Look;
use super::walk::path;
use crate::analyse::names::required;
use crate::diagnostic::codes::words::worker_state::{self, MEANT};
use crate::diagnostic::{Diagnostic, Position};
use crate::front::hir::{Expr, Field, FunctionId, Kind, Stmt, VarId};
use crate::front::ids::{ById, FileId, TextRange};
use crate::front::walk::{expressions, statements};
use crate::vocabulary;

/// One warning for each variable and each field of a module, at the first write.
pub(super) fn check(look: &Look<'_>) -> Vec<Diagnostic> {
    if look.app.options.workers == 1 {
        return Vec::new();
    }
    let owners: ById<FileId, HashMap<VarId, FunctionId>> = look
        .facts
        .sources
        .files
        .iter()
        .map(|file| owners(&file.hir))
        .collect();
    let mut writes: BTreeMap<TextRange, State> = BTreeMap::new();
    for &function in &look.reach.all {
        let file = function.file;
        each_write(look.body(function), &mut |target| {
            if let Some(state) = state(look, &owners, file, target) {
                writes.insert(file.at(target.span.start), state);
            }
        });
    }
    let mut told: Vec<(FileId, String)> = Vec::new();
    let mut found = Vec::new();
    for (at, state) in writes {
        let name = (state.file, state.name.clone());
        if told.contains(&name) {
            continue;
        }
        told.push(name);
        let declared = look.position(state.file, state.start);
        if is_meant(look, state.file, &declared) {
            continue;
        }
        let written = look.position(at.file, at.span.start);
        found.push(worker_state::written(written, &state.name, &declared));
    }
    found
}

/// State that outlives a request.
struct State {
    name: String,
    file: FileId,
    start: usize,
}

/// The function that declares each variable.
fn owners(chunk: &crate::front::hir::Chunk) -> HashMap<VarId, FunctionId> {
    let mut found = HashMap::new();
    for (id, function) in chunk.functions.numbered() {
        let mut own = |var: &VarId| {
            found.insert(*var, id);
        };
        function.params.iter().for_each(&mut own);
        statements(&function.body, &mut |stmt| match stmt {
            Stmt::Local(vars, _) => vars.iter().for_each(&mut own),
            Stmt::LocalFunction(var, _) | Stmt::Count(var, ..) => own(var),
            Stmt::For(header, ..) => header.vars.iter().for_each(&mut own),
            _ => {}
        });
    }
    found
}

/// Calls `f` with what a block assigns to, and with the tables that it fills or empties.
fn each_write<'a>(block: &'a [Stmt], f: &mut dyn FnMut(&'a Expr)) {
    statements(block, &mut |stmt| match stmt {
        Stmt::Assign(targets, _) => targets.iter().for_each(&mut *f),
        Stmt::Function(target, _) => f(target),
        _ => {}
    });
    expressions(block, &mut |expr| {
        if let Kind::Call(callee, args) = &expr.kind
            && let (Some(path), Some(table)) = (path(callee), args.first())
            && matches!(
                path.as_str(),
                "rawset" | "table.insert" | "table.remove" | "table.sort" | "table.clear"
            )
        {
            f(table);
        }
    });
}

/// The state that an expression is part of, if it is not the request's own.
fn state<'a>(
    look: &Look<'a>,
    owners: &ById<FileId, HashMap<VarId, FunctionId>>,
    file: FileId,
    target: &'a Expr,
) -> Option<State> {
    let mut root = target;
    let mut field = None;
    while let Kind::Index(object, key) = &root.kind {
        field = key.text();
        root = object;
    }
    match &root.kind {
        Kind::Var(var) => {
            let owner = *owners[file].get(var)?;
            let servers = &look.facts.handlers.servers;
            if look.reach.all.contains(&file.function(owner)) || servers.is_route(file, target) {
                return None;
            }
            let value = look.facts.names.value(file, *var);
            // `local g = rover.guard`: what is not the program's cannot be written.
            let is_none =
                |value| is_cache(value) || path(value).is_some() || is_handle(look, file, value);
            if value.is_some_and(is_none) {
                return None;
            }
            let var = &look.file(file).hir.vars[*var];
            let module = value.is_some_and(|value| required(value).is_some());
            let name = match field.filter(|_| module) {
                Some(field) => format!("{}.{field}", var.name),
                None => var.name.clone(),
            };
            Some(State {
                name,
                file,
                start: var.start,
            })
        }
        Kind::Global(name) => {
            let declared = look.written.declared.iter();
            let (file, _, target) = declared.into_iter().find(|(_, known, _)| known == name)?;
            Some(State {
                name: name.clone(),
                file: *file,
                start: target.span.start,
            })
        }
        _ => None,
    }
}

/// `setmetatable({}, { __mode = "k" })`: what is forgotten at any time is no state.
fn is_cache(value: &Expr) -> bool {
    let Kind::Call(_, args) = &value.kind else {
        return false;
    };
    let Some(Kind::Table(fields)) = args.get(1).map(|meta| &meta.kind) else {
        return false;
    };
    fields
        .iter()
        .any(|field| matches!(field, Field::Named(name, _) if name == "__mode"))
}

/// `rover.shared "visits"`, `rover.db "sqlite:app.db"`: what stands for something outside of the program keeps nothing
/// that is written into it.
fn is_handle(look: &Look<'_>, file: FileId, value: &Expr) -> bool {
    let Kind::Call(callee, _) = &value.kind else {
        return false;
    };
    let word = look.facts.names.library_word(file, callee);
    let made = word.and_then(|word| word.results.first());
    made.is_some_and(|made| {
        made.of_type.starts_with("rover.") && made.of_type != vocabulary::SERVER
    })
}

/// Whether the comment stands above a declaration, or behind it.
fn is_meant(look: &Look<'_>, file: FileId, declared: &Position) -> bool {
    let file = look.file(file);
    let behind = file.comment_behind(declared.line).into_iter();
    let mut comments = behind.chain(file.comments_above(declared.line));
    comments.any(|comment| comment.contains(MEANT))
}
