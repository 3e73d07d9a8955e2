//! What a route answers: what its handler returns, and what the runtime answers for it.

use std::collections::BTreeMap;

use rover_model::Method;
use serde_json::{Map, Value, json};

use super::schema::{Components, shape};
use crate::model::{App, Expects, Route};
use crate::shape::{Body, Returned};

/// The answers of one status.
#[derive(Default)]
struct Answer {
    messages: Vec<String>,
    /// The schemas of each content type.
    content: BTreeMap<String, Vec<Value>>,
    /// The headers that every answer has.
    headers: Option<Vec<String>>,
    /// Something about it cannot be seen.
    open: bool,
}

impl Answer {
    fn add(&mut self, one: &Returned, components: &mut Components) {
        self.messages.extend(one.message.clone());
        match &mut self.headers {
            Some(headers) => headers.retain(|name| one.headers.contains(name)),
            None => self.headers = Some(one.headers.clone()),
        }
        match body(&one.body, components) {
            Some(found) => found
                .into_iter()
                .for_each(|(kind, schema)| self.schema(kind, schema)),
            None => self.open = true,
        }
    }

    fn schema(&mut self, kind: String, schema: Value) {
        let schemas = self.content.entry(kind).or_default();
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }

    fn value(mut self, status: u16) -> Value {
        self.messages.dedup();
        let description = match self.messages.is_empty() {
            true => reason(status).to_owned(),
            false => self.messages.join("; "),
        };
        let mut value = json!({ "description": description });
        let headers = self.headers.unwrap_or_default().into_iter();
        let headers: Map<String, Value> = headers
            .map(|name| {
                (
                    name,
                    json!({ "required": true, "schema": { "type": "string" } }),
                )
            })
            .collect();
        if !headers.is_empty() {
            value["headers"] = Value::Object(headers);
        }
        if !self.content.is_empty() && !self.open {
            value["content"] = content(self.content);
        }
        value
    }
}

fn content(content: BTreeMap<String, Vec<Value>>) -> Value {
    let types = content.into_iter().map(|(kind, mut schemas)| {
        let schema = match schemas.len() {
            1 => schemas.remove(0),
            _ => json!({ "anyOf": schemas }),
        };
        (kind, json!({ "schema": schema }))
    });
    Value::Object(types.collect())
}

/// The content types and schemas of a body; nothing where it may be anything.
fn body(body: &Body, components: &mut Components) -> Option<Vec<(String, Value)>> {
    let one = |kind: &str, schema: Value| Some(vec![(kind.to_owned(), schema)]);
    match body {
        Body::Empty => Some(Vec::new()),
        Body::Json(json) if components.is_error(json) => {
            one("application/json", components.error())
        }
        Body::Json(json) => one("application/json", shape(json)),
        Body::Error => one(
            "application/json",
            json!({ "anyOf": [components.error(), components.validation_errors()] }),
        ),
        Body::Text => one("text/plain", json!({ "type": "string" })),
        Body::Html => one("text/html", json!({ "type": "string" })),
        Body::Bytes(Some(kind)) => {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            one(kind, json!({}))
        }
        Body::Bytes(None) => one("*/*", json!({})),
        Body::Any | Body::Unseen => None,
    }
}

pub(super) fn responses(app: &App, route: &Route, components: &mut Components) -> Value {
    let mut answers: BTreeMap<u16, Answer> = BTreeMap::new();
    let mut unseen = route.returns.is_empty();
    for one in &route.returns {
        if one.body == Body::Unseen {
            unseen = true;
            continue;
        }
        let status = match (one.status, &one.body) {
            (0, Body::Empty) => 204,
            (0, _) => 200,
            (status, _) => status,
        };
        answers.entry(status).or_default().add(one, components);
    }
    let own = own_errors(app, components);
    for (status, checked) in refusals(route) {
        let answer = answers.entry(status).or_default();
        match &own {
            Some(own) => own
                .iter()
                .for_each(|(kind, schema)| answer.schema(kind.clone(), schema.clone())),
            None => answer.open = true,
        }
        if checked && app.on_error.is_empty() {
            answer.schema(
                "application/json".to_owned(),
                components.validation_errors(),
            );
        }
        // It has none of the handler's headers.
        answer.headers = None;
    }
    if route.needs.constant
        && matches!(route.method, Method::Get | Method::Head)
        && let Some(answer) = answers.get_mut(&200)
    {
        let headers = answer.headers.get_or_insert_default();
        headers.push("etag".to_owned());
        answers.entry(304).or_default();
    }
    let mut responses: Map<String, Value> = answers
        .into_iter()
        .map(|(status, answer)| (status.to_string(), answer.value(status)))
        .collect();
    let default = match (unseen, own) {
        (false, Some(own)) => components.failure(own),
        _ => json!({ "description": "Any other answer" }),
    };
    responses.insert("default".to_owned(), default);
    Value::Object(responses)
}

impl Components {
    /// What is answered where a handler gives no answer: the runtime's own error, or the
    /// plain one where `on_error` fails, too.
    fn failure(&mut self, own: Vec<(String, Value)>) -> Value {
        let mut all = Answer::default();
        own.into_iter()
            .chain([("application/json".to_owned(), self.error())])
            .for_each(|(kind, schema)| all.schema(kind, schema));
        self.response(
            "Failure",
            json!({
                "description": "500 where the handler fails, 503 where it takes too long",
                "content": content(all.content),
            }),
        )
    }
}

/// What the runtime answers by itself before the handler, or out of what it calls; and
/// whether that may be what a guard found wrong.
fn refusals(route: &Route) -> Vec<(u16, bool)> {
    let Expects {
        body,
        query,
        params,
    } = &route.expects;
    let expects = [body, query, params].iter().any(|schema| schema.is_some());
    let reads = |names: &[&str]| {
        let mut read = route.reads.body.iter();
        read.any(|name| names.contains(&name.as_str()))
    };
    let parameters = route.path.iter().any(|s| s.parameter().is_some());
    let mut found = Vec::new();
    if parameters
        || expects
        || reads(&["json", "form", "form_all", "text", "raw", "bytes", "expect"])
    {
        found.push((400, expects || reads(&["expect"])));
    }
    if route.needs.body {
        found.push((413, false));
    }
    // What is checked may also be JSON that was sent as a form.
    if body.is_some() || reads(&["form", "form_all", "expect"]) {
        found.push((415, false));
    }
    found
}

/// The form of the runtime's own errors: `on_error`'s, if there is one. Nothing where that
/// cannot be seen.
fn own_errors(app: &App, components: &mut Components) -> Option<Vec<(String, Value)>> {
    if app.on_error.is_empty() {
        return Some(vec![("application/json".to_owned(), components.error())]);
    }
    let mut found = Vec::new();
    for one in &app.on_error {
        match &one.body {
            Body::Json(json) => {
                found.push(("application/json".to_owned(), components.server_error(json)));
            }
            other => found.extend(body(other, components)?),
        }
    }
    Some(found)
}

/// RFC 9110, section 15.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        410 => "Gone",
        412 => "Precondition Failed",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        418 => "I'm a teapot",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        _ => match status / 100 {
            1 => "An informational answer",
            2 => "Success",
            3 => "A redirection",
            4 => "An error of the client's",
            _ => "An error of the server's",
        },
    }
}
