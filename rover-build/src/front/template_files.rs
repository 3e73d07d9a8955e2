//! Templates in files of their own: the calls of `rover.template`, and what they name.

use std::fs;
use std::path::{Path, PathBuf};

use full_moon::ast::{
    Ast, Call, Expression, FunctionArgs, FunctionCall, Index, Prefix, Suffix, VarExpression,
};
use full_moon::node::Node;
use full_moon::tokenizer::TokenType;
use full_moon::visitors::Visitor;

use crate::diagnostic::codes::program::{name_not_constant, template_unreadable};
use crate::diagnostic::{Diagnostic, Position};
use crate::front::ids::{ById, TemplateId};

/// A template in a file of its own.
pub(crate) struct TemplateFile {
    /// As the program names it: relative to the manifest's folder.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// As `File::shown`.
    pub(crate) shown: String,
    pub(crate) text: String,
}

/// A path as people see it in messages: inside of the crate it begins there.
pub(crate) fn shown(path: &Path) -> String {
    let folder = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let inside = path.strip_prefix(&folder).unwrap_or(path);
    inside.to_string_lossy().into_owned()
}

/// The names in calls of `rover.template`.
pub(crate) fn named(
    ast: &Ast,
    file: &str,
    text: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Position, String)> {
    let mut finder = TemplateCalls::default();
    finder.visit_ast(ast);
    let mut found = Vec::new();
    for (at, name) in finder.calls {
        let position = Position::of(file, text, at);
        match name {
            Some(name) => found.push((position, name)),
            None => diagnostics.push(name_not_constant::of_template(position)),
        }
    }
    found
}

/// Reads template files that are not known yet.
pub(crate) fn read(
    names: Vec<(Position, String)>,
    folder: &Path,
    known: &mut ById<TemplateId, TemplateFile>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    for (position, name) in names {
        if known.iter().any(|t| t.name == name) {
            continue;
        }
        let inside = Path::new(&name)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        let path = folder.join(&name);
        if !inside {
            diagnostics.push(template_unreadable::outside(position, &name));
            continue;
        }
        match fs::read_to_string(&path) {
            Ok(text) => {
                known.push(TemplateFile {
                    shown: shown(&path),
                    name,
                    path,
                    text,
                });
            }
            Err(error) => {
                let error = error.to_string();
                diagnostics.push(template_unreadable::file(position, &name, &error));
            }
        }
    }
}

/// Calls of `rover.template`, with their constant argument.
#[derive(Default)]
struct TemplateCalls {
    calls: Vec<(usize, Option<String>)>,
}

impl TemplateCalls {
    fn chain<'a>(&mut self, prefix: &Prefix, mut suffixes: impl Iterator<Item = &'a Suffix>) {
        let Prefix::Name(name) = prefix else {
            return;
        };
        if name.token().to_string() != "rover" || !suffixes.next().is_some_and(is_template) {
            return;
        }
        if let Some(Suffix::Call(Call::AnonymousCall(arguments))) = suffixes.next() {
            let at = name.start_position().map_or(0, |p| p.bytes());
            self.calls.push((at, constant(arguments)));
        }
    }
}

impl Visitor for TemplateCalls {
    fn visit_function_call(&mut self, call: &FunctionCall) {
        self.chain(call.prefix(), call.suffixes());
    }

    /// `rover.template("f").field`
    fn visit_var_expression(&mut self, var: &VarExpression) {
        self.chain(var.prefix(), var.suffixes());
    }
}

/// `.template`
fn is_template(suffix: &Suffix) -> bool {
    matches!(suffix, Suffix::Index(Index::Dot { name, .. })
        if name.token().to_string() == "template")
}

fn constant(arguments: &FunctionArgs) -> Option<String> {
    let token = match arguments {
        FunctionArgs::String(token) => token,
        FunctionArgs::Parentheses { arguments, .. } => {
            let mut expressions = arguments.iter();
            match (expressions.next(), expressions.next()) {
                (Some(Expression::String(token)), None) => token,
                _ => return None,
            }
        }
        _ => return None,
    };
    match token.token().token_type() {
        TokenType::StringLiteral { literal, .. } => Some(literal.to_string()),
        _ => None,
    }
}
