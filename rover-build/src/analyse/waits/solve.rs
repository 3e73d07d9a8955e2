//! Follows values through the graph until nothing new comes anywhere, and notes who calls whom.

use std::collections::{HashMap, HashSet};

use super::graph::{Access, Call, Graph, Node, Place, Site};
use super::texts::Texts;
use super::values::{Atom, Atoms};
use super::way::Target;
use crate::analyse::names::Names;
use crate::front::hir::FunctionId;
use crate::front::ids::{FunctionRef, TextRange};
use crate::vocabulary::{self, GLOBALS, Kind as WordKind, NODE, SERVER, Word, words};

/// Objects that render a template when they are called.
const PAGES: [&str; 3] = ["rover.Html", "rover.HtmlBuilder", "rover.Response"];

/// Functions that give what is in a table.
const READERS: [&str; 5] = ["pairs", "next", "rawget", "unpack", "get"];

/// What calls and reads see at most: a program where all comes everywhere would take seconds, and
/// hardly a function of it be found that does not wait.
const MOST_VALUES: usize = 50_000;
/// What is added to that for each call of the program's text.
const MOST_OF_CALL: usize = 20;

pub(super) struct Solver<'n, 'a> {
    pub(super) names: &'n Names<'a>,
    pub(super) atoms: &'n Atoms,
    pub(super) texts: &'n Texts<'a>,
    pub(super) graph: Graph<'a>,
    /// Sessions are in a database.
    sessions: bool,
    /// Who calls what, and where.
    pub(super) calls: HashMap<Site, Vec<(TextRange, Target)>>,
    seen: HashSet<(Site, TextRange, Target)>,
    /// The arguments and the results of functions that words call.
    by_words: HashMap<Site, (Node, Node)>,
    /// Functions that words call, and with what.
    callbacks: HashSet<(Site, Node, Node)>,
    /// Libraries that are walked through, and where their words come to.
    walked: HashSet<(Node, Node)>,
}

impl<'n, 'a> Solver<'n, 'a> {
    pub(super) fn new(
        names: &'n Names<'a>,
        atoms: &'n Atoms,
        texts: &'n Texts<'a>,
        graph: Graph<'a>,
        sessions: bool,
    ) -> Self {
        Solver {
            names,
            atoms,
            texts,
            graph,
            sessions,
            calls: HashMap::new(),
            seen: HashSet::new(),
            by_words: HashMap::new(),
            callbacks: HashSet::new(),
            walked: HashSet::new(),
        }
    }

    /// Follows all values; whether that came to its end.
    pub(super) fn solve(&mut self) -> bool {
        self.templates();
        if self.texts.computed_events {
            let computed = self.graph.place(Place::Computed);
            for event in &self.texts.events {
                let field = self.graph.place(Place::Field(event));
                self.graph.flow(computed, field);
            }
        }
        let most = MOST_VALUES + MOST_OF_CALL * self.graph.calls.len();
        let mut looked_at = 0;
        while let Some(news) = self.graph.step() {
            let atoms = news.calls.iter().chain(&news.accesses);
            looked_at += atoms.map(|(_, atoms)| atoms.len()).sum::<usize>();
            if looked_at > most {
                return false;
            }
            for (at, atoms) in news.calls {
                let call = self.graph.calls[at].0.clone();
                for atom in atoms {
                    self.called(&call, self.atoms.atom(atom));
                }
            }
            for (at, atoms) in news.accesses {
                let access = self.graph.accesses[at].0;
                for atom in atoms {
                    self.accessed(access, self.atoms.atom(atom));
                }
            }
        }
        true
    }

