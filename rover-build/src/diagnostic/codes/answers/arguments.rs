//! `api.json(value, 201)`

use crate::diagnostic::code::{Code, code};
use crate::diagnostic::{Diagnostic, Position};

pub(super) const CODE: Code = code!(
    Error,
    "R0502",
    "an argument that a function of the server does not take"
);

pub(crate) fn one_too_many(at: Position, name: &str, takes: usize) -> Diagnostic {
    let help = match name {
        "no_content" => "it has no body".to_owned(),
        "error" => "it takes a status and a message".to_owned(),
        "bytes" => "it takes the bytes and their content type".to_owned(),
        "redirect" => "another status is another builder: `redirect:permanent(url)`, \
             `redirect:status(307, url)`"
            .to_owned(),
        _ => format!("another status goes first: `{name}:status(201, ...)`"),
    };
    let message = format!(
        "`{name}` takes {takes} argument{}",
        if takes == 1 { "" } else { "s" }
    );
    Diagnostic::new(CODE, message)
        .at(at, "one too many")
        .help(help)
}
