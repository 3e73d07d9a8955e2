//! The program's tree with names resolved: what the analysis reads.
//!
//! full_moon's tree keeps every token and comment; this one keeps what a program means
//! and, as byte ranges, where it is written.

use std::fmt;
use std::ops::Deref;

use crate::front::ids::ById;
pub(crate) use crate::front::ids::{FunctionId, Span, VarId};

/// A name that the program writes: of a field or of a method. It equals another where their
/// texts are the same.
#[derive(Clone, Debug, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    /// Where it is written, without quotes; with them where something in it is an escape.
    pub(crate) span: Span,
}

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        self.text == other.text
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

/// One file.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) vars: ById<VarId, Var>,
    /// The first is the file itself.
    pub(crate) functions: ById<FunctionId, Function>,
    /// Whether there is a `goto` anywhere.
    pub(crate) jumps: bool,
}

/// A local variable, parameter or loop variable.
#[derive(Debug)]
pub(crate) struct Var {
    pub(crate) name: String,
    /// The byte at which it is declared.
    pub(crate) start: usize,
    /// Assignments beside its declaration.
    pub(crate) writes: usize,
}

#[derive(Debug)]
pub(crate) struct Function {
    /// Where `function` is written.
    pub(crate) start: usize,
    /// Where its parameters begin, behind the bracket.
    pub(crate) parameters: usize,
    /// Where its block begins, behind the parameters.
    pub(crate) block: usize,
    /// It is written as `function object:name()`: its first parameter is `self`, which is not
    /// among those that are written.
    pub(crate) is_method: bool,
    pub(crate) params: Vec<VarId>,
    pub(crate) variadic: bool,
    pub(crate) body: Vec<Stmt>,
}

#[derive(Debug)]
pub(crate) enum Stmt {
    Local(Vec<VarId>, Vec<Expr>),
    Assign(Vec<Expr>, Vec<Expr>),
    Call(Expr),
    Do(Vec<Stmt>),
    While(Expr, Vec<Stmt>),
    Repeat(Vec<Stmt>, Expr),
    If(Vec<(Expr, Vec<Stmt>)>, Vec<Stmt>),
    For(Header, Vec<Expr>, Vec<Stmt>),
    /// `for i = first, last, step`
    Count(VarId, Vec<Expr>, Vec<Stmt>),
    LocalFunction(VarId, FunctionId),
    Function(Expr, FunctionId),
    /// Where `return` is written, and what it gives.
    Return(usize, Vec<Expr>),
}

/// What a loop over an iterator declares.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) vars: Vec<VarId>,
    /// Where their names begin.
    pub(crate) start: usize,
    /// Where its block begins, behind `do`.
    pub(crate) block: usize,
}

