//! The calls of the program's trees: what is called, and with what.

use super::graph::{Access, Call, Node, Place, Site};
use super::scan::Scan;
use super::texts::begins_with_folder;
use super::values::Atom;
use crate::analyse::names::required;
use crate::front::hir::{Expr, Field, Kind, Name, Span};
use crate::front::ids::FunctionId;
use crate::vocabulary::CTX;

impl<'a> Scan<'_, 'a> {
    pub(super) fn call(&mut self, expr: &'a Expr, callee: &'a Expr, args: &'a [Expr]) -> Node {
        let file = self.file();
        if let Some(name) = required(expr) {
            return self.module(name);
        }
        if let (Some("require"), [name]) = (self.names.global(file, callee), args)
            && begins_with_folder(name)
        {
            self.value(name);
            return self.any_module();
        }
        let at = match &callee.kind {
            Kind::Index(_, key) => key.span,
            _ => callee.span,
        };
        let node = self.value(callee);
        let word = self.word(callee);
        let of_rover = self.names.of_rover(file, callee);
        let nodes = match (args, of_rover) {
            // The functions of `rover.all { f, g }` go nowhere else.
            (
                [
                    Expr {
                        kind: Kind::Table(fields),
                        ..
                    },
                    rest @ ..,
                ],
                Some("all" | "race"),
            ) => {
                let mut nodes = vec![self.together(expr.span, fields)];
                nodes.extend(rest.iter().map(|arg| self.value(arg)));
                nodes
            }
            _ => args.iter().map(|arg| self.value(arg)).collect(),
        };
        let exact = word.is_some() || self.names.function(file, callee).is_some();
        self.make_call(at, node, nodes, args, exact)
    }

    /// Functions that are called at once: what they return.
    fn together(&mut self, span: Span, fields: &'a [Field]) -> Node {
        let items = self.graph.place(Place::Items);
        for field in fields {
            let value = match field {
                Field::Item(value) | Field::Named(_, value) | Field::Keyed(_, value) => value,
            };
            let function = self.value(value);
            let result = self.called(span, function, Vec::new());
            self.graph.flow(result, items);
        }
        self.nothing()
    }

    fn module(&mut self, name: &str) -> Node {
        match self.names.sources.module(name) {
            Some(file) => self
                .graph
                .place(Place::Returned(file.function(FunctionId::CHUNK))),
            None => self.object(name),
        }
    }

    /// One of the program's modules.
    fn any_module(&mut self) -> Node {
        let result = self.graph.fresh();
        for file in self.names.sources.files.ids() {
            let chunk = file.function(FunctionId::CHUNK);
            let from = self.graph.place(Place::Returned(chunk));
            self.graph.flow(from, result);
        }
        result
    }

    pub(super) fn method(
        &mut self,
        expr: &'a Expr,
        object: &'a Expr,
        name: &'a Name,
        args: &'a [Expr],
    ) -> Node {
        let file = self.file();
        let of_object = self.value(object);
        let mut nodes = vec![of_object];
        nodes.extend(args.iter().map(|arg| self.value(arg)));
        if let Some(function) = self.names.method_function(file, object, name) {
            let callee = self.constant(Atom::Function(function));
            return self.make_call(name.span, callee, nodes, args, true);
        }
        let callee = self.graph.fresh();
        let is_ctx = object
            .var()
            .is_some_and(|var| self.ctx.contains(&file.var(var)));
        let literal = &self.names.followed(file, object).kind;
        let is_text = matches!(literal, Kind::Text(_)) && !self.texts.is_changed("string");
        let words = match is_ctx {
            true => self.atoms.member(CTX, name),
            false => self.atoms.member("string", name),
        };
        for atom in words {
            self.graph.insert(callee, self.atoms.number(atom));
        }
        let exact = is_ctx || is_text;
        if !exact {
            for place in [Place::Field(name), Place::Computed] {
                let from = self.graph.place(place);
                self.graph.flow(from, callee);
            }
            self.graph
                .access(of_object, Access::Read(Some(name), callee));
            if let Some(own) = self.operator(expr.span, &["__index"], vec![of_object]) {
                self.graph.flow(own, callee);
            }
        }
        self.make_call(name.span, callee, nodes, args, exact)
    }

    fn make_call(
        &mut self,
        at: Span,
        callee: Node,
        nodes: Vec<Node>,
        args: &'a [Expr],
        exact: bool,
    ) -> Node {
        let result = self.graph.fresh();
        let open = args.last().is_some_and(|last| {
            matches!(last.kind, Kind::Call(..) | Kind::Method(..) | Kind::Vararg)
        });
        let first = args
            .first()
            .map(|arg| self.names.followed(self.file(), arg));
        self.graph.call(Call {
            site: Site::Function(self.here),
            at: self.file().range(at),
            callee,
            args: nodes.clone(),
            open,
            result,
            text: first.and_then(Expr::text),
        });
        if !exact {
            self.meta_call(at, callee, nodes, result);
        }
        result
    }

    /// What is called may be a table, and what it is called with may come out of a coroutine.
    pub(super) fn meta_call(&mut self, at: Span, callee: Node, args: Vec<Node>, result: Node) {
        if self.texts.coroutines {
            let passed = self.graph.place(Place::Passed);
            args.iter().for_each(|arg| self.graph.flow(*arg, passed));
            self.graph.flow(passed, result);
        }
        let mut with_table = vec![callee];
        with_table.extend(args);
        if let Some(own) = self.operator(at, &["__call"], with_table) {
            self.graph.flow(own, result);
        }
    }
}