    /// What templates call: what the program calls by the same names.
    fn templates(&mut self) {
        let at = crate::front::ids::FileId::MANIFEST.at(0);
        let mut callees: Vec<Node> = Vec::new();
        let printed = ["__tostring", "__index"].into_iter();
        for name in printed.filter(|event| self.texts.events.contains(event)) {
            callees.push(self.graph.place(Place::Field(name)));
        }
        for name in &self.texts.called {
            callees.push(self.graph.place(Place::Field(name)));
        }
        if self.texts.calls_items {
            callees.push(self.graph.place(Place::Stored));
        }
        let stored = self.graph.place(Place::Stored);
        for callee in callees {
            let result = self.graph.fresh();
            self.graph.call(Call {
                site: Site::Template,
                at,
                callee,
                args: vec![stored],
                open: true,
                result,
                text: None,
            });
        }
        if let Some(word) = self.texts.word.clone() {
            self.note(Site::Template, at, Target::Word(word));
        }
    }

    fn note(&mut self, site: Site, at: TextRange, target: Target) {
        if self.seen.insert((site, at, target.clone())) {
            self.calls.entry(site).or_default().push((at, target));
        }
    }

    fn give(&mut self, to: Node, atom: Atom) {
        self.graph.insert(to, self.atoms.number(atom));
    }

    fn take(&mut self, from: Place<'a>, to: Node) {
        let from = self.graph.place(from);
        self.graph.flow(from, to);
    }

    fn called(&mut self, call: &Call<'a>, atom: Atom) {
        match atom {
            Atom::Function(function) => {
                self.note(call.site, call.at, Target::Function(function));
                self.passed(call, function);
            }
            Atom::Word(word) => self.word(call, &words()[word]),
            Atom::Page => self.page(call),
            Atom::Loaded => self.note(call.site, call.at, Target::Loaded),
            Atom::Object(object) => {
                let owner = self.atoms.owner(object);
                if PAGES.contains(&owner) {
                    self.page(call);
                }
                let given = vocabulary::call(owner);
                for result in given.iter().flat_map(|word| &word.results) {
                    self.typed(result.of_type, call.result);
                }
                for arg in &call.args {
                    self.graph.flow(*arg, call.result);
                }
            }
        }
    }

    fn page(&mut self, call: &Call<'a>) {
        self.note(call.site, call.at, Target::Template);
        self.give(call.result, Atom::Page);
    }

    /// Objects and functions of a type of the vocabulary.
    fn typed(&mut self, of_type: &str, to: Node) {
        for atom in self.atoms.of_type(of_type) {
            self.give(to, atom);
        }
        if of_type.starts_with("fun(") && of_type.ends_with("rover.SafeHtml") {
            self.give(to, Atom::Page);
        }
    }

    /// The arguments of a function of the program, and what it returns.
    fn passed(&mut self, call: &Call<'a>, function: FunctionRef) {
        let FunctionRef { file, id } = function;
        let callee = &self.names.sources.files[file].hir.functions[id];
        for (at, param) in callee.params.iter().enumerate() {
            let many = call.args.last().filter(|_| call.open);
            if let Some(arg) = call.args.get(at).or(many) {
                let to = self.graph.place(Place::Var(file.var(*param)));
                self.graph.flow(*arg, to);
            }
        }
        if callee.variadic {
            let to = self.graph.place(Place::Varargs(function));
            let last = call.args.len().saturating_sub(1);
            for arg in call.args.iter().skip(callee.params.len().min(last)) {
                self.graph.flow(*arg, to);
            }
        }
        self.take(Place::Returned(function), call.result);
    }

    /// What a function or a method of the vocabulary does with its arguments.
    fn word(&mut self, call: &Call<'a>, word: &'static Word) {
        if word.waits(self.sessions) {
            self.note(call.site, call.at, Target::Word(said(word)));
        }
        self.callbacks(call, word);
        self.stores(call, word);
        self.results(call, word);
    }

