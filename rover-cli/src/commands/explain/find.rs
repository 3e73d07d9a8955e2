//! Which routes are meant.

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
    let names = app.routes.iter().flat_map(names);
    let near = names
        .map(|name| (distance(wanted, &name), name))
        .min()
        .filter(|(far, _)| *far <= wanted.chars().count() / 3);
    match (near, app.routes.is_empty()) {
        (Some((_, name)), _) => format!("there is no route `{wanted}`: did you mean `{name}`?"),
        (None, true) => format!("there is no route `{wanted}`: the program has none"),
        (None, false) => {
            format!("there is no route `{wanted}`: `rover routes` lists those that there are")
        }
    }
}

/// How many letters are missing, too many or others.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.to_lowercase().chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let here = before + usize::from(x != *y);
            before = row[j + 1];
            row[j + 1] = here.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
