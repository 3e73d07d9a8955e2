//! A template of JSON, as people read it: constant text, with its places in angle brackets.

use rover_model::plan::{Part, Piece, Template};

pub(super) fn template(template: &Template) -> String {
    let mut text = match template.status {
        0 => String::new(),
        status => format!("{status} "),
    };
    for piece in template.pieces.iter() {
        match piece {
            Piece::Text(constant) => text.push_str(constant),
            Piece::Fields(constant) => field(&mut text, constant),
            Piece::Field { key, path, .. } => place(&mut text, key, path),
            Piece::Checked { key, .. } => place(&mut text, key, "checked"),
            Piece::Part { key, part, .. } => place(&mut text, key, &name(part)),
            Piece::List { key, .. } => place(&mut text, key, "list"),
        }
    }
    text
}

fn place(text: &mut String, key: &str, what: &str) {
    let what = what.rsplit('.').next().unwrap_or(what);
    field(text, &format!("{key}<{what}>"));
}

/// A field, behind a comma where it is not the first.
fn field(text: &mut String, field: &str) {
    let is_first = text.is_empty() || text.ends_with(['{', '[', ' ', ',']);
    text.push_str(if is_first { "" } else { "," });
    text.push_str(field);
}

fn name(part: &Part) -> String {
    match part {
        Part::Method => "method".to_owned(),
        Part::Path => "path".to_owned(),
        Part::Host => "host".to_owned(),
        Part::Scheme => "scheme".to_owned(),
        Part::Url => "url".to_owned(),
        Part::ClientIp => "client_ip".to_owned(),
        Part::RequestId => "request_id".to_owned(),
        Part::Param(name) => format!("parameter {name}"),
        Part::Query(name) => format!("query {name}"),
        Part::Header(name) => format!("header {name}"),
        Part::Cookie(name) => format!("cookie {name}"),
    }
}
