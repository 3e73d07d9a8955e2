//! What a program assigns, anywhere.

use std::collections::HashSet;

use super::walk::path;
use crate::front::hir::{Expr, Kind, Stmt};
use crate::front::ids::{FileId, FunctionId};
use crate::front::load::Sources;
use crate::front::syntax;
use crate::front::walk::{expressions, statements};

pub(crate) struct Written<'a> {
    /// Globals, by assignment, through `_G` and in texts that are loaded.
    pub(crate) globals: HashSet<String>,
    /// Globals that statements outside of functions assign: the first target.
    pub(super) declared: Vec<(FileId, &'a str, &'a Expr)>,
    /// Members of globals: `string.split`.
    pub(super) paths: HashSet<String>,
    /// Fields of any table, by name.
    pub(crate) fields: HashSet<&'a str>,
    /// Texts and names behind dots, in any place.
    said: HashSet<&'a str>,
    /// Tables by their global names that other code may fill.
    filled: HashSet<String>,
    /// Tables that locals hold.
    kept: HashSet<String>,
    /// Globals may come about in ways that are not seen: the environment is handed around,
    /// or texts that are made at run time are loaded.
    pub(crate) any_global: bool,
    /// Fields may: a key is computed, or a table gets a metatable.
    pub(crate) any_field: bool,
}

impl<'a> Written<'a> {
    pub(crate) fn find(sources: &'a Sources) -> Self {
        let mut written = Written {
            globals: HashSet::new(),
            declared: Vec::new(),
            paths: HashSet::new(),
            fields: HashSet::new(),
            said: HashSet::new(),
            filled: HashSet::new(),
            kept: HashSet::new(),
            any_global: false,
            any_field: false,
        };
        for (number, file) in sources.files.numbered() {
            for (at, function) in file.hir.functions.numbered() {
                statements(&function.body, &mut |stmt| {
                    let targets: &[Expr] = match stmt {
                        Stmt::Local(_, values) => {
                            return written.kept.extend(values.iter().filter_map(path));
                        }
                        Stmt::Assign(targets, _) => targets,
                        Stmt::Function(target, _) => std::slice::from_ref(target),
                        _ => return,
                    };
                    for target in targets {
                        written.target(target);
                        if let (FunctionId::CHUNK, Kind::Global(name)) = (at, &target.kind) {
                            written.declared.push((number, name, target));
                        }
                    }
                });
                expressions(&function.body, &mut |expr| written.expr(expr));
            }
        }
        written
    }

    /// Whether a library may have more members than it had: something is put into it under
    /// a name that is computed, or may be.
    pub(super) fn is_filled(&self, library: &str) -> bool {
        self.filled.contains(library) || self.any_field && self.kept.contains(library)
    }

    /// Whether the program may say a word by this last name.
    pub(super) fn may_say(&self, name: &str) -> bool {
        self.said.iter().any(|text| text.contains(name))
    }

    fn target(&mut self, target: &'a Expr) {
        match &target.kind {
            Kind::Global(name) => {
                self.globals.insert(name.clone());
            }
            Kind::Index(object, key) => {
                match key.text() {
                    Some(name) => {
                        self.fields.insert(name);
                    }
                    // A list's items are no fields.
                    None => {
                        self.any_field |= !matches!(key.kind, Kind::Number(_) | Kind::Binary(..));
                        self.filled.extend(path(object));
                    }
                }
                if let Some(path) = path(target) {
                    if let Some(name) = path.strip_prefix("_G.") {
                        self.globals.insert(name.to_owned());
                    }
                    self.paths.insert(path);
                }
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        self.said.extend(expr.text());
        match &expr.kind {
            Kind::Call(callee, args) => self.call(callee, args),
            Kind::Index(object, key) if is_global(object, "_G") => {
                // `_G._G` is the table again.
                self.any_global |= key.text() == Some("_G");
            }
            _ => {}
        }
        // Each use of `_G` that is not one of those that are followed.
        expr.each_child(&mut |child| {
            if is_global(child, "_G") {
                self.any_global |= !is_followed(expr);
            }
        });
    }

    fn call(&mut self, callee: &'a Expr, args: &'a [Expr]) {
        let Kind::Global(name) = &callee.kind else {
            self.filled.extend(args.iter().filter_map(path));
            return;
        };
        if !matches!(
            name.as_str(),
            "pairs" | "ipairs" | "next" | "type" | "rawget"
        ) {
            self.filled.extend(args.iter().filter_map(path));
        }
        match (name.as_str(), args) {
            ("rawset", [table, key, _]) => match key.text() {
                Some(name) if is_global(table, "_G") => {
                    self.globals.insert(name.to_owned());
                }
                Some(name) => {
                    self.fields.insert(name);
                }
                None => {
                    self.any_field = true;
                    self.any_global |= is_global(table, "_G");
                }
            },
            ("setmetatable", _) => self.any_field = true,
            ("getfenv" | "setfenv" | "module", _) => self.any_global = true,
            // With an environment of its own it writes no globals.
            ("load" | "loadstring", [text, ..]) if args.len() < 4 => self.loaded(text),
            _ => {}
        }
    }

    fn loaded(&mut self, text: &Expr) {
        let chunk = text.text().and_then(|text| {
            let ast = syntax::parse(text).ok()?;
            Some(crate::front::resolve::resolve(
                text,
                syntax::Encoding::Utf8,
                &ast,
            ))
        });
        let Some(chunk) = chunk else {
            self.any_global = true;
            return;
        };
        for function in &chunk.functions {
            statements(&function.body, &mut |stmt| match stmt {
                Stmt::Assign(targets, _) => targets.iter().for_each(|target| self.global(target)),
                Stmt::Function(target, _) => self.global(target),
                _ => {}
            });
            expressions(&function.body, &mut |expr| {
                let hidden = ["_G", "rawset", "getfenv", "setfenv", "load", "loadstring"];
                self.any_global |= hidden.iter().any(|name| is_global(expr, name));
            });
        }
    }

    fn global(&mut self, target: &Expr) {
        if let Kind::Global(name) = &target.kind {
            self.globals.insert(name.clone());
        }
    }
}

fn is_global(expr: &Expr, wanted: &str) -> bool {
    matches!(&expr.kind, Kind::Global(name) if name == wanted)
}

/// `_G.name`, `rawget(_G, name)`, `rawset(_G, "name", value)`, `pairs(_G)`
fn is_followed(around: &Expr) -> bool {
    match &around.kind {
        Kind::Index(object, key) => is_global(object, "_G") && key.text().is_some(),
        Kind::Call(callee, _) => ["rawget", "rawset", "pairs", "next", "type"]
            .iter()
            .any(|name| is_global(callee, name)),
        _ => false,
    }
}
