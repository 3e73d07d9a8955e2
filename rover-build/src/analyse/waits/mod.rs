//! Which functions may wait, and by which calls they come to a word that does.
//!
//! A handler that cannot wait is called directly, so that a function that is missed here fails
//! when it waits, and one that is found in error costs a little time. So values are followed
//! wherever they may go: through variables, fields, arguments, results, modules, metamethods,
//! iterators, coroutines, templates and the callbacks of Lua's library. Tables are not told
//! apart. A text that is loaded at run time may say any word.

mod calls;
mod graph;
mod scan;
mod solve;
mod texts;
mod values;
mod way;

use std::collections::{HashMap, HashSet};

use crate::analyse::handlers::Handlers;
use crate::analyse::names::Names;
use crate::front::ids::{FileId, FunctionId, FunctionRef};
use graph::{Graph, Site};
use scan::Scan;
use solve::Solver;
use texts::Texts;
use values::Atoms;
use way::shortest;
pub(crate) use way::{Step, Target};

/// The functions that may wait.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    /// The next call on the shortest way to a word.
    steps: HashMap<Site, Step>,
    /// Something that waits is called somewhere, if only by the runtime.
    any: bool,
    /// `ctx:session()` waits: sessions are in a database.
    pub(crate) sessions: bool,
    /// The program hands so much around that its values are not followed to the end: all may.
    all: bool,
}

impl Waits {
    /// `sessions` is whether sessions are in a database.
    pub(crate) fn find(names: &Names<'_>, handlers: &Handlers, sessions: bool) -> Self {
        let texts = Texts::find(names);
        if !sessions && !texts.may_say_waits() {
            return Waits::default();
        }
        let atoms = Atoms::new(names.sources);
        let mut scan = Scan {
            names,
            servers: &handlers.servers,
            atoms: &atoms,
            texts: &texts,
            graph: Graph::default(),
            ctx: HashSet::new(),
            here: FileId::MANIFEST.function(FunctionId::CHUNK),
        };
        scan.program(&handlers.ctx_flow);
        let mut solver = Solver::new(names, &atoms, &texts, scan.graph, sessions);
        if !solver.solve() {
            return Waits {
                any: true,
                all: true,
                sessions,
                ..Waits::default()
            };
        }
        let mut targets = solver.calls.values().flatten();
        Waits {
            any: targets.any(|(_, target)| target.ends()),
            all: false,
            sessions,
            steps: shortest(solver.calls),
        }
    }

    /// Whether anything that the program calls may.
    pub(crate) fn any(&self) -> bool {
        self.any
    }

    /// Whether a function may.
    pub(crate) fn may_wait(&self, function: FunctionRef) -> bool {
        self.all || self.steps.contains_key(&Site::Function(function))
    }

    /// The shortest way from a function to a word that waits: its calls, one after the other.
    pub(crate) fn way(&self, function: FunctionRef) -> Vec<&Step> {
        let mut site = Site::Function(function);
        let mut way = Vec::new();
        while let Some(step) = self.steps.get(&site) {
            way.push(step);
            site = match step.target {
                Target::Function(function) => Site::Function(function),
                Target::Template => Site::Template,
                Target::Word(_) | Target::Loaded => break,
            };
        }
        way
    }
}
