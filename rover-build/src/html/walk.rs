//! A template's nodes as the text of the page, the values in it, and the code between.

use rover_model::Escape;

use super::context::Context;
use super::parser::Node;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::templates::{block, uneven};
use crate::front::hir::Span;

/// A step of rendering.
#[derive(Debug)]
pub(super) enum Op {
    /// Text of the page.
    Text(String),
    /// A value, by its expression.
    Print(Span, Escape),
    /// Code of the template.
    Code(Span),
    /// Code that needs no place.
    Word(&'static str),
}

/// What a template does, in order.
pub(super) fn ops(text: &str, nodes: &[Node], problems: &mut Vec<Diagnostic<usize>>) -> Vec<Op> {
    let mut walker = Walker {
        text,
        problems,
        context: Context::new(),
        loops: Vec::new(),
        ops: Vec::new(),
    };
    walker.nodes(nodes);
    walker.context.settle(text.len(), walker.problems);
    walker.context.finish(walker.problems);
    walker.ops
}

struct Walker<'t, 'p> {
    text: &'t str,
    problems: &'p mut Vec<Diagnostic<usize>>,
    context: Context,
    /// Where the loops around began.
    loops: Vec<Context>,
    ops: Vec<Op>,
}

impl Walker<'_, '_> {
    fn nodes(&mut self, nodes: &[Node]) {
        nodes.iter().for_each(|node| self.node(node));
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(span) => {
                let mut out = String::new();
                let text = &self.text[span.start..span.end];
                self.context
                    .advance(text, span.start, &mut out, self.problems);
                self.ops.push(Op::Text(out));
            }
            Node::Print { code, raw } => {
                let mut out = String::new();
                let escape = match raw {
                    true => Ok(self.context.print_raw(&mut out)),
                    false => self.context.print(code.start, &mut out),
                };
                match escape {
                    Ok(escape) => {
                        self.ops.push(Op::Text(out));
                        self.ops.push(Op::Print(*code, escape));
                    }
                    Err(problem) => self.problems.push(*problem),
                }
            }
            Node::Statement(code) => self.ops.push(Op::Code(*code)),
            Node::Break(code) => {
                self.settle(code.start);
                match self.loops.last() {
                    None => {
                        self.problems.push(block::stray_break(code.start));
                    }
                    Some(start) if !self.context.is_back_at(start) => {
                        self.problems
                            .push(uneven::loop_left(code.start, &start.name()));
                    }
                    Some(_) => {}
                }
                // LuaJIT takes a `break` anywhere, Lua 5.1 only as a block's last statement.
                self.ops.push(Op::Word("do break end"));
            }
            Node::If { arms, otherwise } => self.branch(arms, otherwise.as_deref()),
            Node::Loop { head, body, until } => {
                self.ops.push(Op::Code(*head));
                self.settle(head.start);
                self.loops.push(self.context.clone());
                self.nodes(body);
                let end = until.map_or(head.start, |until| until.start);
                self.settle(end);
                if let Some(start) = self.loops.pop() {
                    if !self.context.is_back_at(&start) {
                        self.problems
                            .push(uneven::loop_begins(head.start, &start.name()));
                    }
                    self.context.join(&start);
                }
                match until {
                    Some(until) => {
                        self.ops.push(Op::Word("until"));
                        self.ops.push(Op::Code(*until));
                    }
                    None => self.ops.push(Op::Word("end")),
                }
            }
            Node::Do(body) => {
                self.ops.push(Op::Word("do"));
                self.nodes(body);
                self.ops.push(Op::Word("end"));
            }
        }
    }

    fn settle(&mut self, at: usize) {
        self.context.settle(at, self.problems);
    }

    fn branch(&mut self, arms: &[(Span, Vec<Node>)], otherwise: Option<&[Node]>) {
        let first = arms.first().map_or(0, |(head, _)| head.start);
        self.settle(first);
        let start = self.context.clone();
        let mut ends = Vec::new();
        for (head, nodes) in arms {
            self.ops.push(Op::Code(*head));
            self.context = start.clone();
            self.nodes(nodes);
            self.settle(head.start);
            ends.push((head.start, self.context.clone()));
        }
        self.context = start;
        if let Some(nodes) = otherwise {
            self.ops.push(Op::Word("else"));
            self.nodes(nodes);
            self.settle(first);
        }
        self.ops.push(Op::Word("end"));
        for (at, end) in ends {
            if !end.fits(&self.context) {
                let without = self.context.name();
                self.problems
                    .push(uneven::branch(at, &end.name(), &without));
                return;
            }
            self.context.join(&end);
        }
    }
}
