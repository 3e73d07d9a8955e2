//! Globals that a request writes for the next one on its worker to find.
//!
//! A program declares a global by assigning to it outside of any function, which is where
//! the chunk runs. Another global that a function writes is a mistake more often than not:
//! a forgotten `local`.

use std::collections::BTreeSet;

use rover_model::is_reserved;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::program::name_reserved;
use crate::diagnostic::codes::words::undeclared;
use crate::front::hir::{Chunk, Expr, Kind, Stmt};
use crate::front::load::Sources;

/// The writes to globals that the program does not declare.
pub(crate) fn undeclared(sources: &Sources) -> Vec<Diagnostic> {
    let mut declared = BTreeSet::new();
    for file in &sources.files {
        for function in file.hir.functions.iter().take(1) {
            writes(&function.body, &mut |_, name| {
                declared.insert(name.to_owned());
            });
        }
    }
    let mut found = Vec::new();
    for file in &sources.files {
        for function in file.hir.functions.iter().skip(1) {
            writes(&function.body, &mut |target, name| {
                if !declared.contains(name) {
                    found.push(undeclared::global(file.position(target.span.start), name));
                }
            });
        }
    }
    found
}

/// Calls `f` with every global that statements assign to, and its name.
fn writes<'s>(block: &'s [Stmt], f: &mut dyn FnMut(&'s Expr, &'s str)) {
    for stmt in block {
        let targets: &[Expr] = match stmt {
            Stmt::Assign(targets, _) => targets,
            Stmt::Function(target, _) => std::slice::from_ref(target),
            _ => &[],
        };
        for target in targets {
            if let Kind::Global(name) = &target.kind {
                f(target, name);
            }
        }
        let mut blocks = Vec::new();
        stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
        for inner in blocks {
            writes(inner, f);
        }
    }
}

/// Uses of the names that the compiled program has for itself.
pub(crate) fn reserved(sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for file in &sources.files {
        let vars = file.hir.vars.iter();
        let mut names: Vec<(usize, &str)> = vars.map(|var| (var.start, &*var.name)).collect();
        for function in &file.hir.functions {
            globals(&function.body, &mut names);
        }
        names.retain(|(_, name)| is_reserved(name.as_bytes()));
        if let Some((at, name)) = names.into_iter().min() {
            found.push(name_reserved::name(file.position(at), name));
        }
    }
    found
}

fn globals<'s>(block: &'s [Stmt], names: &mut Vec<(usize, &'s str)>) {
    for stmt in block {
        let mut blocks = Vec::new();
        stmt.parts(&mut |expr| inside(expr, names), &mut |inner| {
            blocks.push(inner);
        });
        for inner in blocks {
            globals(inner, names);
        }
    }
}

/// The globals of an expression, and where each stands.
fn inside<'s>(expr: &'s Expr, names: &mut Vec<(usize, &'s str)>) {
    if let Kind::Global(name) = &expr.kind {
        names.push((expr.span.start, name));
    }
    expr.each_child(&mut |child| inside(child, names));
}

/// No global that the rewriting relies on is assigned, as far as can be seen.
pub(crate) fn keeps_globals(chunk: &Chunk) -> bool {
    fn kept(block: &[Stmt]) -> bool {
        block.iter().all(|stmt| {
            let own = match stmt {
                Stmt::Assign(targets, _) => !targets.iter().any(is_global),
                Stmt::Function(target, _) => !is_global(target),
                _ => true,
            };
            let mut inner = true;
            stmt.parts(&mut |_| {}, &mut |block| inner &= kept(block));
            own && inner
        })
    }
    chunk.functions.iter().all(|function| kept(&function.body))
}

/// `rover.html`
fn is_components(expr: &Expr) -> bool {
    matches!(&expr.kind, Kind::Index(object, key)
        if matches!(&object.kind, Kind::Global(name) if name == "rover")
            && key.text() == Some("html"))
}

/// A global that the rewriting relies on, or something in it. What a file does to the library
/// while it is loaded is seen when it runs.
fn is_global(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Index(object, key) if matches!(&object.kind, Kind::Global(name) if name == "table") => {
            key.text().is_none_or(|name| name == "insert")
        }
        Kind::Global(name) => matches!(name.as_str(), "table" | "rover" | "ipairs" | "pairs"),
        // A component of a template is new.
        Kind::Index(object, _) => !is_components(object) && is_global(object),
        _ => false,
    }
}
