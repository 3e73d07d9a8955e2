//! What the names in a template mean: a local of the template, a component or a function
//! of the library where they are called, a library where they are indexed, else a field of
//! the data.

use std::collections::BTreeSet;

use crate::front::hir::{Chunk, Expr, Kind, Span, Stmt};

/// Functions that are called by their name.
const FUNCTIONS: [&str; 18] = [
    "assert",
    "error",
    "getmetatable",
    "ipairs",
    "next",
    "pairs",
    "pcall",
    "print",
    "rawequal",
    "rawget",
    "rawlen",
    "rawset",
    "select",
    "setmetatable",
    "tonumber",
    "tostring",
    "type",
    "unpack",
];

const LIBRARIES: [&str; 7] = ["string", "table", "math", "bit", "os", "coroutine", "rover"];

/// What a template may name.
#[derive(Clone, Copy)]
pub(super) struct Names<'a> {
    /// The components' names, where they are known.
    pub(super) components: Option<&'a BTreeSet<String>>,
    /// The fields of the data, where all are known.
    pub(super) fields: Option<&'a [String]>,
    /// The locals of the template's file: it does not see them.
    pub(super) locals: &'a BTreeSet<&'a str>,
}

/// A name that means something else than a local.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) span: Span,
    pub(super) name: String,
    pub(super) meaning: Meaning,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Field,
    /// The data as a whole: `data`.
    Data,
    Component,
    /// A function or a library.
    Global,
    /// None of these: as a variable or as a function.
    Unknown,
    UnknownCall,
    /// It is assigned to.
    Assigned,
}

/// How a name is used.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Value,
    Called,
    Indexed,
}

impl Names<'_> {
    /// Whether a name may mean something else than a field, so that a variable must have
    /// another name.
    pub(super) fn is_reserved(&self, name: &str) -> bool {
        self.named_component(name)
            || FUNCTIONS.contains(&name)
            || LIBRARIES.contains(&name)
            || name == "data"
    }

    /// Whether a name that is called is a component.
    pub(super) fn is_component(&self, name: &str) -> bool {
        self.meaning(name, Role::Called) == Meaning::Component
    }

    fn named_component(&self, name: &str) -> bool {
        self.components.is_some_and(|names| names.contains(name))
    }

    fn meaning(&self, name: &str, role: Role) -> Meaning {
        let known = self.fields.is_some_and(|f| f.iter().any(|f| f == name));
        match role {
            Role::Called if self.named_component(name) => Meaning::Component,
            Role::Called if FUNCTIONS.contains(&name) => Meaning::Global,
            _ if known => Meaning::Field,
            Role::Called if self.components.is_none() => Meaning::Component,
            Role::Called => Meaning::UnknownCall,
            Role::Indexed if LIBRARIES.contains(&name) => Meaning::Global,
            _ if name == "data" => Meaning::Data,
            _ if self.fields.is_none() => Meaning::Field,
            _ if self.named_component(name) => Meaning::Component,
            _ => Meaning::Unknown,
        }
    }

    /// Every name of a template's code that is no local.
    pub(super) fn find(&self, chunk: &Chunk) -> Vec<Name> {
        let mut found = Vec::new();
        for function in &chunk.functions {
            self.block(&function.body, &mut found);
        }
        found.sort_by_key(|name| name.span.start);
        found
    }

    fn block(&self, block: &[Stmt], found: &mut Vec<Name>) {
        for stmt in block {
            let mut blocks = Vec::new();
            match stmt {
                Stmt::Assign(targets, values) => {
                    targets.iter().for_each(|target| self.target(target, found));
                    values.iter().for_each(|e| self.expr(e, Role::Value, found));
                }
                Stmt::Function(target, _) => self.target(target, found),
                _ => stmt.parts(&mut |e| self.expr(e, Role::Value, found), &mut |inner| {
                    blocks.push(inner)
                }),
            }
            for inner in blocks {
                self.block(inner, found);
            }
        }
    }

    fn target(&self, target: &Expr, found: &mut Vec<Name>) {
        match &target.kind {
            Kind::Global(name) => found.push(Name {
                span: target.span,
                name: name.clone(),
                meaning: Meaning::Assigned,
            }),
            _ => self.expr(target, Role::Value, found),
        }
    }

    fn expr(&self, expr: &Expr, role: Role, found: &mut Vec<Name>) {
        match &expr.kind {
            Kind::Global(name) if !name.starts_with("__") => found.push(Name {
                span: expr.span,
                name: name.clone(),
                meaning: self.meaning(name, role),
            }),
            Kind::Call(callee, args) => {
                self.expr(callee, Role::Called, found);
                args.iter()
                    .for_each(|arg| self.expr(arg, Role::Value, found));
            }
            Kind::Index(object, key) => {
                self.expr(object, Role::Indexed, found);
                self.expr(key, Role::Value, found);
            }
            _ => expr.each_child(&mut |child| self.expr(child, Role::Value, found)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::{GLOBALS, Kind as WordKind, word};

    #[test]
    fn what_templates_call_and_index_are_words() {
        let kind = |name| word(GLOBALS, name).map(|word| word.kind);
        for name in FUNCTIONS {
            assert_eq!(kind(name), Some(WordKind::Function), "{name}");
        }
        for name in LIBRARIES {
            assert_eq!(kind(name), Some(WordKind::Table), "{name}");
        }
    }
}
