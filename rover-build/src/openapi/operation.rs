//! One route: its name, its parameters, its body.

use std::collections::HashSet;

use rover_model::guard::{Field, Schema};
use serde_json::{Map, Value, json};

use super::answers::responses;
use super::guard::{self, Source};
use super::parameter_name;
use super::schema::Components;
use super::security::requirement;
use crate::model::app::{App, Route, Segment};

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
    let id = id(route, ids);
    let body = request_body(route, &id, components);
    set("operationId", json!(id));
    let parameters = parameters(app, route);
    if !parameters.is_empty() {
        set("parameters", Value::Array(parameters));
    }
    if let Some(body) = body {
        set("requestBody", body);
    }
    set("responses", responses(app, route, components));
    if let Some(asked) = requirement(route) {
        set("security", asked);
    }
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
    let expects = &route.expects;
    let mut found = Vec::new();
    for segment in &route.path {
        let Some(given) = segment.parameter() else {
            continue;
        };
        let schema = match checked(&expects.params, given) {
            Some(field) => guard::schema(&field.schema, Source::Text),
            None => json!({ "type": "string", "minLength": 1 }),
        };
        let mut parameter = json!({
            "name": parameter_name(&app.routes, route, segment),
            "in": "path",
            "required": true,
            "schema": schema,
        });
        if matches!(segment, Segment::Rest(_)) {
            parameter["description"] = json!("The rest of the path; it may have slashes.");
        }
        found.push(parameter);
    }
    for field in expects.query.iter().flat_map(|schema| schema.fields()) {
        let mut parameter = json!({ "name": field.name, "in": "query" });
        if field.schema.required && field.schema.default.is_none() {
            parameter["required"] = json!(true);
        }
        parameter["schema"] = guard::schema(&field.schema, Source::Text);
        found.push(parameter);
    }
    let mut named = |place: &str, names: &mut dyn Iterator<Item = String>| {
        let text = json!({ "type": "string" });
        found.extend(names.map(|name| json!({ "name": name, "in": place, "schema": text })));
    };
    let reads = &route.reads;
    let unchecked = |name: &&String| checked(&expects.query, name).is_none();
    named("query", &mut reads.query.iter().filter(unchecked).cloned());
    let headers = reads.headers.iter().map(|name| name.to_ascii_lowercase());
    // OpenAPI 3.1, section 4.8.12.2: these three are described elsewhere.
    let elsewhere = ["accept", "content-type", "authorization"];
    named(
        "header",
        &mut headers.filter(|name| !elsewhere.contains(&name.as_str())),
    );
    named("cookie", &mut reads.cookies.iter().cloned());
    for parameter in found.iter_mut().filter(|one| one["in"] == "header") {
        let required = &mut route.required_headers.iter();
        if required.any(|name| parameter["name"] == *name) {
            parameter["required"] = json!(true);
        }
    }
    found
}

/// What is asked of one value of a query or of a path.
fn checked<'s>(schema: &'s Option<Schema>, name: &str) -> Option<&'s Field> {
    let fields = schema.as_ref()?.fields();
    fields.iter().find(|field| field.name == name)
}

/// Adds a form in both of its media types.
fn forms(form: Value, add: &mut impl FnMut(&str, Value)) {
    add("multipart/form-data", guard::multipart(form.clone()));
    add("application/x-www-form-urlencoded", form);
}

/// How the handler reads its body, as far as the text shows it.
fn request_body(route: &Route, id: &str, components: &mut Components) -> Option<Value> {
    let reads = &route.reads;
    let expected = route.expects.body.as_ref();
    let mut content = Map::new();
    let mut add = |kind: &str, schema: Value| {
        content.insert(kind.to_owned(), json!({ "schema": schema }));
    };
    // An empty body is none.
    let some = || json!({ "type": "string", "minLength": 1 });
    for method in &reads.body {
        match method.as_str() {
            "json" => add(
                "application/json",
                expected.map_or(json!({}), |schema| components.checked(schema, id)),
            ),
            "form" | "form_all" => {
                let form = expected.map_or(json!({ "type": "object" }), guard::form);
                forms(form, &mut add);
            }
            "text" => add("text/plain", some()),
            "expect" => {
                add("application/json", json!({}));
                forms(json!({ "type": "object" }), &mut add);
            }
            // The handler may look at the type by itself.
            _ => add("application/octet-stream", some()),
        }
    }
    if let (Some(schema), true) = (expected, content.is_empty()) {
        let mut add = |kind: &str, schema: Value| {
            content.insert(kind.to_owned(), json!({ "schema": schema }));
        };
        add("application/json", components.checked(schema, id));
        if guard::fits_form(schema) {
            forms(guard::form(schema), &mut add);
        }
    }
    if !content.is_empty() {
        return Some(json!({ "required": true, "content": content }));
    }
    let whole = reads.members.iter().any(|name| name == "body");
    whole.then(|| json!({ "content": { "*/*": {} } }))
}
