//! Where things stand in a file's syntax tree: the targets of definitions, found by the
//! function that is defined, or by the line that a running chunk knows.

use full_moon::ast::{Assignment, Ast, Expression, Field, FunctionDeclaration, Index, Suffix, Var};
use full_moon::node::Node;
use full_moon::tokenizer::{TokenReference, TokenType};
use full_moon::visitors::Visitor;

/// One file's definitions.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    targets: Vec<Target>,
    /// Functions in table constructors: where `function` is written, the key, and where that is.
    fields: Vec<(usize, String, usize)>,
}

/// What a function statement or an assignment defines: `api.users.get`.
#[derive(Debug)]
struct Target {
    line: usize,
    /// Names, and the bytes at which they are written.
    keys: Vec<(String, usize)>,
    /// Where the function is written that it becomes.
    function: Option<usize>,
}

impl Target {
    fn at(&self, from_end: usize) -> Option<usize> {
        let at = self.keys.len().saturating_sub(1 + from_end);
        self.keys.get(at).map(|(_, start)| *start)
    }

    /// How many of its keys are the last ones of a path; nothing where one is another. A
    /// key without a name is computed.
    fn fits(&self, path: &[&str]) -> Option<usize> {
        let keys = self.keys.get(1..)?;
        let path = path.get(path.len().checked_sub(keys.len())?..)?;
        let mut pairs = keys.iter().zip(path);
        let same = pairs.all(|((name, _), key)| name.is_empty() || name == key);
        (same && !keys.is_empty()).then_some(keys.len())
    }
}

impl Tree {
    pub(crate) fn new(text: &str, ast: &Ast) -> Self {
        let tree = Tree::default();
        let mut finder = Finder { text, tree };
        finder.visit_ast(ast);
        finder.tree
    }

    /// The byte where the definition of a function stands: its key `from_end` keys before the last
    /// one, or its key in a table constructor.
    pub(crate) fn of_function(&self, start: usize, key: &str, from_end: usize) -> Option<usize> {
        let mut targets = self.targets.iter();
        let target = targets.find(|t| t.function == Some(start));
        if let Some(target) = target.filter(|t| t.keys.last().is_some_and(|(k, _)| k == key)) {
            return target.at(from_end);
        }
        let mut fields = self.fields.iter();
        let found = fields.find(|(at, name, _)| *at == start && name == key);
        found.map(|(.., start)| *start)
    }

    /// The byte where the definition of a path on a line stands: its key `from_end` keys before the
    /// last one.
    pub(crate) fn on_line(&self, line: usize, path: &[&str], from_end: usize) -> Option<usize> {
        let on_line = self.targets.iter().rev().filter(|t| t.line == line);
        let best = on_line.max_by_key(|target| target.fits(path))?;
        best.fits(path).and_then(|_| best.at(from_end))
    }
}

struct Finder<'a> {
    text: &'a str,
    tree: Tree,
}

impl Finder<'_> {
    fn key(&self, token: &TokenReference) -> (String, usize) {
        (text(self.text, token), start(token))
    }

    fn var_keys(&self, var: &Var) -> Vec<(String, usize)> {
        let expression = match var {
            Var::Name(name) => return vec![self.key(name)],
            Var::Expression(expression) => expression,
            _ => return Vec::new(),
        };
        let mut keys = Vec::new();
        if let Some(first) = expression.prefix().tokens().next() {
            keys.push(self.key(first));
        }
        for suffix in expression.suffixes() {
            match suffix {
                Suffix::Index(Index::Dot { name, .. }) => keys.push(self.key(name)),
                Suffix::Index(Index::Brackets { expression, .. }) => match &**expression {
                    Expression::String(token) => keys.push(self.key(token)),
                    other => {
                        let token = other.tokens().next();
                        keys.extend(token.map(|t| (String::new(), start(t))));
                    }
                },
                _ => {}
            }
        }
        keys
    }
}

impl Visitor for Finder<'_> {
    fn visit_function_declaration(&mut self, function: &FunctionDeclaration) {
        let name = function.name();
        let method = name.method_name().into_iter();
        let keys: Vec<_> = name
            .names()
            .iter()
            .chain(method)
            .map(|t| self.key(t))
            .collect();
        self.tree.targets.push(Target {
            line: line(function.function_token()),
            keys,
            function: Some(start(function.function_token())),
        });
    }

    fn visit_field(&mut self, field: &Field) {
        if let Field::NameKey { key, value, .. } = field
            && let Expression::Function(function) = &**value
        {
            let (name, at) = self.key(key);
            let function = start(function.function_token());
            self.tree.fields.push((function, name, at));
        }
    }

    fn visit_assignment(&mut self, assignment: &Assignment) {
        let mut values = assignment.expressions().iter();
        for var in assignment.variables() {
            let function = match values.next() {
                Some(Expression::Function(function)) => Some(start(function.function_token())),
                _ => None,
            };
            let keys = self.var_keys(var);
            if !keys.is_empty() {
                let line = var.start_position().map_or(0, |p| p.line());
                self.tree.targets.push(Target {
                    line,
                    keys,
                    function,
                });
            }
        }
    }
}

fn line(token: &TokenReference) -> usize {
    token.start_position().map_or(0, |p| p.line())
}

fn start(token: &TokenReference) -> usize {
    token.token().start_position().bytes()
}

/// A name's or a string literal's text, as the file has it: the parser may have read a
/// stand-in.
pub(crate) fn text(file: &str, token: &TokenReference) -> String {
    match token.token().token_type() {
        TokenType::StringLiteral { literal, .. } => literal.to_string(),
        _ => written(file, token).to_owned(),
    }
}

/// What stands in the file.
pub(crate) fn written<'t>(file: &'t str, token: &TokenReference) -> &'t str {
    let token = token.token();
    let (start, end) = (token.start_position(), token.end_position());
    file.get(start.bytes()..end.bytes()).unwrap_or_default()
}
