//! Variables of the environment, as the text shows them: which a program declares and reads, and
//! which texts it compares them with.

use std::collections::HashMap;

use crate::analyse::names::Names;
use crate::diagnostic::Position;
use crate::front::hir::{BinaryOp, Expr, Field, Kind};
use crate::front::ids::FileId;
use crate::front::walk::expressions;

/// What the text shows, in its order.
#[derive(Debug, Default)]
pub(crate) struct Mentions {
    /// `rover.env { NAME = ... }`
    pub(crate) declared: Vec<(String, Position)>,
    /// `rover.env.NAME` and `os.getenv "NAME"`
    pub(crate) read: Vec<(String, Position)>,
    /// The texts that a variable is compared with, by its name.
    pub(crate) compared: HashMap<String, Vec<String>>,
}

impl Mentions {
    pub(crate) fn find(names: &Names<'_>) -> Self {
        let mut mentions = Mentions::default();
        for (file, source) in names.sources.files.numbered() {
            let mut found = Vec::new();
            for function in &source.hir.functions {
                expressions(&function.body, &mut |expr| found.push(expr));
            }
            found.sort_by_key(|expr| expr.span.start);
            let position = |byte| source.position(byte);
            for expr in found {
                mentions.add(names, file, expr, &position);
            }
        }
        mentions
    }

    fn add(
        &mut self,
        names: &Names<'_>,
        file: FileId,
        expr: &Expr,
        position: &dyn Fn(usize) -> Position,
    ) {
        match &expr.kind {
            Kind::Call(callee, args) if names.of_rover(file, callee) == Some("env") => {
                let table = args.first().map(|table| names.followed(file, table));
                let Some(Kind::Table(fields)) = table.map(|table| &table.kind) else {
                    return;
                };
                for field in fields {
                    if let Field::Named(name, _) = field {
                        let at = position(name.span.start);
                        self.declared.push((name.text.clone(), at));
                    }
                }
            }
            Kind::Index(object, key) if names.of_rover(file, object) == Some("env") => {
                if let Some(name) = key.text() {
                    self.read.push((name.to_owned(), position(expr.span.start)));
                }
            }
            Kind::Call(..) => {
                if let Some(name) = getenv(names, file, expr) {
                    self.read.push((name.to_owned(), position(expr.span.start)));
                }
            }
            Kind::Binary(BinaryOp::Equality, left, right) => {
                for (variable, text) in [(left, right), (right, left)] {
                    if let (Some(name), Some(text)) =
                        (variable_of(names, file, variable), text.text())
                    {
                        let texts = self.compared.entry(name.to_owned()).or_default();
                        if !texts.iter().any(|known| known == text) {
                            texts.push(text.to_owned());
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

/// `NAME` of `os.getenv "NAME"`.
fn getenv<'e>(names: &Names<'_>, file: FileId, expr: &'e Expr) -> Option<&'e str> {
    let Kind::Call(callee, args) = &expr.kind else {
        return None;
    };
    let Kind::Index(library, function) = &names.followed(file, callee).kind else {
        return None;
    };
    let is_os = names.global(file, library) == Some("os");
    let name = args.first().and_then(Expr::text);
    name.filter(|_| is_os && function.text() == Some("getenv"))
}

/// The variable that an expression has the value of: `rover.env.NAME`, `env.NAME` of what
/// `rover.env { ... }` gave, or a local that holds one of these.
fn variable_of<'e>(names: &'e Names<'_>, file: FileId, expr: &'e Expr) -> Option<&'e str> {
    let expr = names.followed(file, expr);
    match &expr.kind {
        Kind::Paren(inner) => variable_of(names, file, inner),
        // `rover.env.MODE or "production"`
        Kind::Binary(BinaryOp::Or, left, _) => variable_of(names, file, left),
        Kind::Index(object, key) => {
            let is_env = names.of_rover(file, object) == Some("env");
            let table = names.followed(file, object);
            let is_made = matches!(&table.kind, Kind::Call(callee, _) if names.of_rover(file, callee) == Some("env"));
            key.text().filter(|_| is_env || is_made)
        }
        Kind::Call(..) => getenv(names, file, expr),
        _ => None,
    }
}
