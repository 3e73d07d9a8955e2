//! What pages of other sites may ask and read (the Fetch standard, section 3.3).
//!
//! Which policy holds for a route is decided once. A path that no route has gets the policy of
//! the longest path above it that has one.

mod policy;
mod scope;

use rover_model::Method;
use rover_model::cors::CorsRule;

use crate::message::path::Path;
use crate::message::reply::Reply;
use crate::message::request::RequestData;
use crate::program::Program;
use policy::Policy;
use scope::Scope;

/// What a prepared answer belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Route(u16),
    Path(&'a str),
}

pub(super) struct Cors {
    program: &'static Program,
    /// Paths and the policies below them, which may be none.
    scopes: Vec<(Scope, Option<Policy>)>,
    /// For each route the scope that holds.
    routes: Vec<Option<usize>>,
}

impl Cors {
    pub(super) fn new(program: &'static Program, rules: &[CorsRule]) -> Option<Self> {
        if rules.iter().all(|rule| rule.policy.is_none()) {
            return None;
        }
        let scope = |rule: &CorsRule| {
            let policy = rule.policy.as_ref().map(Policy::new);
            (Scope::new(&rule.path), policy)
        };
        let mut scopes: Vec<_> = rules.iter().map(scope).collect();
        // The first that fits is the one that holds.
        scopes.sort_by_key(|(scope, _)| scope.order());
        let above = |pattern: &str| {
            let mut scopes = scopes.iter();
            scopes.position(|(scope, _)| scope.is_above(pattern))
        };
        let routes = program.routes.iter();
        Some(Cors {
            program,
            routes: routes.map(|route| above(&route.pattern)).collect(),
            scopes,
        })
    }

    #[inline]
    pub(super) fn write(&self, request: &RequestData<'_>, reply: &mut Reply, out: &mut Vec<u8>) {
        if let Some(policy) = self.policy(request) {
            match asked_method(request) {
                Some(method) => policy.write_preflight(request, method, reply, out),
                None => policy.write(request, reply, out),
            }
        }
    }

    pub(super) fn write_prepared(&self, request: &RequestData<'_>, out: &mut Vec<u8>) {
        if let Some(policy) = self.policy(request) {
            policy.write_for_origin(request, out);
        }
    }

    pub(super) fn prepare(&self, at: Place<'_>, reply: &mut Reply) -> bool {
        let policy = match at {
            Place::Route(index) => self.of_route(index),
            Place::Path(path) => self.of_path("GET", path),
        };
        policy.is_some_and(|policy| policy.add(reply))
    }

    #[inline]
    pub(super) fn is_preflight(&self, request: &RequestData<'_>) -> bool {
        asked_method(request).is_some() && self.policy(request).is_some()
    }

    fn policy(&self, request: &RequestData<'_>) -> Option<&Policy> {
        if let Some(index) = request.route {
            return self.of_route(index);
        }
        let method = asked_method(request).unwrap_or(request.method);
        self.of_path(method, request.path.raw())
    }

    fn of_route(&self, index: u16) -> Option<&Policy> {
        let scope = *self.routes.get(usize::from(index))?;
        self.of_scope(scope?)
    }

    fn of_scope(&self, index: usize) -> Option<&Policy> {
        self.scopes.get(index)?.1.as_ref()
    }

    /// The policy of the route for a method, or else of another one with the path, or else of
    /// what is above the path.
    #[cold]
    fn of_path(&self, method: &str, path: &str) -> Option<&Policy> {
        let mut path = Path::parse(path).ok()?;
        path.split();
        let asked = Method::ALL
            .into_iter()
            .filter(|known| known.as_str() == method);
        let asked = asked.flat_map(|method| match method {
            Method::Head => [Some(method), Some(Method::Get)],
            _ => [Some(method), None],
        });
        let mut methods = asked.flatten().chain(Method::ALL);
        if let Some(route) = methods.find_map(|method| self.program.find(method, &mut path)) {
            return self.of_route(route);
        }
        let mut scopes = self.scopes.iter();
        let scope = scopes.position(|(scope, _)| scope.holds(&path));
        self.of_scope(scope?)
    }
}

/// The method that a preflight asks about.
fn asked_method<'a>(request: &RequestData<'a>) -> Option<&'a str> {
    if request.method != "OPTIONS" {
        return None;
    }
    request.headers.get("origin")?;
    let method = request.headers.get("access-control-request-method")?;
    std::str::from_utf8(method).ok()
}
