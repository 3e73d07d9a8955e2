//! The paths with parameters as a tree: the compiler prints it as a function, the runtime can
//! walk it.
//!
//! At each node the more literal child comes first: a literal segment, then a parameter, then
//! the rest of the path. Where a child has no route for a request, the next one is asked.

use std::collections::BTreeMap;

use super::route::{Route, Segment};
use crate::Method;

/// The routes that end at a place, by method.
pub type Ends = Vec<(Method, u16)>;

/// A node of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteTree {
    /// The routes whose path ends here.
    pub ends: Ends,
    /// What follows, by a segment that matches itself.
    pub literals: BTreeMap<String, RouteTree>,
    /// What follows a parameter.
    pub param: Option<Box<RouteTree>>,
    /// The routes that take the rest of the path.
    pub rest: Ends,
}

impl RouteTree {
    /// The routes that have parameters, by their numbers.
    pub fn new(routes: &[Route]) -> Self {
        let mut root = RouteTree::default();
        let numbered = (0..).zip(routes).filter(|(_, route)| !route.is_static());
        for (number, route) in numbered {
            let mut node = &mut root;
            let mut rest = false;
            for segment in route.segments() {
                match segment {
                    Segment::Literal(text) => {
                        node = node.literals.entry(text.to_owned()).or_default();
                    }
                    Segment::Param => node = node.param.get_or_insert_default(),
                    Segment::Rest => rest = true,
                }
            }
            let ends = match rest {
                true => &mut node.rest,
                false => &mut node.ends,
            };
            ends.push((route.method, number));
        }
        root
    }
}

/// The routes without parameters, by path.
pub fn static_paths(routes: &[Route]) -> BTreeMap<&str, Ends> {
    let mut paths: BTreeMap<&str, Ends> = BTreeMap::new();
    let numbered = (0..).zip(routes).filter(|(_, route)| route.is_static());
    for (number, route) in numbered {
        let ends = paths.entry(&route.pattern).or_default();
        ends.push((route.method, number));
    }
    paths
}
