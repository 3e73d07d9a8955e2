//! What a function does with its `ctx`: from this follow a route's needs, the errors
//! for unknown members, and the rewriting of `ctx:body():json()`.

use full_moon::ast::{
    Call, Expression, FunctionBody, FunctionCall, GenericFor, Index, LocalAssignment,
    LocalFunction, NumericFor, Parameter, Prefix, Suffix, Var, VarExpression,
};
use full_moon::tokenizer::{Token, TokenReference};
use full_moon::visitors::{Visit, Visitor};

use crate::diagnostic::Position;
use crate::tree::{position, text};

/// How a function uses its first parameter, if that is a `ctx`.
#[derive(Clone, Debug, Default)]
pub(crate) struct CtxUse {
    /// Members that are named directly: `ctx:params()`, `ctx.method`.
    pub(crate) members: Vec<Member>,
    /// The name is used in some other way: passed on, returned, indexed by a value.
    pub(crate) escapes: bool,
    /// The name means something else in some part of the function.
    pub(crate) shadowed: bool,
}

/// One `ctx:name` or `ctx.name`.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) position: Position,
    pub(crate) called: bool,
    /// For a call whose result has a method called on it, as in `ctx:body():json()`:
    /// the byte in the file after the member's name.
    pub(crate) chained: Option<usize>,
}

impl CtxUse {
    /// Whether the function may read the request's body.
    pub(crate) fn reads_body(&self) -> bool {
        self.escapes || self.shadowed || self.members.iter().any(|m| m.name == "body")
    }

    pub(crate) fn used(&self) -> bool {
        self.escapes || self.shadowed || !self.members.is_empty()
    }
}

pub(crate) fn ctx_use(file: &str, body: &FunctionBody, name: &str) -> CtxUse {
    let mut finder = Finder {
        file,
        name,
        found: CtxUse::default(),
        mentions: 0,
    };
    body.block().visit(&mut finder);
    let Finder {
        mut found,
        mentions,
        ..
    } = finder;
    found.escapes = mentions > found.members.len();
    found
}

struct Finder<'a> {
    file: &'a str,
    name: &'a str,
    found: CtxUse,
    mentions: usize,
}

impl Finder<'_> {
    fn is_ctx(&self, prefix: &Prefix) -> bool {
        matches!(prefix, Prefix::Name(token) if text(token) == self.name)
    }

    fn chain<'s>(&mut self, prefix: &Prefix, suffixes: impl Iterator<Item = &'s Suffix>) {
        if !self.is_ctx(prefix) {
            return;
        }
        let suffixes: Vec<&Suffix> = suffixes.collect();
        let (token, after_call) = match suffixes.as_slice() {
            [Suffix::Call(Call::MethodCall(call)), rest @ ..] => (call.name(), Some(rest)),
            [Suffix::Index(Index::Dot { name, .. }), rest @ ..] => match rest {
                [Suffix::Call(Call::AnonymousCall(_)), rest @ ..] => (name, Some(rest)),
                _ => (name, None),
            },
            _ => return,
        };
        let chained = match after_call {
            Some([Suffix::Call(Call::MethodCall(_)), ..])
            | Some(
                [
                    Suffix::Index(Index::Dot { .. }),
                    Suffix::Call(Call::AnonymousCall(_)),
                    ..,
                ],
            ) => Some(token.token().end_position().bytes()),
            _ => None,
        };
        self.found.members.push(Member {
            name: text(token),
            position: position(self.file, token),
            called: after_call.is_some(),
            chained,
        });
    }

    fn declared<'s>(&mut self, names: impl Iterator<Item = &'s TokenReference>) {
        for token in names {
            self.found.shadowed |= text(token) == self.name;
        }
    }
}

