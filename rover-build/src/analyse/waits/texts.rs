//! What the program's texts may say: which libraries it may change or hand around, which
//! metamethods it has, and what templates call.

use std::collections::{BTreeSet, HashSet};

use crate::analyse::names::Names;
use crate::front::hir::{Expr, Field, Kind, Stmt};
use crate::front::ids::FileId;
use crate::vocabulary::{self, GLOBALS, Kind as WordKind, words};

#[derive(Default)]
pub(super) struct Texts<'a> {
    /// The metamethods of which the program has any.
    pub(super) events: HashSet<&'a str>,
    /// A metamethod's name is a value somewhere: it may be a computed key.
    pub(super) computed_events: bool,
    /// Values may come out of a coroutine.
    pub(super) coroutines: bool,
    /// Libraries and globals that the program assigns to, or hands around as values.
    changed: HashSet<String>,
    /// The environment is handed around.
    any_changed: bool,
    /// Words may be said that are no names of the text.
    hidden: bool,
    /// All names and texts.
    said: HashSet<&'a str>,
    /// The names that templates call.
    pub(super) called: BTreeSet<&'a str>,
    /// A template calls what it finds in a list.
    pub(super) calls_items: bool,
    /// A waiting word that a template may call, by its path.
    pub(super) word: Option<String>,
}

impl<'a> Texts<'a> {
    pub(super) fn find(names: &Names<'a>) -> Self {
        let mut texts = Texts::default();
        for (file, source) in names.sources.files.numbered() {
            let mut look = Look {
                names,
                file,
                texts: &mut texts,
            };
            for function in &source.hir.functions {
                look.block(&function.body);
            }
        }
        for template in &names.sources.templates {
            texts.template(&template.text);
        }
        texts
    }

    /// Whether the program may say a word that waits.
    pub(super) fn may_say_waits(&self) -> bool {
        let handed = ["rover", "rover.http", "rover.fs", "io"];
        let handed = handed.iter().any(|library| self.changed.contains(*library));
        // Or one that gives an object whose methods do.
        let waiting = words().iter();
        let waiting = waiting.filter(|w| w.waits(true) || w.tag("needs").is_some());
        let mut functions = waiting.filter(|word| word.kind == WordKind::Function);
        self.any_changed
            || self.hidden
            || handed
            || self.word.is_some()
            || functions.any(|word| {
                let mut parts = word.owner.split('.').chain([word.name]);
                parts.all(|part| self.said.contains(part))
            })
    }

    /// Whether a library or a global may be another than the vocabulary says.
    pub(super) fn is_changed(&self, path: &str) -> bool {
        let mut ends = path.match_indices('.').map(|(at, _)| at);
        self.any_changed
            || self.changed.contains(path)
            || ends.any(|end| self.changed.contains(&path[..end]))
    }

    fn text(&mut self, text: &'a str) {
        self.said.insert(text);
        if text.starts_with("__") {
            self.events.insert(text);
            self.computed_events = true;
        }
        if text.contains("{{") || text.contains("{%") {
            self.template(text);
        }
    }

    /// What a template calls, by the names before brackets and texts.
    fn template(&mut self, text: &'a str) {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let mut rest = text;
        let mut loops: BTreeSet<&str> = BTreeSet::new();
        let mut all: BTreeSet<&str> = BTreeSet::new();
        let mut in_loop = false;
        while let Some(start) = rest.find(is_name) {
            rest = &rest[start..];
            let end = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            in_loop = match name {
                "for" => true,
                "in" => false,
                _ => in_loop,
            };
            if in_loop {
                loops.insert(name);
            }
            all.insert(name);
            if after.trim_start().starts_with(['(', '{', '"', '\'', '[']) {
                self.called.insert(name);
            }
            rest = after;
        }
        self.calls_items |= loops.iter().any(|name| self.called.contains(name));
        let waiting = words().iter().filter(|word| word.waits(true));
        let said = waiting.filter(|w| w.kind == WordKind::Function).find(|w| {
            let mut parts = w.owner.split('.').chain([w.name]);
            parts.all(|part| all.contains(part))
        });
        self.word = self.word.take().or(said.map(|word| word.path()));
    }
}

struct Look<'n, 'a, 't> {
    names: &'n Names<'a>,
    file: FileId,
    texts: &'t mut Texts<'a>,
}

