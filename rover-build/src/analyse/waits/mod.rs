//! Which functions may wait, and by which calls they come to a word that does.
//!
//! A handler that cannot wait is called directly, so that a function that is missed here fails
//! when it waits, and one that is found in error costs a little time. So values are followed
//! wherever they may go: through variables, fields, arguments, results, modules, metamethods,
//! iterators, coroutines, templates and the callbacks of Lua's library. Tables are not told
//! apart. A text that is loaded at run time may say any word.

mod graph;
mod scan;
mod solve;
mod texts;
mod values;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use crate::analyse::handlers::Handlers;
use crate::analyse::names::Names;
use crate::front::ids::{FileId, FunctionId, FunctionRef, TextRange};
use graph::{Graph, Site};
use scan::Scan;
use solve::Solver;
use texts::Texts;
use values::Atoms;

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Target {
    /// A function of the program.
    Function(FunctionRef),
    /// A template, which calls others.
    Template,
    /// A word that waits.
    Word(String),
    /// A function that was made of a text at run time.
    Loaded,
}

impl Target {
    /// Whether it waits itself.
    fn ends(&self) -> bool {
        matches!(self, Target::Word(_) | Target::Loaded)
    }
}

/// A call on the way to a word that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// Where it stands.
    pub(crate) at: TextRange,
    pub(crate) target: Target,
}

/// The functions that may wait.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    /// The next call on the shortest way to a word.
    steps: HashMap<Site, Step>,
    /// Something that waits is called somewhere, if only by the runtime.
    any: bool,
}

impl Waits {
    pub(crate) fn find(names: &Names<'_>, handlers: &Handlers) -> Self {
        let texts = Texts::find(names);
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
        let mut solver = Solver::new(names, &atoms, &texts, scan.graph);
        solver.solve();
        let mut targets = solver.calls.values().flatten();
        Waits {
            any: targets.any(|(_, target)| target.ends()),
            steps: shortest(solver.calls),
        }
    }

    /// Whether anything that the program calls may.
    pub(crate) fn any(&self) -> bool {
        self.any
    }

    /// Whether a function may.
    pub(crate) fn may_wait(&self, function: FunctionRef) -> bool {
        self.steps.contains_key(&Site::Function(function))
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

/// From those that call a word on, whoever calls them.
fn shortest(calls: HashMap<Site, Vec<(TextRange, Target)>>) -> HashMap<Site, Step> {
    let mut callers: BTreeMap<Site, Vec<(Site, TextRange)>> = BTreeMap::new();
    let mut steps: HashMap<Site, Step> = HashMap::new();
    let mut queue = VecDeque::new();
    let mut sites: Vec<_> = calls
        .into_iter()
        .filter(|(s, _)| *s != Site::Outside)
        .collect();
    sites.sort_by_key(|(site, _)| *site);
    for (site, mut calls) in sites {
        calls.sort_by_key(|(at, _)| *at);
        for (at, target) in calls {
            let callee = match target {
                Target::Function(function) => Site::Function(function),
                Target::Template => Site::Template,
                Target::Word(_) | Target::Loaded => {
                    if !steps.contains_key(&site) {
                        steps.insert(site, Step { at, target });
                        queue.push_back(site);
                    }
                    continue;
                }
            };
            callers.entry(callee).or_default().push((site, at));
        }
    }
    while let Some(callee) = queue.pop_front() {
        let target = match callee {
            Site::Function(function) => Target::Function(function),
            Site::Template | Site::Outside => Target::Template,
        };
        for (site, at) in callers.remove(&callee).unwrap_or_default() {
            if steps.contains_key(&site) {
                continue;
            }
            let target = target.clone();
            steps.insert(site, Step { at, target });
            queue.push_back(site);
        }
    }
    steps
}
