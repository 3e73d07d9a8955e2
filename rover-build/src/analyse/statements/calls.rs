//! The calls of a program, by what they call, and what is given to fields, globals and variables:
//! what must be known to go back from a value to where it comes from.

use std::collections::HashMap;

use crate::analyse::names::Names;
use crate::front::hir::{Expr, Field, Function, Kind, Stmt};
use crate::front::ids::{FileId, FunctionRef, VarRef};
use crate::vocabulary::{self, Kind as WordKind, words};

/// An expression of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    pub(crate) file: FileId,
    pub(crate) expr: &'a Expr,
}

/// A call of a function of the program.
#[derive(Clone, Debug)]
pub(super) struct Caller<'a> {
    /// The function in which it stands.
    pub(super) inside: FunctionRef,
    /// In a method's call the object is the first.
    pub(super) args: Vec<At<'a>>,
}

impl Caller<'_> {
    /// Its last argument may be more than one value.
    pub(super) fn is_open(&self) -> bool {
        self.args.last().is_some_and(|last| {
            matches!(
                last.expr.kind,
                Kind::Call(..) | Kind::Method(..) | Kind::Vararg
            )
        })
    }
}

/// What is given to a name.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    Expr(At<'a>),
    Function(FunctionRef),
    /// Something that the text does not show.
    Unseen,
}

/// What the whole program does.
#[derive(Default)]
pub(super) struct Calls<'a> {
    pub(super) callers: HashMap<FunctionRef, Vec<Caller<'a>>>,
    /// The objects whose `transaction` calls a function.
    pub(super) transactions: HashMap<FunctionRef, Vec<At<'a>>>,
    /// The function of each parameter, and its number.
    pub(super) parameters: HashMap<VarRef, (FunctionRef, usize)>,
    /// Of variables that are not given one value alone.
    pub(super) variables: HashMap<VarRef, Vec<Value<'a>>>,
    /// Of fields, in whichever table.
    pub(super) fields: HashMap<&'a str, Vec<Value<'a>>>,
    pub(super) globals: HashMap<&'a str, Vec<Value<'a>>>,
    /// Calls of a database's methods, as their names tell: `object:all(...)`.
    pub(super) methods: Vec<(FunctionRef, At<'a>)>,
}

impl<'a> Calls<'a> {
    pub(super) fn find(names: &Names<'a>, methods: &[&str]) -> Self {
        let mut calls = Calls::default();
        let mut all: Vec<(FunctionRef, At<'a>)> = Vec::new();
        for (file, source) in names.sources.files.numbered() {
            for (id, function) in source.hir.functions.numbered() {
                let place = file.function(id);
                for (at, param) in function.params.iter().enumerate() {
                    let of = (place, at);
                    calls.parameters.insert(file.var(*param), of);
                }
                calls.block(file, &function.body, &mut |expr| {
                    all.push((place, At { file, expr }));
                });
            }
        }
        for (_, at) in &all {
            calls.constructor(*at);
        }
        for (place, at) in all {
            calls.expr(names, methods, place, at);
        }
        calls
    }

    fn constructor(&mut self, At { file, expr }: At<'a>) {
        if let Kind::Table(fields) = &expr.kind {
            for field in fields {
                if let Field::Named(name, expr) = field {
                    let given = self.fields.entry(name.as_str()).or_default();
                    given.push(Value::Expr(At { file, expr }));
                }
            }
        }
    }

    fn block(&mut self, file: FileId, block: &'a [Stmt], f: &mut dyn FnMut(&'a Expr)) {
        for stmt in block {
            self.stmt(file, stmt);
            stmt.parts(&mut |expr| inside(expr, f), &mut |_| {});
            let mut blocks = Vec::new();
            stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
            for inner in blocks {
                self.block(file, inner, f);
            }
        }
    }