impl Visitor for Finder<'_> {
    fn visit_function_call(&mut self, call: &FunctionCall) {
        self.chain(call.prefix(), call.suffixes());
    }

    fn visit_var_expression(&mut self, expression: &VarExpression) {
        self.chain(expression.prefix(), expression.suffixes());
    }

    fn visit_identifier(&mut self, token: &Token) {
        self.mentions += usize::from(token.to_string() == self.name);
    }

    fn visit_local_assignment(&mut self, local: &LocalAssignment) {
        self.declared(local.names().iter());
    }

    fn visit_local_function(&mut self, local: &LocalFunction) {
        self.declared(std::iter::once(local.name()));
    }

    fn visit_parameter(&mut self, parameter: &Parameter) {
        if let Parameter::Name(token) = parameter {
            self.declared(std::iter::once(token));
        }
    }

    fn visit_generic_for(&mut self, statement: &GenericFor) {
        self.declared(statement.names().iter());
    }

    fn visit_numeric_for(&mut self, statement: &NumericFor) {
        self.declared(std::iter::once(statement.index_variable()));
    }

    fn visit_assignment(&mut self, assignment: &full_moon::ast::Assignment) {
        for var in assignment.variables() {
            if let Var::Name(token) = var {
                self.declared(std::iter::once(token));
            }
        }
    }
}

/// The calls on the server that a file makes: `api.json(...)`, `api.redirect:status(...)`.
pub(crate) struct ServerCalls {
    name: Option<String>,
    declarations: usize,
    /// Builder, member of the builder, method of the response; each with its place.
    pub(crate) calls: Vec<Vec<(String, Position)>>,
    file: String,
}

impl ServerCalls {
    pub(crate) fn new(file: &str, ast: &full_moon::ast::Ast) -> Self {
        let mut names = ServerName::default();
        names.visit_ast(ast);
        let mut calls = ServerCalls {
            declarations: names
                .declared
                .iter()
                .filter(|n| Some(*n) == names.server.as_ref())
                .count(),
            name: names.server,
            calls: Vec::new(),
            file: file.to_owned(),
        };
        // A name with two meanings in one file proves nothing.
        if calls.name.is_some() && calls.declarations == 1 {
            calls.visit_ast(ast);
        }
        calls
    }
}

impl Visitor for ServerCalls {
    fn visit_function_call(&mut self, call: &FunctionCall) {
        let Prefix::Name(name) = call.prefix() else {
            return;
        };
        if Some(text(name)) != self.name {
            return;
        }
        let mut names = Vec::new();
        for suffix in call.suffixes() {
            match suffix {
                Suffix::Call(Call::MethodCall(method)) => names.push(method.name()),
                Suffix::Index(Index::Dot { name, .. }) => names.push(name),
                Suffix::Call(Call::AnonymousCall(_)) => {}
                _ => return,
            }
        }
        let named = names
            .into_iter()
            .map(|t| (text(t), position(&self.file, t)));
        self.calls.push(named.collect());
    }
}

#[derive(Default)]
struct ServerName {
    server: Option<String>,
    declared: Vec<String>,
}

impl ServerName {
    fn declare(&mut self, token: &TokenReference) {
        self.declared.push(text(token));
    }
}

impl Visitor for ServerName {
    fn visit_local_assignment(&mut self, local: &LocalAssignment) {
        local.names().iter().for_each(|t| self.declare(t));
        if let (Some(name), Some(Expression::FunctionCall(call))) = (
            local.names().iter().next(),
            local.expressions().iter().next(),
        ) && let Prefix::Name(prefix) = call.prefix()
            && let Some(Suffix::Index(Index::Dot { name: member, .. })) = call.suffixes().next()
            && (text(prefix).as_str(), text(member).as_str()) == ("rover", "server")
        {
            self.server = Some(text(name));
        }
    }

    fn visit_local_function(&mut self, local: &LocalFunction) {
        self.declare(local.name());
    }

    fn visit_parameter(&mut self, parameter: &Parameter) {
        if let Parameter::Name(token) = parameter {
            self.declare(token);
        }
    }

    fn visit_generic_for(&mut self, statement: &GenericFor) {
        statement.names().iter().for_each(|t| self.declare(t));
    }

    fn visit_numeric_for(&mut self, statement: &NumericFor) {
        self.declare(statement.index_variable());
    }
}
