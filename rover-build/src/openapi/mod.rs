//! The OpenAPI 3.1 document of a program, and the page that shows it.

mod answers;
mod guard;
mod operation;
mod page;
mod pattern;
mod schema;
mod security;

use std::collections::{BTreeSet, HashSet};

use rover_model::plan::Docs;
use serde_json::{Map, Value, json};

use crate::model::app::{App, Route, Segment};
use crate::model::token::Scheme;
use crate::package::Package;

/// The document, and what its page may do.
pub(crate) fn docs(app: &App, package: &Package) -> Docs {
    Docs {
        document: document(app, package).to_string().into(),
        policy: page::policy().into(),
    }
}

fn document(app: &App, package: &Package) -> Value {
    let mut components = schema::Components::new(&app.routes);
    let mut paths = Map::new();
    let mut ids = HashSet::new();
    let mut tags: Vec<&str> = Vec::new();
    for route in &app.routes {
        let operation = operation::operation(app, route, &mut components, &mut ids);
        let path = paths
            .entry(path(&app.routes, route))
            .or_insert_with(|| json!({}));
        path[route.method.key()] = Value::Object(operation);
        for tag in &route.about.tags {
            if !tags.contains(&tag.as_str()) {
                tags.push(tag);
            }
        }
    }
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": package.name,
            "version": package.version,
        },
    });
    if !tags.is_empty() {
        let tags = tags.into_iter().map(|name| json!({ "name": name }));
        document["tags"] = tags.collect();
    }
    document["paths"] = Value::Object(paths);
    document["components"] = components.value();
    let schemes: BTreeSet<Scheme> = app.routes.iter().filter_map(|route| route.token).collect();
    if !schemes.is_empty() {
        let schemes = schemes
            .into_iter()
            .map(|scheme| security::scheme(app, scheme));
        document["components"]["securitySchemes"] = Value::Object(schemes.collect());
    }
    document
}

/// The path as a template: `/books/{id}`. OpenAPI has no parameter that takes the rest of a
/// path; where another one stands in the same place, the rest's name tells them apart.
fn path(routes: &[Route], route: &Route) -> String {
    if route.path.is_empty() {
        return "/".to_owned();
    }
    let parts = route.path.iter().map(|segment| match segment {
        Segment::Literal(text) => format!("/{}", encoded(text)),
        Segment::Param(_) | Segment::Rest(_) => {
            format!("/{{{}}}", parameter_name(routes, route, segment))
        }
    });
    parts.collect()
}

/// The name of a path's parameter in the document.
fn parameter_name(routes: &[Route], route: &Route, segment: &Segment) -> String {
    let name = segment.parameter().cloned().unwrap_or_default();
    let Segment::Rest(_) = segment else {
        return name;
    };
    let before = &route.path[..route.path.len() - 1];
    let same = |other: &Route| {
        other.path.len() == route.path.len()
            && other.path.starts_with(before)
            && matches!(other.path.last(), Some(Segment::Param(_)))
    };
    match routes.iter().any(same) {
        true => format!("{name}..."),
        false => name,
    }
}

/// A literal segment as a URL has it (RFC 3986, section 3.3).
fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&b);
    text.bytes()
        .map(|b| match plain(b) {
            true => (b as char).to_string(),
            false => format!("%{b:02X}"),
        })
        .collect()
}
