//! What the program sets on `ctx`: `ctx.user = user`. A field is of every type that it is given anywhere, or nil.

use std::collections::{HashMap, HashSet};

use super::{Frame, ReturnTypes};
use crate::analyse::handlers::{Handler, Handlers};
use crate::analyse::lists::lists;
use crate::analyse::names::Names;
use crate::analyse::types::ValueType;
use crate::front::hir::{Expr, FunctionId, Kind, Stmt, VarId};
use crate::front::ids::FunctionRef;

/// Where the fields are set.
#[derive(Default)]
pub(super) struct CtxFields<'a> {
    set: HashMap<&'a str, Vec<Set<'a>>>,
    /// Names whose value is changed afterwards, or set where it is not followed.
    unknown: HashSet<&'a str>,
    /// Code that is not followed may set any.
    open: bool,
}

#[derive(Clone, Copy)]
struct Set<'a> {
    function: FunctionRef,
    ctx: VarId,
    value: &'a Expr,
}

impl<'a> CtxFields<'a> {
    /// `called` are the functions that the runtime calls with a `ctx`; nothing for one that the text does not show.
    pub(super) fn find(
        names: &'a Names<'a>,
        handlers: &'a Handlers,
        called: &[Option<FunctionRef>],
    ) -> Self {
        let mut fields = CtxFields::default();
        let mut seen = HashSet::new();
        for place in called {
            let Some(place) = place else {
                fields.open = true;
                continue;
            };
            let handler = handlers.function(names.sources, *place);
            for function in handlers.reached(names.sources, handler) {
                if seen.insert(function.place()) {
                    fields.function(names, function);
                }
            }
        }
        fields
    }

    fn function(&mut self, names: &'a Names<'a>, function: Handler<'a>) {
        self.open |= function.ctx.escapes;
        let Some(ctx) = function.ctx.var else {
            return;
        };
        let place = function.place();
        let mut scan = Scan {
            names,
            place,
            ctx,
            fields: self,
        };
        scan.block(&function.function.body, false);
    }
}

/// Looks at what a function does with the fields of its `ctx`.
struct Scan<'f, 'a> {
    names: &'a Names<'a>,
    place: FunctionRef,
    ctx: VarId,
    fields: &'f mut CtxFields<'a>,
}

impl<'a> Scan<'_, 'a> {
    fn block(&mut self, block: &'a [Stmt], nested: bool) {
        for stmt in block {
            if let Stmt::Assign(targets, values) = stmt {
                for (at, target) in targets.iter().enumerate() {
                    self.target(target, values.get(at), nested);
                }
            }
            if let Stmt::Function(target, _) = stmt {
                self.target(target, None, nested);
            }
            if let Stmt::LocalFunction(_, function) = stmt {
                self.inside(*function);
            }
            let mut inner = Vec::new();
            stmt.parts(&mut |expr| self.expr(expr), &mut |block| inner.push(block));
            inner
                .into_iter()
                .for_each(|block| self.block(block, nested));
        }
    }

    /// A function in it may run at any time.
    fn inside(&mut self, function: FunctionId) {
        let functions = &self.names.sources.files[self.place.file].hir.functions;
        self.block(&functions[function].body, true);
    }

    fn expr(&mut self, expr: &'a Expr) {
        match &expr.kind {
            Kind::Function(function) => self.inside(*function),
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }

    fn target(&mut self, target: &'a Expr, value: Option<&'a Expr>, nested: bool) {
        let Kind::Index(object, key) = &target.kind else {
            return;
        };
        if object.var() == Some(self.ctx) {
            match (key.text(), value) {
                (Some(name), Some(value)) if !nested => {
                    self.fields.set.entry(name).or_default().push(Set {
                        function: self.place,
                        ctx: self.ctx,
                        value,
                    });
                }
                (Some(name), _) => drop(self.fields.unknown.insert(name)),
                (None, _) => self.fields.open = true,
            }
            return;
        }
        // `ctx.user.name = name`, also through a local.
        if let Some(name) = self.field(object) {
            self.fields.unknown.insert(name);
        }
    }

    /// The field of `ctx` that an expression is, or is within.
    fn field(&self, expr: &'a Expr) -> Option<&'a str> {
        match &self.names.followed(self.place.file, expr).kind {
            Kind::Index(object, key) if object.var() == Some(self.ctx) => key.text(),
            Kind::Index(object, _) => self.field(object),
            _ => None,
        }
    }
}

impl<'a> ReturnTypes<'a> {
    /// The type of a field that the program sets on `ctx`.
    pub(super) fn ctx_field(&self, name: &str) -> ValueType {
        let fields = &self.ctx_fields;
        let (Some(set), false) = (fields.set.get(name), fields.open) else {
            return ValueType::Any;
        };
        // One that is made of itself may be anything.
        let of_itself = self.looked_for.borrow().iter().any(|other| other == name);
        if fields.unknown.contains(name) || of_itself {
            return ValueType::Any;
        }
        self.looked_for.borrow_mut().push(name.to_owned());
        let types = set.iter().map(|set| self.set_type(*set));
        let found = types.reduce(ValueType::or).unwrap_or(ValueType::Any);
        self.looked_for.borrow_mut().pop();
        found.maybe()
    }

    fn set_type(
        &self,
        Set {
            function,
            ctx,
            value,
        }: Set<'a>,
    ) -> ValueType {
        let FunctionRef { file, id } = function;
        let frame = Frame {
            file,
            function: &self.sources.files[file].hir.functions[id],
            ctx: Some(ctx),
            given: None,
            lists: lists(self.sources, self.handlers, file, id),
            call: None,
            depth: 0,
        };
        self.value_type(&frame, value, &[])
    }
}
