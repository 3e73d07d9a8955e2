//! From a method and a path to a route's number.
//!
//! Both routers follow the same rules: a path without parameters comes first, then the tree of
//! the others, the more literal branch before the less. Generated code brings a function that
//! the tree was printed as; without it the tree itself is walked.

use std::collections::HashMap;

use rover_model::plan::{Ends, Route, RouteTree, static_paths};
use rover_model::{Method, PerfectMap};

use crate::message::path::Path;

/// Finds routes.
#[derive(Debug)]
pub enum Router {
    /// Generated code.
    Compiled {
        /// Paths without parameters, and their routes by method.
        static_paths: &'static PerfectMap<&'static [(Method, u16)]>,
        /// Finds the route of a path with parameters.
        dynamic: fn(Method, &Path<'_>) -> Option<u16>,
    },
    /// Tables.
    Table {
        /// Paths without parameters, and their routes by method.
        static_paths: HashMap<Box<[u8]>, Ends>,
        /// The others.
        dynamic: RouteTree,
    },
}

impl Router {
    /// The tables for a plan's routes.
    pub(crate) fn table(routes: &[Route]) -> Self {
        let paths = static_paths(routes).into_iter();
        Router::Table {
            static_paths: paths
                .map(|(path, ends)| (path.as_bytes().into(), ends))
                .collect(),
            dynamic: RouteTree::new(routes),
        }
    }

    /// The route for a method and path: static paths first.
    #[inline]
    pub(crate) fn find(&self, method: Method, path: &mut Path<'_>) -> Option<u16> {
        let ends = path.static_key().and_then(|key| match self {
            Router::Compiled { static_paths, .. } => static_paths.get(key).copied(),
            Router::Table { static_paths, .. } => static_paths.get(key).map(Vec::as_slice),
        });
        if let Some(route) = ends.and_then(|ends| of_method(ends, method)) {
            return Some(route);
        }
        path.split();
        match self {
            Router::Compiled { dynamic, .. } => dynamic(method, path),
            Router::Table { dynamic, .. } => walk(dynamic, 0, method, path),
        }
    }
}

fn of_method(ends: &[(Method, u16)], method: Method) -> Option<u16> {
    let end = ends.iter().find(|(known, _)| *known == method);
    end.map(|(_, route)| *route)
}

/// The route below a node whose own segment is the one before `depth`.
fn walk(node: &RouteTree, depth: usize, method: Method, path: &Path<'_>) -> Option<u16> {
    if path.len() == depth {
        return of_method(&node.ends, method);
    }
    let segment = path.segment(depth);
    let literal = || {
        let text = std::str::from_utf8(segment).ok()?;
        walk(node.literals.get(text)?, depth + 1, method, path)
    };
    let param = || {
        let child = node.param.as_ref().filter(|_| !segment.is_empty())?;
        walk(child, depth + 1, method, path)
    };
    let rest = || {
        let found = of_method(&node.rest, method);
        found.filter(|_| path.rest_nonempty(depth))
    };
    literal().or_else(param).or_else(rest)
}