    fn stmt(&mut self, file: FileId, stmt: &'a Stmt) {
        let value = |at: usize, values: &'a [Expr]| match values.get(at) {
            Some(expr) => Value::Expr(At { file, expr }),
            None => Value::Unseen,
        };
        match stmt {
            Stmt::Local(vars, values) if !values.is_empty() => {
                for (at, var) in vars.iter().enumerate() {
                    let given = self.variables.entry(file.var(*var)).or_default();
                    given.push(value(at, values));
                }
            }
            Stmt::Assign(targets, values) => {
                for (at, target) in targets.iter().enumerate() {
                    self.assign(file, target, value(at, values));
                }
            }
            Stmt::Function(target, id) => {
                self.assign(file, target, Value::Function(file.function(*id)));
            }
            _ => {}
        }
    }

    fn assign(&mut self, file: FileId, target: &'a Expr, value: Value<'a>) {
        let to = match &target.kind {
            Kind::Var(var) => self.variables.entry(file.var(*var)).or_default(),
            Kind::Global(name) => self.globals.entry(name).or_default(),
            Kind::Index(_, key) => match key.text() {
                Some(name) => self.fields.entry(name).or_default(),
                None => return,
            },
            _ => return,
        };
        to.push(value);
    }

    fn expr(&mut self, names: &Names<'a>, methods: &[&str], inside: FunctionRef, at: At<'a>) {
        let At { file, expr } = at;
        match &expr.kind {
            Kind::Call(callee, args) => {
                let called = function(names, file, callee);
                if let Some(function) = called.or_else(|| self.member(names, at, callee)) {
                    let args = args.iter().map(|expr| At { file, expr }).collect();
                    let caller = Caller { inside, args };
                    self.callers.entry(function).or_default().push(caller);
                }
            }
            Kind::Method(object, name, args) => {
                if methods.contains(&name.as_str()) {
                    self.methods.push((inside, at));
                }
                let called = names.method_function(file, object, name);
                if let Some(function) = called.or_else(|| self.only(name)) {
                    let object = std::iter::once(&**object);
                    let args = object.chain(args).map(|expr| At { file, expr }).collect();
                    let caller = Caller { inside, args };
                    self.callers.entry(function).or_default().push(caller);
                }
                if let ("transaction", Some(callback)) = (name.as_str(), args.first())
                    && let Some(function) = function(names, file, callback)
                {
                    let object = At { file, expr: object };
                    let objects = self.transactions.entry(function).or_default();
                    objects.push(object);
                }
            }
            _ => {}
        }
    }

    /// The function that is called as a member of an object which is not seen: the only one of the
    /// program that has this name as a field. Of a library's member it is none.
    pub(super) fn member(
        &self,
        names: &Names<'a>,
        at: At<'a>,
        callee: &Expr,
    ) -> Option<FunctionRef> {
        let Kind::Index(object, key) = &callee.kind else {
            return None;
        };
        let mut object = names.followed(at.file, object);
        while let Kind::Index(outer, _) = &object.kind {
            object = names.followed(at.file, outer);
        }
        match &object.kind {
            Kind::Global(name) if !self.globals.contains_key(name.as_str()) => None,
            _ => self.only(key.text()?),
        }
    }

    /// The only function of the program that has a name as a field: what a method of that name is,
    /// where the vocabulary has none.
    pub(super) fn only(&self, name: &str) -> Option<FunctionRef> {
        let [value] = self.fields.get(name)?.as_slice() else {
            return None;
        };
        let function = match value {
            Value::Function(function) => *function,
            Value::Expr(At { file, expr }) => match expr.kind {
                Kind::Function(id) => file.function(id),
                _ => return None,
            },
            Value::Unseen => return None,
        };
        let is_method = |word: &vocabulary::Word| {
            let of_texts = word.owner == "string";
            word.name == name && (word.kind == WordKind::Method || of_texts)
        };
        (!words().iter().any(is_method)).then_some(function)
    }
}

/// The function that an expression is, and nothing else can be.
fn function<'a>(names: &Names<'a>, file: FileId, expr: &'a Expr) -> Option<FunctionRef> {
    match expr.kind {
        Kind::Function(id) => Some(file.function(id)),
        _ => names.function(file, expr),
    }
}

/// Calls `f` with an expression and every one in it.
fn inside<'a>(expr: &'a Expr, f: &mut dyn FnMut(&'a Expr)) {
    f(expr);
    expr.each_child(&mut |child| inside(child, f));
}

/// What the returns of a function give first.
pub(super) fn returned(function: &Function) -> Vec<Option<&Expr>> {
    fn look<'a>(block: &'a [Stmt], found: &mut Vec<Option<&'a Expr>>) {
        for stmt in block {
            match stmt {
                Stmt::Return(_, values) => found.push(values.first()),
                _ => stmt.parts(&mut |_| {}, &mut |inner| look(inner, found)),
            }
        }
    }
    let mut found = Vec::new();
    look(&function.body, &mut found);
    found
}
