//! Budgets: every loop, every function and every `goto` counts down, and looks at the clock when it
//! arrives at nothing, so that no Lua code runs for longer than its request may.
//!
//! LuaJIT's hooks never run in compiled traces; a counter does. It is a variable of the
//! file, so that loops inside each other, calls and coroutines share it. After the deadline
//! it stays below zero, and every check raises the error again until the request ends,
//! whatever catches it.

use full_moon::ast::lua52::Goto;
use full_moon::ast::{Ast, FunctionBody, GenericFor, NumericFor, Repeat, While};
use full_moon::tokenizer::TokenReference;
use full_moon::visitors::{Visit, Visitor};
use rover_model::BUDGET_CHECK;

/// Where a file's checks go, and their text.
pub(crate) fn checks(ast: &Ast) -> (Vec<usize>, &'static str) {
    let mut finder = Finder::default();
    ast.nodes().visit(&mut finder);
    (finder.places, BUDGET_CHECK)
}

#[derive(Default)]
struct Finder {
    places: Vec<usize>,
}

impl Finder {
    fn after(&mut self, token: &TokenReference) {
        self.places.push(token.token().end_position().bytes());
    }
}

impl Visitor for Finder {
    fn visit_while(&mut self, node: &While) {
        self.after(node.do_token());
    }

    fn visit_repeat(&mut self, node: &Repeat) {
        self.after(node.repeat_token());
    }

    fn visit_numeric_for(&mut self, node: &NumericFor) {
        self.after(node.do_token());
    }

    fn visit_generic_for(&mut self, node: &GenericFor) {
        self.after(node.do_token());
    }

    /// Before it: after the label a check would be a statement, and a `goto` may only jump over
    /// locals to a label that ends its block.
    fn visit_goto(&mut self, node: &Goto) {
        let start = node.goto_token().token().start_position();
        self.places.push(start.bytes());
    }

    fn visit_function_body(&mut self, node: &FunctionBody) {
        self.after(node.parameters_parentheses().tokens().1);
    }
}
