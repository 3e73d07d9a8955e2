//! A value where no escaping makes it safe.

use std::fmt;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{Code, code};

pub(super) const CODE: Code = code!(Error, "R0707", "a value where none can be printed safely");

/// A place where no value is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Forbidden {
    TagName,
    AttributeName,
    Declaration,
    CommentOfHtml,
    CommentOfCss,
    CommentOfScript,
    CodeUrl,
    PrintedScheme,
    ScriptTemplate,
    ScriptRegex,
    OtherScript,
    OtherText,
    Document,
    Instruction,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Forbidden::TagName => "a tag's name",
            Forbidden::AttributeName => "an attribute's name",
            Forbidden::Declaration => "a declaration",
            Forbidden::CommentOfHtml => "a comment of HTML",
            Forbidden::CommentOfCss => "a comment of CSS",
            Forbidden::CommentOfScript => "a comment of JavaScript",
            Forbidden::CodeUrl => "a URL that runs code or is a document",
            Forbidden::PrintedScheme => "a URL whose scheme is printed",
            Forbidden::ScriptTemplate => "a template literal of JavaScript",
            Forbidden::ScriptRegex => "a regular expression",
            Forbidden::OtherScript => "a script of an unknown type",
            Forbidden::OtherText => "text that is not read as HTML",
            Forbidden::Document => "a document inside an attribute",
            Forbidden::Instruction => "an instruction to the browser",
        })
    }
}

pub(crate) fn value(at: usize, place: Forbidden) -> Diagnostic<usize> {
    Diagnostic::new(CODE, format!("a value cannot be printed into {place}"))
        .at(at, "here")
        .help(match place {
            Forbidden::AttributeName => {
                "print values of attributes: `name=\"{{ value }}\"`; choose attributes with \
                 `{{ if condition then }}`"
            }
            Forbidden::TagName => "choose elements with `{{ if condition then }}`",
            Forbidden::CommentOfHtml | Forbidden::CommentOfCss | Forbidden::CommentOfScript => {
                "a comment of the template is written `{{-- ... --}}`"
            }
            Forbidden::CodeUrl | Forbidden::PrintedScheme => {
                "write the scheme into the template, or print the whole URL: `href=\"{{ url }}\"`"
            }
            Forbidden::ScriptTemplate | Forbidden::ScriptRegex => {
                "give it a name first: `const value = {{ value }};`"
            }
            Forbidden::Declaration
            | Forbidden::OtherScript
            | Forbidden::OtherText
            | Forbidden::Document
            | Forbidden::Instruction => {
                "what is known to be safe can be printed with `{{{ value }}}`"
            }
        })
}
