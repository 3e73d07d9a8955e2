//! What depends on the environment: what a program has defined in the build's, beside what it has
//! defined in others.

use std::collections::BTreeSet;

use rover_model::OptionValue;

use crate::collect::entry::{Entry, Policy, Recorded};
use crate::collect::worlds::Asked;
use crate::diagnostic::Position;

/// What a run has defined.
#[derive(Clone, Copy)]
pub(crate) struct Defined<'a> {
    pub(crate) entries: &'a [Entry],
    pub(crate) options: &'a [(String, OptionValue)],
    pub(crate) policies: &'a [Policy],
}

/// What depends on the environment.
#[derive(Debug, Default)]
pub(crate) struct Dependent {
    /// Options of `rover.server` whose values come from words of `rover`.
    pub(crate) options: BTreeSet<String>,
    /// The paths whose policies come from there.
    pub(crate) policies: BTreeSet<Vec<String>>,
    /// Routes and hooks that there are, or whose functions there are, in one environment only.
    pub(crate) routes: Vec<DependentRoute>,
}

/// A route or hook that depends on the environment.
#[derive(Clone, Debug)]
pub(crate) struct DependentRoute {
    /// `api.users.get`, without the server's name.
    pub(crate) key: String,
    /// Where it is defined, in the environment where it is.
    pub(crate) position: Position,
    /// It is there always, and its function is not.
    pub(crate) is_there: bool,
    /// A variable that decides, as far as one alone does.
    pub(crate) variable: Option<Asked>,
    /// It was seen by changing what words of `rover` give.
    pub(crate) by_rover: bool,
}

impl Dependent {
    /// Adds what a run in another environment shows; `alone` tells of the same with single
    /// variables.
    pub(crate) fn add(
        &mut self,
        (built, other): (Defined<'_>, Defined<'_>),
        by_rover: bool,
        alone: impl FnOnce(&mut dyn FnMut(Defined<'_>, &Asked)),
    ) {
        if by_rover {
            self.options.extend(options(built, other));
            self.policies.extend(policies(built, other));
        }
        let mut new = routes(built, other, by_rover);
        new.retain(|route| !self.routes.iter().any(|known| known.key == route.key));
        if new.is_empty() {
            return;
        }
        alone(&mut |single, asked| {
            let seen = routes(built, single, by_rover);
            for route in new.iter_mut().filter(|route| route.variable.is_none()) {
                if seen.iter().any(|seen| seen.key == route.key) {
                    route.variable = Some(asked.clone());
                }
            }
        });
        self.routes.append(&mut new);
    }
}

/// The options that differ.
fn options(built: Defined<'_>, other: Defined<'_>) -> Vec<String> {
    let names = built.options.iter().chain(other.options);
    let value = |run: Defined<'_>, name: &str| {
        let mut options = run.options.iter();
        options
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    };
    let differs = |name: &&String| value(built, name) != value(other, name);
    names
        .map(|(name, _)| name)
        .filter(differs)
        .cloned()
        .collect()
}

/// The paths whose policies differ.
fn policies(built: Defined<'_>, other: Defined<'_>) -> Vec<Vec<String>> {
    let differs = |policy: &&Policy| {
        let mut others = other.policies.iter();
        let same =
            |other: &Policy| other.entry.path == policy.entry.path && other.value == policy.value;
        !others.any(same)
    };
    let paths = built.policies.iter().filter(differs);
    paths.map(|policy| policy.entry.path.clone()).collect()
}

/// The routes and hooks that differ.
fn routes(built: Defined<'_>, other: Defined<'_>, by_rover: bool) -> Vec<DependentRoute> {
    let in_one = |run: Defined<'_>, other: Defined<'_>| {
        let entries = run.entries.iter();
        let only = entries.filter(|entry| !other.entries.iter().any(|other| same(entry, other)));
        let dependent = only.map(|entry| DependentRoute {
            key: key(entry),
            position: entry.position.clone(),
            is_there: other.entries.iter().any(|other| key(other) == key(entry)),
            variable: None,
            by_rover,
        });
        dependent.collect::<Vec<_>>()
    };
    let mut found = in_one(other, built);
    for route in in_one(built, other) {
        if !found.iter().any(|known| known.key == route.key) {
            found.push(route);
        }
    }
    found
}

fn key(entry: &Entry) -> String {
    let mut parts = entry.path.clone();
    parts.push(entry.key.clone());
    parts.join(".")
}

/// Whether both are the same route with the same function.
fn same(one: &Entry, other: &Entry) -> bool {
    let function = match (&one.value, &other.value) {
        (Recorded::Function(one), Recorded::Function(other)) => one == other,
        (Recorded::Other(one), Recorded::Other(other)) => one == other,
        _ => false,
    };
    function && (&one.path, &one.key) == (&other.path, &other.key)
}
