//! Which routes are meant.

use rover_build::vocabulary::nearest;
use rover_build::{App, Route, Segment};

use crate::error::Error;

/// The numbers of the routes: of one where a method is given, else of all on the path.
///
/// # Errors
/// Where there is none; it names one that is near.
pub(super) fn routes(app: &App, wanted: &str) -> Result<Vec<usize>, Error> {
    let wanted = wanted.trim();
    let routes = app.routes.iter().enumerate();
    let found: Vec<usize> = routes
        .filter(|(_, route)| names(route).iter().any(|name| is_same(name, wanted)))
        .map(|(at, _)| at)
        .collect();
    match found.is_empty() {
        false => Ok(found),
        true => Err(Error::Usage(unknown(app, wanted))),
    }
}

/// What a route may be called by.
fn names(route: &Route) -> [String; 4] {
    let (method, pattern) = (route.method.as_str(), route.pattern());
    let lua = lua(route);
    [
        format!("{method} {pattern}"),
        format!("api.{lua}"),
        lua,
        pattern,
    ]
}

/// `users.p_id.get`
fn lua(route: &Route) -> String {
    let segments = route.path.iter().map(|segment| match segment {
        Segment::Literal(text) => text.clone(),
        Segment::Param(name) => format!("p_{name}"),
        Segment::Rest(name) => format!("rest_{name}"),
    });
    let keys: Vec<String> = segments.chain([route.method.key().to_owned()]).collect();
    keys.join(".")
}

/// The method's letters may be small.
fn is_same(name: &str, wanted: &str) -> bool {
    match (name.split_once(' '), wanted.split_once(char::is_whitespace)) {
        (Some((method, path)), Some((given, rest))) => {
            method.eq_ignore_ascii_case(given) && path == rest.trim()
        }
        _ => name == wanted,
    }
}

fn unknown(app: &App, wanted: &str) -> String {
    let names: Vec<String> = app.routes.iter().flat_map(names).collect();
    match nearest(wanted, names.iter().map(String::as_str)) {
        Some(name) => format!("there is no route `{wanted}`: did you mean `{name}`?"),
        None if app.routes.is_empty() => {
            format!("there is no route `{wanted}`: the program has none")
        }
        None => format!("there is no route `{wanted}`: `rover routes` lists those that there are"),
    }
}
