//! How much cargo will have to say of a crate: what the bar's end is.
//!
//! cargo tells each library, procedural macro and build script that is there, built or found
//! built. What a procedural macro or a build script needs is built apart from what the program
//! needs, where that is optimised.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde_json::Value;

use super::cargo::cargo;

/// About how many messages there will be; the bar goes on where there are more.
pub(super) fn count(folder: &Path, optimised: bool) -> u64 {
    let told = cargo(folder)
        .args(["metadata", "--format-version=1", "--filter-platform", HOST])
        .output();
    let metadata = told
        .ok()
        .and_then(|told| serde_json::from_slice(&told.stdout).ok());
    metadata.map_or(1, |metadata: Value| {
        Graph::new(&metadata, optimised).count()
    })
}

const HOST: &str = env!("ROVER_TARGET");

/// A package as it is built.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Unit<'m> {
    id: &'m str,
    /// For the build, not for the program.
    for_build: bool,
}

struct Graph<'m> {
    /// By their ids.
    packages: HashMap<&'m str, &'m Value>,
    nodes: HashMap<&'m str, &'m Value>,
    root: &'m str,
    optimised: bool,
}

impl<'m> Graph<'m> {
    fn new(metadata: &'m Value, optimised: bool) -> Self {
        let by_id = |list: &'m Value| {
            let all = list.as_array().into_iter().flatten();
            all.filter_map(|one| Some((one["id"].as_str()?, one)))
                .collect()
        };
        Graph {
            packages: by_id(&metadata["packages"]),
            nodes: by_id(&metadata["resolve"]["nodes"]),
            root: metadata["resolve"]["root"].as_str().unwrap_or_default(),
            optimised,
        }
    }

    fn count(&self) -> u64 {
        let root = Unit {
            id: self.root,
            for_build: false,
        };
        let (mut found, mut open) = (HashSet::from([root]), vec![root]);
        while let Some(unit) = open.pop() {
            open.extend(self.needs(unit).filter(|needed| found.insert(*needed)));
        }
        found.iter().map(|unit| self.messages(unit.id)).sum()
    }

    fn needs(&self, unit: Unit<'m>) -> impl Iterator<Item = Unit<'m>> {
        let node = self.nodes.get(unit.id);
        let needed = node.and_then(|node| node["deps"].as_array());
        needed.into_iter().flatten().flat_map(move |needed| {
            let id = needed["pkg"].as_str().unwrap_or_default();
            let kinds = needed["dep_kinds"].as_array().into_iter().flatten();
            kinds.filter_map(move |kind| match kind["kind"].as_str() {
                Some("dev") => None,
                kind => Some(Unit {
                    id,
                    for_build: self.optimised
                        && (unit.for_build || kind == Some("build") || self.has(id, "proc-macro")),
                }),
            })
        })
    }

    fn has(&self, id: &str, kind: &str) -> bool {
        let targets = self
            .packages
            .get(id)
            .and_then(|package| package["targets"].as_array());
        let mut kinds = targets
            .into_iter()
            .flatten()
            .filter_map(|target| target["kind"].as_array());
        kinds.any(|kinds| kinds.iter().any(|one| one == kind))
    }

    /// A library or a program, and a build script, which is built and run.
    fn messages(&self, id: &str) -> u64 {
        match self.has(id, "custom-build") {
            true => 3,
            false => 1,
        }
    }
}