impl<'a> Look<'_, 'a, '_> {
    fn block(&mut self, block: &'a [Stmt]) {
        for stmt in block {
            match stmt {
                // A local that stands for a library is followed.
                Stmt::Local(vars, values) => {
                    for (at, value) in values.iter().enumerate() {
                        let known = vars.get(at).and_then(|v| self.names.value(self.file, *v));
                        match known.is_some_and(|known| std::ptr::eq(known, value)) {
                            true => self.inside(value),
                            false => self.expr(value),
                        }
                    }
                }
                Stmt::Assign(targets, values) => {
                    targets.iter().for_each(|target| self.target(target));
                    values.iter().for_each(|value| self.expr(value));
                }
                Stmt::Function(target, _) => self.target(target),
                _ => stmt.parts(&mut |expr| self.expr(expr), &mut |_| {}),
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.block(inner));
        }
    }

    fn target(&mut self, target: &'a Expr) {
        match &target.kind {
            Kind::Global(name) => drop(self.texts.changed.insert(name.clone())),
            Kind::Index(object, key) => {
                self.texts
                    .changed
                    .extend(path(self.names, self.file, object));
                self.key(key);
                self.inside(object);
            }
            _ => {}
        }
    }

    /// A key names a field; what is not constant is a value as others are.
    fn key(&mut self, key: &'a Expr) {
        self.texts.said.extend(key.text());
        match key.text() {
            Some(name) if name.starts_with("__") => drop(self.texts.events.insert(name)),
            Some(_) => {}
            None => self.expr(key),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Var(_) | Kind::Global(_) | Kind::Index(..) => {
                let whole = path(self.names, self.file, expr);
                self.texts
                    .changed
                    .extend(whole.filter(|path| is_library(path)));
            }
            _ => {}
        }
        self.inside(expr);
    }

    /// What is in an expression; itself it is followed.
    fn inside(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Text(Some(text)) => self.texts.text(text),
            Kind::Global(name) => {
                self.texts.said.insert(name);
                self.texts.hidden |= matches!(name.as_str(), "load" | "loadstring" | "require");
                let environment = ["_G", "getfenv", "setfenv", "package"];
                self.texts.any_changed |= environment.contains(&name.as_str());
            }
            // `_G.name` is the global.
            Kind::Index(object, key) if is_global(object, "_G") && key.text().is_some() => {
                self.texts.changed.extend(key.text().map(str::to_owned));
            }
            Kind::Index(object, key)
                if is_global(object, "package") && key.text().is_some_and(|k| k != "loaded") => {}
            Kind::Index(object, key) => {
                if key.text().is_none() {
                    let walked = path(self.names, self.file, object);
                    let walked = walked.filter(|path| is_library(path));
                    self.texts.changed.extend(walked);
                }
                self.texts.coroutines |= matches!(key.text(), Some("wrap" | "resume"));
                self.inside(object);
                self.key(key);
            }
            Kind::Call(callee, args) => {
                let is_require = is_global(callee, "require");
                match args.first() {
                    Some(module) if is_require && module.text().is_some() => {
                        self.texts.changed.extend(module.text().map(str::to_owned));
                    }
                    Some(module) if is_require && begins_with_folder(module) => {}
                    _ => self.inside(callee),
                }
                args.iter().for_each(|arg| self.expr(arg));
            }
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Item(value) => self.expr(value),
                        Field::Named(name, value) => {
                            if name.starts_with("__") {
                                self.texts.events.insert(name);
                            }
                            self.expr(value);
                        }
                        Field::Keyed(key, value) => {
                            self.key(key);
                            self.expr(value);
                        }
                    }
                }
            }
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }
}

fn is_global(expr: &Expr, wanted: &str) -> bool {
    matches!(&expr.kind, Kind::Global(name) if name == wanted)
}

/// The name of a global or of something in one: `rover.http`.
fn path(names: &Names<'_>, file: FileId, expr: &Expr) -> Option<String> {
    match &names.followed(file, expr).kind {
        Kind::Global(name) => Some(name.clone()),
        Kind::Index(object, key) => Some(format!("{}.{}", path(names, file, object)?, key.text()?)),
        _ => None,
    }
}

fn is_library(path: &str) -> bool {
    let (owner, name) = path.rsplit_once('.').unwrap_or((GLOBALS, path));
    vocabulary::word(owner, name).is_some_and(|word| word.kind == WordKind::Table)
}

/// `"routes." .. name`: no library has such a name.
pub(super) fn begins_with_folder(name: &Expr) -> bool {
    match &name.kind {
        Kind::Concat(left, _) => {
            begins_with_folder(left) || left.text().is_some_and(|text| text.contains('.'))
        }
        Kind::Paren(inner) => begins_with_folder(inner),
        _ => false,
    }
}
