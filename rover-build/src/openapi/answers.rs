//! What a route answers: what its handler returns, and what the runtime answers for it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rover_model::Method;
use serde_json::{Map, Value, json};

use super::schema::{Components, value_type};
use crate::analyse::types::{BodyType, Headers, ReturnType};
use crate::model::app::{App, Expects, Route};

/// The answers of one status.
#[derive(Default)]
struct Answer {
    messages: Vec<String>,
    /// The schemas of each content type.
    content: BTreeMap<String, Vec<Value>>,
    /// The headers that an answer has, and whether each has it.
    headers: BTreeMap<String, bool>,
    /// How many answers were added.
    count: usize,
    /// Something about it cannot be seen.
    open: bool,
}

impl Answer {
    fn add(&mut self, one: &ReturnType, content: Option<Content>) {
        let message = one.message.iter().filter(|m| !self.messages.contains(m));
        let message: Vec<String> = message.cloned().collect();
        self.messages.extend(message);
        self.headers(&one.headers);
        match content {
            Some(found) => found
                .into_iter()
                .for_each(|(kind, schema)| self.schema(kind, schema)),
            None => self.open = true,
        }
    }

    /// The headers of one more answer.
    fn headers(&mut self, names: &Headers) {
        let first = self.count == 0;
        self.count += 1;
        for (name, always) in &mut self.headers {
            *always &= names.always.contains(name);
        }
        for name in &names.always {
            self.headers.entry(name.clone()).or_insert(first);
        }
        for name in &names.perhaps {
            self.headers.entry(name.clone()).or_insert(false);
        }
    }

    fn schema(&mut self, kind: String, schema: Value) {
        let schemas = self.content.entry(kind).or_default();
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }

    fn value(self, status: u16, route: &Route) -> Value {
        let description = match self.messages.is_empty() {
            true => reason(status).to_owned(),
            false => self.messages.join("; "),
        };
        let mut value = json!({ "description": description });
        put_headers(&mut value, self.headers);
        let has_content = has_content(status) && route.method != Method::Head;
        if has_content && !self.content.is_empty() && !self.open {
            value["content"] = content(self.content);
        }
        value
    }
}

fn put_headers(answer: &mut Value, headers: impl IntoIterator<Item = (String, bool)>) {
    let text = json!({ "type": "string" });
    let shown = headers.into_iter().map(|(name, always)| {
        let header = match always {
            true => json!({ "required": true, "schema": text }),
            false => json!({ "schema": text }),
        };
        (name, header)
    });
    let shown: Map<String, Value> = shown.collect();
    if !shown.is_empty() {
        answer["headers"] = Value::Object(shown);
    }
}

/// RFC 9110, sections 6.4.1 and 15.3.6.
fn has_content(status: u16) -> bool {
    status >= 200 && !matches!(status, 204 | 205 | 304)
}

/// Content types and their schemas.
type Content = Vec<(String, Value)>;

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
fn body(body: &BodyType, components: &mut Components) -> Option<Vec<(String, Value)>> {
    let one = |kind: &str, schema: Value| Some(vec![(kind.to_owned(), schema)]);
    match body {
        BodyType::Empty => Some(Vec::new()),
        BodyType::Json(json) if components.is_error(json) => {
            one("application/json", components.error())
        }
        BodyType::Json(json) => one("application/json", value_type(json)),
        BodyType::Error => {
            let error =
                json!({ "type": "object", "required": ["error"], "properties": { "error": {} } });
            let schema = json!({ "anyOf": [error, components.validation_errors()] });
            one("application/json", schema)
        }
        BodyType::Text => one("text/plain", json!({ "type": "string" })),
        BodyType::Html => one("text/html", json!({ "type": "string" })),
        BodyType::Bytes(Some(kind)) => {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            one(kind, json!({}))
        }
        BodyType::Bytes(None) => one("*/*", json!({})),
        BodyType::Any | BodyType::Unseen => None,
    }
}

pub(super) fn responses(app: &App, route: &Route, components: &mut Components) -> Value {
    let mut answers: BTreeMap<u16, Answer> = BTreeMap::new();
    let mut unseen = route.returns.is_empty();
    for one in &route.returns {
        if one.body == BodyType::Unseen {
            unseen = true;
            continue;
        }
        let content = body(&one.body, components);
        answers.entry(status(one)).or_default().add(one, content);
    }
    let own = OwnErrors::of(app, components);
    let refusals = refusals(route);
    for Own {
        status,
        checked,
        headers,
    } in &refusals
    {
        let mut add = |one: &ReturnType, content: Option<Content>| {
            let mut one = one.clone();
            one.headers.extend(headers);
            answers.entry(*status).or_default().add(&one, content);
        };
        own.kept
            .iter()
            .for_each(|(one, content)| add(one, content.clone()));
        if own.unseen {
            add(&ReturnType::new(*status, BodyType::Unseen), None);
        }
        if *checked && app.on_error.is_empty() {
            let errors = components.validation_errors();
            let content = vec![("application/json".to_owned(), errors)];
            add(&ReturnType::new(*status, BodyType::Error), Some(content));
        }
    }
    if !route.needs.constant || !refusals.is_empty() {
        let added = route.added.clone().loose();
        for (one, content) in &own.chosen {
            let mut one = (*one).clone();
            one.headers.extend(&added);
            let answer = answers.entry(status(&one)).or_default();
            answer.add(&one, content.clone());
        }
    }
    if route.needs.constant
        && matches!(route.method, Method::Get | Method::Head)
        && let Some(answer) = answers.get_mut(&200)
    {
        answer.headers.insert("etag".to_owned(), true);
        answers.entry(304).or_default();
    }
    let mut responses: Map<String, Value> = answers
        .into_iter()
        .map(|(status, answer)| (status.to_string(), answer.value(status, route)))
        .collect();
    let default = match own.content().filter(|_| !unseen) {
        Some(_) if route.method == Method::Head => json!({ "description": FAILURE }),
        Some(content) => components.failure(content, &route.added),
        None => json!({ "description": "Any other answer" }),
    };
    responses.insert("default".to_owned(), default);
    Value::Object(responses)
}