#[derive(Debug)]
pub(crate) struct Expr {
    pub(crate) span: Span,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Nil,
    Boolean(bool),
    Number(String),
    /// What the string means; `None` where that is no UTF-8.
    Text(Option<String>),
    Vararg,
    Function(FunctionId),
    Var(VarId),
    Global(String),
    Index(Box<Expr>, Box<Expr>),
    Call(Box<Expr>, Vec<Expr>),
    /// `object:name(args)`
    Method(Box<Expr>, Name, Vec<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a .. b`
    Concat(Box<Expr>, Box<Expr>),
    Unary(UnaryOp, Box<Expr>),
    Paren(Box<Expr>),
    Table(Vec<Field>),
}

/// An operator between two operands, but `..`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BinaryOp {
    And,
    Or,
    /// `==` and `~=`
    Equality,
    /// `<`, `<=`, `>` and `>=`
    Order,
    Add,
    /// `-`, `*`, `/`, `%` and `^`
    Arithmetic,
    /// One that Lua 5.1 does not have.
    Other,
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnaryOp {
    Minus,
    Not,
    Length,
    /// One that Lua 5.1 does not have.
    Other,
}

/// A constructor's field.
#[derive(Debug)]
pub(crate) enum Field {
    Item(Expr),
    /// `name = value` and `["name"] = value`.
    Named(Name, Expr),
    Keyed(Expr, Expr),
}

impl Chunk {
    /// The function that begins at a byte.
    pub(crate) fn function_at(&self, start: usize) -> Option<FunctionId> {
        let mut functions = self.functions.numbered().skip(1);
        let found = functions.find(|(_, function)| function.start == start);
        found.map(|(id, _)| id)
    }

    /// The function in `return function(api) ... end`, where a file ends with that.
    pub(crate) fn returned_function(&self) -> Option<FunctionId> {
        let Some(Stmt::Return(_, values)) = self.functions[FunctionId::CHUNK].body.last() else {
            return None;
        };
        match values.as_slice() {
            [value] => match value.kind {
                Kind::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Expr {
    /// The variable that this expression is.
    pub(crate) fn var(&self) -> Option<VarId> {
        match self.kind {
            Kind::Var(id) => Some(id),
            _ => None,
        }
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => text.as_deref(),
            _ => None,
        }
    }

    /// `list` in `#list + 1`, the key that a new last item gets.
    pub(crate) fn next_of(&self) -> Option<VarId> {
        let Kind::Binary(BinaryOp::Add, length, one) = &self.kind else {
            return None;
        };
        let one = matches!(&one.kind, Kind::Number(digits) if digits == "1");
        length.length_of().filter(|_| one)
    }

    /// `list` in `#list`.
    pub(crate) fn length_of(&self) -> Option<VarId> {
        match &self.kind {
            Kind::Unary(UnaryOp::Length, list) => list.var(),
            _ => None,
        }
    }

    /// The text of a string that is written between quotes just as it is: an escape or a
    /// long bracket makes what is written longer.
    pub(crate) fn plain_text(&self) -> Option<&str> {
        let written = self.span.end - self.span.start;
        self.text().filter(|text| text.len() + 2 == written)
    }

    /// The name that a key is.
    pub(crate) fn name(&self) -> Option<Name> {
        let Span { start, end } = self.span;
        let (start, end) = match self.plain_text() {
            Some(_) => (start + 1, end - 1),
            None => (start, end),
        };
        self.text().map(|text| Name {
            text: text.to_owned(),
            span: Span { start, end },
        })
    }

    /// The text of a key that is written as a name, behind a dot.
    pub(crate) fn dotted(&self) -> Option<&str> {
        let Span { start, end } = self.span;
        self.text().filter(|text| text.len() == end - start)
    }

    /// Whether the arguments of a call stand in brackets: `f("x")`, but not `f "x"`.
    pub(crate) fn has_brackets(&self) -> bool {
        match &self.kind {
            Kind::Call(_, args) | Kind::Method(_, _, args) => match args.as_slice() {
                [only] => only.span.end < self.span.end,
                _ => true,
            },
            _ => false,
        }
    }

    /// Calls `f` with the expressions directly inside.
    pub(crate) fn each_child<'a>(&'a self, f: &mut dyn FnMut(&'a Expr)) {
        match &self.kind {
            Kind::Index(a, b) | Kind::Binary(_, a, b) | Kind::Concat(a, b) => {
                f(a);
                f(b);
            }
            Kind::Call(callee, args) => {
                f(callee);
                args.iter().for_each(f);
            }
            Kind::Method(object, _, args) => {
                f(object);
                args.iter().for_each(f);
            }
            Kind::Unary(_, e) | Kind::Paren(e) => f(e),
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Item(e) | Field::Named(_, e) => f(e),
                        Field::Keyed(k, e) => {
                            f(k);
                            f(e);
                        }
                    }
                }
            }
            Kind::Nil
            | Kind::Boolean(_)
            | Kind::Number(_)
            | Kind::Text(_)
            | Kind::Vararg
            | Kind::Function(_)
            | Kind::Var(_)
            | Kind::Global(_) => {}
        }
    }
}

impl Stmt {
    /// Calls `f` with the statement's own expressions, and `g` with the blocks inside.
    pub(crate) fn parts<'a>(&'a self, f: &mut dyn FnMut(&'a Expr), g: &mut dyn FnMut(&'a [Stmt])) {
        match self {
            Stmt::Local(_, values) | Stmt::Return(_, values) => values.iter().for_each(f),
            Stmt::Assign(targets, values) => targets.iter().chain(values).for_each(f),
            Stmt::Call(call) => f(call),
            Stmt::Do(block) => g(block),
            Stmt::While(condition, block) | Stmt::Repeat(block, condition) => {
                f(condition);
                g(block);
            }
            Stmt::If(arms, otherwise) => {
                for (condition, block) in arms {
                    f(condition);
                    g(block);
                }
                g(otherwise);
            }
            Stmt::For(_, values, block) | Stmt::Count(_, values, block) => {
                values.iter().for_each(f);
                g(block);
            }
            Stmt::Function(target, _) => f(target),
            Stmt::LocalFunction(..) => {}
        }
    }
}
