//! From what a manifest gives to a policy.

use std::borrow::Cow;

use super::origin::OriginPattern;
use super::policy::CorsPolicy;
use crate::option_fields::{FieldProblem, Fields, WrongField};
use crate::{Method, OptionValue, parse_duration};

/// Texts of a plan.
type Texts = Cow<'static, [Cow<'static, str>]>;

/// The fields of a policy.
const FIELDS: [&str; 6] = [
    "origins",
    "methods",
    "headers",
    "expose",
    "credentials",
    "max_age",
];

/// What is written where credentials are sent along.
const NAMED: &str = "name the origins of the pages that may: `{ \"https://app.example\" }`";

/// Reads a policy's table.
pub(crate) fn policy(fields: &[(String, OptionValue)]) -> Result<CorsPolicy, Vec<WrongField>> {
    let mut read = Fields::new(fields, &FIELDS);
    let credentials = read.boolean("credentials").unwrap_or(false);
    let policy = CorsPolicy {
        origins: origins(&mut read, credentials),
        methods: read.list("methods", method),
        headers: match read.value("headers") {
            Some(OptionValue::Text(star)) if star == "*" => None,
            _ => read.list("headers", header),
        },
        expose: exposed(&mut read, credentials),
        max_age: max_age(&mut read),
        credentials,
    };
    read.finish(policy)
}

fn origins(read: &mut Fields<'_>, credentials: bool) -> Texts {
    let one = match read.value("origins") {
        None => {
            read.wrong("origins", None, FieldProblem::Missing("which pages may ask: `origins = { \"https://app.example\" }`, or `origins = \"*\"` for those of all sites".to_owned()));
            return Texts::default();
        }
        Some(text @ OptionValue::Text(_)) => Some([text.clone()]),
        Some(_) => None,
    };
    let origins: Texts = match one {
        Some(one) => read.items("origins", &one, origin),
        None => read.list("origins", origin).unwrap_or_default(),
    };
    let has = |wanted: &str| origins.iter().any(|origin| origin == wanted);
    let problem = match (has("*"), has("null")) {
        (true, _) if credentials => Some((
            "*",
            FieldProblem::value(
                "`*` with `credentials`: any page could ask in a user's name, which browsers refuse",
                NAMED,
            ),
        )),
        (true, _) if origins.len() > 1 => Some((
            "*",
            FieldProblem::value(
                "`*` beside other origins",
                "`*` takes all of them: write `origins = \"*\"`, or leave it out",
            ),
        )),
        (_, true) if credentials => Some((
            "null",
            FieldProblem::value(
                "`null` with `credentials`: any site can show a page whose origin is `null`, in a sandboxed frame",
                NAMED,
            ),
        )),
        _ => None,
    };
    if let Some((origin, problem)) = problem {
        read.wrong("origins", read.place("origins", origin), problem);
    }
    origins
}

fn origin(value: &OptionValue) -> Result<Cow<'static, str>, FieldProblem> {
    let OptionValue::Text(text) = value else {
        return Err(FieldProblem::value(
            "this is not an origin",
            "an origin is written as `https://app.example` or `http://localhost:3000`",
        ));
    };
    if let "*" | "null" = text.as_str() {
        return Ok(text.clone().into());
    }
    match OriginPattern::parse(text) {
        Ok(pattern) => Ok(pattern.text().into()),
        Err(error) => Err(FieldProblem::value(error.problem, error.help)),
    }
}

fn method(value: &OptionValue) -> Result<Method, FieldProblem> {
    let text = match value {
        OptionValue::Text(text) => text.as_str(),
        _ => "this",
    };
    let mut methods = Method::ALL.into_iter();
    methods
        .find(|method| method.as_str().eq_ignore_ascii_case(text))
        .ok_or_else(|| {
            FieldProblem::value(
                format!("`{text}` is not a method"),
                format!(
                    "the methods are {}; without `methods` those that the path has are allowed",
                    Method::ALL.map(Method::as_str).join(", ")
                ),
            )
        })
}

fn header(value: &OptionValue) -> Result<Cow<'static, str>, FieldProblem> {
    match value {
        OptionValue::Text(name) if is_token(name) && name != "*" => {
            Ok(name.to_ascii_lowercase().into())
        }
        OptionValue::Text(name) => Err(FieldProblem::value(
            format!("`{name}` is not a header's name"),
            "write names as in `{ \"content-type\", \"authorization\" }`; without `headers` those that are asked for are allowed",
        )),
        _ => Err(FieldProblem::value(
            "this is not a header's name",
            "write a text: `\"authorization\"`",
        )),
    }
}

fn exposed(read: &mut Fields<'_>, credentials: bool) -> Texts {
    match read.value("expose") {
        Some(OptionValue::Text(star)) if star == "*" => {
            if credentials {
                read.wrong(
                    "expose",
                    None,
                    FieldProblem::value(
                        "`*` with `credentials` is the name of a header to browsers",
                        "name the headers: `{ \"x-total\", \"etag\" }`",
                    ),
                );
            }
            Cow::Owned(vec!["*".into()])
        }
        _ => read.list("expose", header).unwrap_or_default(),
    }
}

fn max_age(read: &mut Fields<'_>) -> Option<u32> {
    let text = match read.value("max_age")? {
        OptionValue::Text(text) => text.clone(),
        OptionValue::Number(seconds) => seconds.to_string(),
        _ => "this".to_owned(),
    };
    match parse_duration(&text) {
        Ok(millis) => Some(millis.div_ceil(1000)),
        Err(error) => {
            read.wrong(
                "max_age",
                None,
                FieldProblem::value(
                    error.to_string(),
                    "write seconds, as in `max_age = 600`, or `\"10m\"`; 0 keeps nothing",
                ),
            );
            None
        }
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    !text.is_empty() && text.bytes().all(known)
}
