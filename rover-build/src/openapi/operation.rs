//! One route: its name, its parameters, its body.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::answers::responses;
use super::parameter_name;
use super::schema::Components;
use crate::model::{App, Route, Segment};

pub(super) fn operation(
    app: &App,
    route: &Route,
    components: &mut Components,
    ids: &mut HashSet<String>,
) -> Map<String, Value> {
    let about = &route.about;
    let mut operation = Map::new();
    let mut set = |key: &str, value: Value| operation.insert(key.to_owned(), value);
    if !about.tags.is_empty() {
        set("tags", json!(about.tags));
    }
    if !about.summary.is_empty() {
        set("summary", json!(about.summary));
    }
    if !about.description.is_empty() {
        set("description", json!(about.description));
    }
    set("operationId", json!(id(route, ids)));
    let parameters = parameters(app, route);
    if !parameters.is_empty() {
        set("parameters", Value::Array(parameters));
    }
    if let Some(body) = request_body(route) {
        set("requestBody", body);
    }
    set("responses", responses(app, route, components));
    if about.deprecated {
        set("deprecated", json!(true));
    }
    operation
}

/// `getBooksById`, with a number where another route has the same.
fn id(route: &Route, ids: &mut HashSet<String>) -> String {
    let mut name = route.method.key().to_owned();
    for segment in &route.path {
        let (by, text) = match segment {
            Segment::Literal(text) => ("", text),
            Segment::Param(text) | Segment::Rest(text) => ("By", text),
        };
        name.push_str(by);
        for word in text.split(|c: char| !c.is_alphanumeric()) {
            let mut letters = word.chars();
            name.extend(letters.next().into_iter().flat_map(char::to_uppercase));
            name.push_str(letters.as_str());
        }
    }
    let mut unique = name.clone();
    let mut number = 1;
    while !ids.insert(unique.clone()) {
        number += 1;
        unique = format!("{name}{number}");
    }
    unique
}

fn parameters(app: &App, route: &Route) -> Vec<Value> {
    let mut found = Vec::new();
    for segment in &route.path {
        let Some(_) = segment.parameter() else {
            continue;
        };
        let mut parameter = json!({
            "name": parameter_name(&app.routes, route, segment),
            "in": "path",
            "required": true,
            "schema": { "type": "string", "minLength": 1 },
        });
        if matches!(segment, Segment::Rest(_)) {
            parameter["description"] = json!("The rest of the path; it may have slashes.");
        }
        found.push(parameter);
    }
    let named = |place: &'static str, names: &[String]| {
        let names = names.to_vec();
        names
            .into_iter()
            .map(move |name| json!({ "name": name, "in": place, "schema": { "type": "string" } }))
    };
    found.extend(named("query", &route.reads.query));
    // OpenAPI 3.1, section 4.8.12.2: these three are described elsewhere.
    let headers: Vec<String> = route
        .reads
        .headers
        .iter()
        .map(|h| h.to_ascii_lowercase())
        .collect();
    found.extend(named("header", &headers).filter(|header| {
        !["accept", "content-type", "authorization"]
            .iter()
            .any(|known| header["name"] == *known)
    }));
    found.extend(named("cookie", &route.reads.cookies));
    found
}

/// How the handler reads its body, as far as the text shows it.
fn request_body(route: &Route) -> Option<Value> {
    let form = || json!({ "type": "object" });
    let mut content = Map::new();
    for method in &route.reads.body {
        let types: &[(&str, Value)] = match method.as_str() {
            "json" => &[("application/json", json!({}))],
            "form" | "form_all" => &[
                ("application/x-www-form-urlencoded", form()),
                ("multipart/form-data", form()),
            ],
            "text" => &[("text/plain", json!({ "type": "string" }))],
            _ => &[("*/*", json!({}))],
        };
        for (kind, schema) in types {
            content.insert((*kind).to_owned(), json!({ "schema": schema }));
        }
    }
    if !content.is_empty() {
        return Some(json!({ "required": true, "content": content }));
    }
    route
        .reads
        .members
        .iter()
        .any(|name| name == "body")
        .then(|| json!({ "content": { "*/*": {} } }))
}
