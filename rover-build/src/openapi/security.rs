//! How clients show who they are (OpenAPI 3.1, sections 4.8.27 and 4.8.30).

use serde_json::{Value, json};

use crate::model::app::{App, Route};
use crate::model::token::Scheme;

/// The name of a scheme, and what it is.
pub(super) fn scheme(app: &App, scheme: Scheme) -> (String, Value) {
    let value = match scheme {
        Scheme::Bearer => json!({ "type": "http", "scheme": "bearer" }),
        Scheme::Basic => json!({ "type": "http", "scheme": "basic" }),
        Scheme::Other => json!({ "type": "apiKey", "in": "header", "name": "Authorization" }),
        Scheme::Session => {
            json!({ "type": "apiKey", "in": "cookie", "name": app.session_cookie })
        }
    };
    (name(scheme).to_owned(), value)
}

fn name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Bearer => "bearer",
        Scheme::Basic => "basic",
        Scheme::Other => "authorization",
        Scheme::Session => "session",
    }
}

/// What a route asks for. Where it never answers that the client must show who it is, it does
/// without, too.
pub(super) fn requirement(route: &Route) -> Option<Value> {
    let asked = json!({ name(route.token?): [] });
    Some(match route.needs_token {
        true => json!([asked]),
        false => json!([{}, asked]),
    })
}
