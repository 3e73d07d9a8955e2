//! The shortest way from each function to a word that waits.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};

use super::graph::Site;
use crate::front::ids::{FunctionRef, TextRange};

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
    pub(super) fn ends(&self) -> bool {
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

/// From those that call a word on, whoever calls them.
pub(super) fn shortest(calls: HashMap<Site, Vec<(TextRange, Target)>>) -> HashMap<Site, Step> {
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
                    if let Entry::Vacant(first) = steps.entry(site) {
                        first.insert(Step { at, target });
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
            if let Entry::Vacant(first) = steps.entry(site) {
                let target = target.clone();
                first.insert(Step { at, target });
                queue.push_back(site);
            }
        }
    }
    steps
}
