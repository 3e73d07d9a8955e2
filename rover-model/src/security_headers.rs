//! The headers by which pages are protected, which answers have that are HTML.

use std::borrow::Cow;

use crate::OptionValue;
use crate::cors::OriginPattern;
use crate::option_fields::{FieldProblem, Fields, WrongField};

/// The fields of the option.
const SECURITY_FIELDS: [&str; 3] = ["content_type_options", "referrer_policy", "frame_ancestors"];

/// W3C's Referrer Policy, section 3.
const REFERRER_POLICIES: [&str; 8] = [
    "no-referrer",
    "no-referrer-when-downgrade",
    "same-origin",
    "origin",
    "strict-origin",
    "origin-when-cross-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
];

/// What is not switched off.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SecurityHeaders {
    /// `x-content-type-options: nosniff`
    pub content_type_options: bool,
    /// `referrer-policy`
    pub referrer_policy: Option<Cow<'static, str>>,
    /// The sources of `content-security-policy: frame-ancestors`.
    pub frame_ancestors: Option<Cow<'static, str>>,
}

impl SecurityHeaders {
    /// What holds where a program says nothing. The referrer's is browsers' own, which not all have.
    pub const DEFAULT: Self = SecurityHeaders {
        content_type_options: true,
        referrer_policy: Some(Cow::Borrowed("strict-origin-when-cross-origin")),
        frame_ancestors: Some(Cow::Borrowed("'self'")),
    };

    /// None of them.
    pub const OFF: Self = SecurityHeaders {
        content_type_options: false,
        referrer_policy: None,
        frame_ancestors: None,
    };

    /// Reads the option's table.
    pub(crate) fn read(fields: &[(String, OptionValue)]) -> Result<Self, Vec<WrongField>> {
        let mut read = Fields::new(fields, &SECURITY_FIELDS);
        let headers = SecurityHeaders {
            content_type_options: match read.value("content_type_options") {
                Some(OptionValue::Text(text)) if text == "nosniff" => true,
                Some(OptionValue::Boolean(on)) => *on,
                None => true,
                Some(_) => {
                    let problem = FieldProblem::value(
                        "must be true or false",
                        "the only value that there is is `nosniff`: write `content_type_options = false` to switch it off",
                    );
                    read.wrong("content_type_options", None, problem);
                    true
                }
            },
            referrer_policy: referrer_policy(&mut read),
            frame_ancestors: frame_ancestors(&mut read),
        };
        read.finish(headers)
    }
}

fn referrer_policy(read: &mut Fields<'_>) -> Option<Cow<'static, str>> {
    match read.value("referrer_policy") {
        None | Some(OptionValue::Boolean(true)) => SecurityHeaders::DEFAULT.referrer_policy,
        Some(OptionValue::Boolean(false)) => None,
        Some(OptionValue::Text(text)) if REFERRER_POLICIES.contains(&text.as_str()) => {
            Some(text.clone().into())
        }
        Some(value) => {
            let text = match value {
                OptionValue::Text(text) => text,
                _ => "this",
            };
            let problem = FieldProblem::value(
                format!("`{text}` is not a referrer policy"),
                format!(
                    "the policies are {}; `false` switches it off",
                    REFERRER_POLICIES.join(", ")
                ),
            );
            read.wrong("referrer_policy", None, problem);
            None
        }
    }
}

fn frame_ancestors(read: &mut Fields<'_>) -> Option<Cow<'static, str>> {
    let sources = match read.value("frame_ancestors") {
        None | Some(OptionValue::Boolean(true)) => {
            return SecurityHeaders::DEFAULT.frame_ancestors;
        }
        Some(OptionValue::Boolean(false)) => return None,
        Some(text @ OptionValue::Text(_)) => {
            read.items("frame_ancestors", std::slice::from_ref(text), source)
        }
        Some(_) => read.list("frame_ancestors", source)?,
    };
    if sources.len() > 1 && sources.iter().any(|source| source == "'none'") {
        let problem = FieldProblem::value(
            "`none` beside other sources",
            "write `frame_ancestors = \"none\"`, or leave it out",
        );
        let mut place = ["none", "'none'"].into_iter();
        let place = place.find_map(|text| read.place("frame_ancestors", text));
        read.wrong("frame_ancestors", place, problem);
    }
    match sources.is_empty() {
        true => Some("'none'".into()),
        false => Some(sources.join(" ").into()),
    }
}

/// A source of CSP, section 6.4.2: who may show a page in a frame.
fn source(value: &OptionValue) -> Result<Cow<'static, str>, FieldProblem> {
    let wrong = |problem: String| {
        let help =
            "write `\"self\"`, `\"none\"` or origins: `{ \"self\", \"https://app.example\" }`";
        Err(FieldProblem::value(problem, help))
    };
    let OptionValue::Text(text) = value else {
        return wrong("this is not a source of frames".to_owned());
    };
    match text.as_str() {
        "self" | "'self'" => Ok("'self'".into()),
        "none" | "'none'" => Ok("'none'".into()),
        "*" => Ok("*".into()),
        text => match OriginPattern::parse(text) {
            Ok(pattern) => Ok(pattern.text().into()),
            Err(error) => wrong(error.problem),
        },
    }
}