    /// Functions that it is given.
    fn callbacks(&mut self, call: &Call<'a>, word: &'static Word) {
        let of_object = usize::from(word.kind == WordKind::Method);
        for (at, arg) in call.args.iter().enumerate().skip(of_object) {
            let from = (at - of_object).min(word.parameters.len().saturating_sub(1));
            // The last argument may stand for all that are left.
            let many = call.open && at + 1 == call.args.len();
            let parameters = word.parameters[from..].iter();
            let mut parameters = parameters.take(if many { usize::MAX } else { 1 });
            if parameters.any(|parameter| is_callable(parameter.of_type)) {
                self.callback(call, word, *arg);
            }
        }
        for event in events(word) {
            self.metamethod(call, event, call.args.clone(), call.result);
        }
    }

    /// A metamethod that a word calls, where the program has any of that name.
    fn metamethod(&mut self, call: &Call<'a>, event: &'static str, args: Vec<Node>, result: Node) {
        if !self.texts.events.contains(event) {
            return;
        }
        let callee = self.graph.place(Place::Field(event));
        if self.callbacks.insert((call.site, callee, result)) {
            self.graph.call(Call {
                callee,
                args,
                open: true,
                result,
                text: None,
                ..call.clone()
            });
        }
    }

    /// A function that a word is given, and calls with what it was given.
    fn callback(&mut self, call: &Call<'a>, word: &'static Word, callee: Node) {
        let site = match word.tag("keeps") {
            Some(_) => Site::Outside,
            None => call.site,
        };
        let (args, result) = self.given_by_words(site);
        if !self.callbacks.insert((site, callee, args)) {
            return;
        }
        for arg in &call.args {
            self.graph.flow(*arg, args);
        }
        if matches!(word.owner, "table" | "rover") {
            self.take(Place::Stored, args);
        }
        self.graph.call(Call {
            site,
            at: call.at,
            callee,
            args: vec![args],
            open: true,
            result,
            text: None,
        });
        // What it is given may be a table, which is the first argument then.
        if self.texts.events.contains("__call") {
            self.graph.flow(callee, args);
        }
        let own = Call {
            site,
            ..call.clone()
        };
        self.metamethod(&own, "__call", vec![args], result);
        self.graph.flow(result, call.result);
        let items = self.graph.place(Place::Items);
        self.graph.flow(result, items);
        self.take(Place::Raised, call.result);
        if self.texts.coroutines {
            let passed = self.graph.place(Place::Passed);
            self.graph.flow(args, passed);
            self.graph.flow(result, passed);
        }
    }

    /// What words give to the functions that they call in a function, and what those return: one
    /// place for all, so that a word that calls a word comes to an end.
    fn given_by_words(&mut self, site: Site) -> (Node, Node) {
        if let Some(nodes) = self.by_words.get(&site) {
            return *nodes;
        }
        let nodes = (self.graph.fresh(), self.graph.fresh());
        self.by_words.insert(site, nodes);
        nodes
    }

    /// Where it keeps what it is given.
    fn stores(&mut self, call: &Call<'a>, word: &Word) {
        let to: &[Place<'a>] = match (word.owner, word.name) {
            ("table", _) => &[Place::Items],
            (GLOBALS, "rawset") | (vocabulary::CTX, "set") => &[Place::Items, Place::Computed],
            (GLOBALS, "error" | "assert") => &[Place::Raised],
            ("coroutine", _) => &[Place::Passed],
            _ => return,
        };
        for place in to {
            let to = self.graph.place(place.clone());
            call.args.iter().for_each(|arg| self.graph.flow(*arg, to));
        }
    }