/// The form of the runtime's own errors: `on_error`'s, if there is one.
struct OwnErrors<'a> {
    /// Answers that keep the error's status.
    kept: Vec<(Cow<'a, ReturnType>, Option<Content>)>,
    /// Those that have another.
    chosen: Vec<(&'a ReturnType, Option<Content>)>,
    /// There are answers that cannot be seen.
    unseen: bool,
}

impl<'a> OwnErrors<'a> {
    fn of(app: &'a App, components: &mut Components) -> Self {
        let mut own = OwnErrors {
            kept: Vec::new(),
            chosen: Vec::new(),
            unseen: false,
        };
        if app.on_error.is_empty() {
            let one = ReturnType::new(0, BodyType::Error);
            let content = vec![("application/json".to_owned(), components.error())];
            own.kept.push((Cow::Owned(one), Some(content)));
        }
        for one in &app.on_error {
            match (one.status, &one.body) {
                (_, BodyType::Unseen) => own.unseen = true,
                (0, BodyType::Json(json)) => {
                    let schema = components.server_error(json);
                    let content = vec![("application/json".to_owned(), schema)];
                    own.kept.push((Cow::Borrowed(one), Some(content)));
                }
                (0, BodyType::Empty) | (1.., _) => {
                    own.chosen.push((one, body(&one.body, components)));
                }
                (0, other) => {
                    let content = body(other, components);
                    own.kept.push((Cow::Borrowed(one), content));
                }
            }
        }
        own
    }

    /// All of it; nothing where it cannot be seen.
    fn content(&self) -> Option<Content> {
        let kept = self.kept.iter().map(|(_, content)| content);
        let all = kept.chain(self.chosen.iter().map(|(_, content)| content));
        let all: Option<Vec<Content>> = all.cloned().collect();
        all.filter(|_| !self.unseen).map(|all| all.concat())
    }
}

/// The status of an answer where the program gives none.
fn status(one: &ReturnType) -> u16 {
    match (one.status, &one.body) {
        (0, BodyType::Empty) => 204,
        (0, _) => 200,
        (status, _) => status,
    }
}

const FAILURE: &str = "500 where the handler fails, 503 where it takes too long";

impl Components {
    /// What is answered where a handler gives no answer: the runtime's own error, or the
    /// plain one where `on_error` fails, too.
    fn failure(&mut self, own: Content, added: &Headers) -> Value {
        let mut all = Answer::default();
        own.into_iter()
            .chain([("application/json".to_owned(), self.error())])
            .for_each(|(kind, schema)| all.schema(kind, schema));
        let mut failure = json!({ "description": FAILURE });
        if added.is_empty() {
            failure["content"] = content(all.content);
            return self.response("Failure", failure);
        }
        let names = added.always.iter().chain(&added.perhaps);
        put_headers(&mut failure, names.map(|name| (name.clone(), false)));
        failure["content"] = content(all.content);
        failure
    }
}

/// What the runtime answers by itself.
struct Own {
    status: u16,
    /// It may be what a guard found wrong.
    checked: bool,
    headers: Headers,
}

/// What the runtime answers by itself before the handler, or out of what it calls.
fn refusals(route: &Route) -> Vec<Own> {
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
    let mut found: Vec<Own> = Vec::new();
    let mut add =
        |status, checked, headers: Headers| match found.iter_mut().find(|own| own.status == status)
        {
            Some(own) => own.headers.or(&headers),
            None => found.push(Own {
                status,
                checked,
                headers,
            }),
        };
    let read = expects || !route.reads.body.is_empty();
    if parameters || read {
        // A malformed parameter is answered before any hook runs.
        let headers = match (parameters, read) {
            (false, _) => route.added.clone(),
            (true, true) => route.added.clone().loose(),
            (true, false) => Headers::default(),
        };
        add(400, expects || reads(&["expect"]), headers);
    }
    // So is a body that is too large.
    if route.needs.body {
        add(413, false, Headers::default());
    }
    // What is checked may also be JSON that was sent as a form.
    if body.is_some() || reads(&["form", "form_all", "expect"]) {
        add(415, false, route.added.clone());
    }
    for refusal in &route.refusals {
        add(refusal.status, false, refusal.headers.clone());
    }
    found
}

/// RFC 9110, section 15.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        205 => "Reset Content",
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
