//! Whether a value is a database, and which.

use std::collections::HashSet;

use super::calls::{At, Value, returned};
use super::follow::Follow;
use crate::front::hir::{BinaryOp, Expr, Kind, VarId};
use crate::front::ids::{FileId, FunctionId, FunctionRef, TextRange, VarRef};

/// The calls of `rover.db` that a value may come from; nothing where it may be something else.
type Databases = Option<HashSet<TextRange>>;

/// What is looked at already, where values go in a circle: it gives nothing new.
#[derive(PartialEq, Eq, Hash)]
enum Seen<'a> {
    Var(VarRef),
    Field(&'a str),
    Global(&'a str),
    Function(FunctionRef),
}

/// Ways that are longer are not followed.
const MAX_STEPS: usize = 2000;

impl<'a> Follow<'_, 'a> {
    /// The calls of `rover.db` that a value comes from, where that is all that it may be.
    pub(super) fn databases(&self, at: At<'a>) -> Databases {
        let mut look = Look {
            follow: self,
            seen: HashSet::new(),
            steps: 0,
        };
        look.value(at).filter(|found| !found.is_empty())
    }
}

struct Look<'f, 'n, 'a> {
    follow: &'f Follow<'n, 'a>,
    seen: HashSet<Seen<'a>>,
    steps: usize,
}

impl<'a> Look<'_, '_, 'a> {
    fn value(&mut self, at: At<'a>) -> Databases {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return None;
        }
        let At { file, expr } = at;
        match &expr.kind {
            Kind::Paren(inner) => self.value(At { file, expr: inner }),
            Kind::Nil => Some(HashSet::new()),
            Kind::Binary(BinaryOp::Or, left, right) => {
                self.all([left, right].map(|expr| Value::Expr(At { file, expr })))
            }
            Kind::Binary(BinaryOp::And, _, right) => self.value(At { file, expr: right }),
            Kind::Call(callee, _) => self.call(at, callee),
            Kind::Method(object, name, _) => {
                let names = self.follow.names;
                let function = names.method_function(file, object, name);
                self.function(function.or_else(|| self.follow.calls.only(name))?)
            }
            Kind::Var(var) => self.variable(file, *var),
            Kind::Index(_, key) => self.field(at, key.text()?),
            Kind::Global(name) => {
                let given = self.follow.calls.globals.get(name.as_str())?;
                self.once(Seen::Global(name), |look| look.all(given.iter().copied()))
            }
            _ => None,
        }
    }

    /// What all of some values are.
    fn all(&mut self, values: impl IntoIterator<Item = Value<'a>>) -> Databases {
        let mut found = HashSet::new();
        for value in values {
            match value {
                Value::Expr(at) => found.extend(self.value(at)?),
                Value::Function(_) | Value::Unseen => return None,
            }
        }
        Some(found)
    }

    fn once(&mut self, what: Seen<'a>, look: impl FnOnce(&mut Self) -> Databases) -> Databases {
        match self.seen.insert(what) {
            true => look(self),
            false => Some(HashSet::new()),
        }
    }

    fn call(&mut self, At { file, expr }: At<'a>, callee: &'a Expr) -> Databases {
        let names = self.follow.names;
        if names.of_rover(file, callee) == Some("db") {
            return Some(HashSet::from([file.range(expr.span)]));
        }
        if let Some(module) = names.module(file, expr) {
            return self.function(module.function(FunctionId::CHUNK));
        }
        let function = names.function(file, callee);
        let member = || {
            self.follow
                .calls
                .member(names, At { file, expr: callee }, callee)
        };
        self.function(function.or_else(member)?)
    }

    /// What a function returns.
    fn function(&mut self, place: FunctionRef) -> Databases {
        let FunctionRef { file, id } = place;
        let function = &self.follow.names.sources.files[file].hir.functions[id];
        let values = returned(function);
        let values = values.into_iter().map(|value| match value {
            Some(expr) => Value::Expr(At { file, expr }),
            None => Value::Unseen,
        });
        self.once(Seen::Function(place), |look| look.all(values))
    }

    fn variable(&mut self, file: FileId, id: VarId) -> Databases {
        let var = file.var(id);
        let calls = self.follow.calls;
        let assigned = calls.variables.get(&var).into_iter().flatten().copied();
        let Some((function, number)) = calls.parameters.get(&var) else {
            let given: Vec<Value<'a>> = assigned.collect();
            if given.is_empty() {
                return None;
            }
            return self.once(Seen::Var(var), |look| look.all(given));
        };
        let mut given: Vec<Value<'a>> = assigned.collect();
        let assignments = given.len();
        if *number == 0 {
            let objects = calls.transactions.get(function).into_iter().flatten();
            given.extend(objects.map(|object| Value::Expr(*object)));
        }
        let callers = calls.callers.get(function).into_iter().flatten();
        for caller in callers {
            match caller.args.get(*number) {
                Some(arg) => given.push(Value::Expr(*arg)),
                None if caller.is_open() => return None,
                // It is nil.
                None => {}
            }
        }
        if given.len() == assignments {
            return None;
        }
        self.once(Seen::Var(var), |look| look.all(given))
    }

    fn field(&mut self, at: At<'a>, name: &'a str) -> Databases {
        let resolved = self.follow.names.resolve(at.file, at.expr);
        if let Some((file, expr)) = resolved
            && !std::ptr::eq(expr, at.expr)
        {
            return self.value(At { file, expr });
        }
        let given = self.follow.calls.fields.get(name)?;
        self.once(Seen::Field(name), |look| look.all(given.iter().copied()))
    }
}