    /// What it gives.
    fn results(&mut self, call: &Call<'a>, word: &'static Word) {
        let result = call.result;
        for given in &word.results {
            self.typed(given.of_type, result);
            // The iterator of a word that waits waits as it does.
            if given.of_type.starts_with("fun(") && word.waits(self.sessions) {
                let (at, _) = self.atoms.word(word.owner, word.name).unwrap_or((0, word));
                self.give(result, Atom::Word(at));
            }
        }
        if word.results.iter().any(|given| is_any(given.of_type)) {
            call.args
                .iter()
                .for_each(|arg| self.graph.flow(*arg, result));
        }
        match (word.owner, word.name) {
            (GLOBALS, "ipairs") => {
                self.take(Place::Items, result);
                self.take(Place::Computed, result);
            }
            (GLOBALS | vocabulary::CTX, name) if READERS.contains(&name) => {
                self.take(Place::Stored, result);
                self.members(call);
            }
            ("table", _) => {
                self.take(Place::Stored, result);
                self.members(call);
            }
            ("coroutine", _) => {
                self.take(Place::Passed, result);
                self.take(Place::Stored, result);
            }
            (GLOBALS, "load" | "loadstring") => self.loaded(call),
            (GLOBALS, "getfenv") => self.give_all(result),
            (GLOBALS, "require") => {
                for file in self.names.sources.files.ids() {
                    self.take(Place::Returned(file.function(FunctionId::CHUNK)), result);
                }
                self.give_all(result);
            }
            _ => {}
        }
    }

    /// Where a library is walked through, its words.
    fn members(&mut self, call: &Call<'a>) {
        for arg in &call.args {
            if self.walked.insert((*arg, call.result)) {
                let read = Access::Read(None, call.result);
                self.graph.access(*arg, read);
            }
        }
    }

    /// A text that becomes a function: what it may say is known where it is constant.
    fn loaded(&mut self, call: &Call<'a>) {
        let mut waiting = words().iter().filter(|word| word.waits(true));
        if let Some(text) = call.text
            && !waiting.any(|word| text.contains(word.name))
        {
            return;
        }
        self.give(call.result, Atom::Loaded);
    }

    /// All libraries.
    fn give_all(&mut self, to: Node) {
        for atom in self.atoms.members(GLOBALS) {
            self.give(to, atom);
        }
    }

    fn accessed(&mut self, access: Access<'a>, atom: Atom) {
        let Atom::Object(object) = atom else {
            return;
        };
        let owner = self.atoms.owner(object);
        let of_server = matches!(owner, SERVER | NODE);
        match access {
            Access::Write(value) => {
                if of_server {
                    let routes = self.graph.place(Place::Routes);
                    self.graph.flow(value, routes);
                }
            }
            Access::Read(name, result) => {
                let members = match name {
                    Some(name) => self.atoms.member(owner, name),
                    None => self.atoms.members(owner),
                };
                members.into_iter().for_each(|atom| self.give(result, atom));
                if of_server && !name.is_some_and(vocabulary::is_builder) {
                    self.take(Place::Routes, result);
                }
                // `package.loaded` leads to everything.
                if owner == "package" && matches!(name, None | Some("loaded" | "_G")) {
                    self.give(result, atom);
                    self.give_all(result);
                }
            }
        }
    }
}

/// The metamethods that a word calls of what it is given.
fn events(word: &Word) -> &'static [&'static str] {
    match (word.owner, word.name) {
        (GLOBALS, "pairs") => &["__pairs"],
        (GLOBALS, "ipairs") => &["__ipairs", "__index"],
        (GLOBALS, "tostring" | "print") | ("rover.log", _) => &["__tostring"],
        ("string", "gsub") => &["__index"],
        ("table", "sort") => &["__lt", "__index", "__newindex", "__len"],
        ("table", _) => &["__index", "__newindex", "__len"],
        _ => &[],
    }
}

/// A word as people say it.
fn said(word: &Word) -> String {
    match word.kind {
        WordKind::Method => format!("{}:{}", word.owner, word.name),
        _ => word.path(),
    }
}

fn is_callable(of_type: &str) -> bool {
    of_type.contains("fun") || of_type.contains("thread")
}

/// Whether a value of this type may be one that was given.
fn is_any(of_type: &str) -> bool {
    let types = ["any", "function", "table", "thread"];
    types.iter().any(|name| of_type.contains(name))
}
