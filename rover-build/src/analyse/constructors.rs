//! The order in which JSON writes the fields of records: that of the program's table
//! constructors.

use std::collections::{HashMap, HashSet};

use crate::analyse::schemas::Guards;
use crate::front::file::File;
use crate::front::hir::{Expr, Field, Kind, Span, Stmt};
use crate::front::ids::{ById, FileId};
use crate::front::load::Sources;

/// Field names in order.
pub(crate) struct Orders {
    /// One order that keeps that of every constructor but the special ones.
    pub(crate) common: Vec<String>,
    /// The orders of constructors that contradict others; the lowered program marks
    /// what they make with the order's number, from 1.
    pub(crate) special: Vec<Vec<String>>,
    /// The constructors of special order, for each file.
    pub(crate) marks: ById<FileId, Vec<Mark>>,
}

/// A constructor of special order.
pub(crate) struct Mark {
    pub(crate) span: Span,
    pub(crate) number: usize,
    /// It is a call's only argument, without parentheses: `f { ... }`.
    pub(crate) argument: bool,
}

/// The names in the order of the program's constructors.
pub(crate) fn constructors(sources: &Sources) -> Vec<String> {
    let mut finder = Finder::default();
    for file in &sources.files {
        finder.file(file);
    }
    finder.graph.sorted()
}

/// The program's constructors, then the parameters of routes, in order.
pub(crate) fn orders<'a>(
    sources: &Sources,
    parameters: impl Iterator<Item = Vec<&'a String>>,
    guards: &Guards,
) -> Orders {
    let mut finder = Finder::default();
    if guards.used {
        // What `rover.guard` tells of mistakes has an order, too.
        let problem = ["field", "message", "type"].map(|name| finder.graph.intern(name.into()));
        finder.graph.add(&problem);
    }
    let mut marks = ById::default();
    for file in &sources.files {
        finder.file(file);
        marks.push(std::mem::take(&mut finder.marks));
    }
    for names in parameters {
        let names = names.into_iter().cloned();
        let keys: Vec<usize> = names.map(|name| finder.graph.intern(name)).collect();
        // A contradiction is left out: the order of parameters is not promised.
        let _ = finder.graph.add(&keys);
    }
    Orders {
        common: finder.graph.sorted(),
        special: finder.special,
        marks,
    }
}

#[derive(Default)]
struct Finder {
    graph: Graph,
    special: Vec<Vec<String>>,
    marks: Vec<Mark>,
}

/// A constructor in a file's tree.
struct Constructor<'a> {
    span: Span,
    fields: &'a [Field],
    /// It is a call's only argument, without parentheses: `f { ... }`.
    argument: bool,
}

impl Finder {
    fn file(&mut self, file: &File) {
        let mut found = Vec::new();
        for function in &file.hir.functions {
            inside_block(&function.body, &mut found);
        }
        // In the order of the text: names keep that of their appearance.
        found.sort_by_key(|constructor| constructor.span);
        for constructor in found {
            self.constructor(&constructor);
        }
    }

    fn constructor(&mut self, constructor: &Constructor<'_>) {
        let mut keys: Vec<usize> = Vec::new();
        for field in constructor.fields {
            if let Field::Named(name, _) = field {
                let at = self.graph.intern(name.text.clone());
                if !keys.contains(&at) {
                    keys.push(at);
                }
            }
        }
        if self.graph.add(&keys) {
            return;
        }
        let names = keys.iter().map(|&k| self.graph.names[k].clone()).collect();
        let known = self.special.iter().position(|order| *order == names);
        let number = known.unwrap_or(self.special.len()) + 1;
        if known.is_none() {
            self.special.push(names);
        }
        self.marks.push(Mark {
            span: constructor.span,
            number,
            argument: constructor.argument,
        });
    }
}

fn inside_block<'a>(block: &'a [Stmt], found: &mut Vec<Constructor<'a>>) {
    for stmt in block {
        let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
        stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
        exprs.into_iter().for_each(|e| inside(e, false, found));
        blocks.into_iter().for_each(|b| inside_block(b, found));
    }
}

/// `argument`: whether it stands as a call's only one, without parentheses.
fn inside<'a>(expr: &'a Expr, argument: bool, found: &mut Vec<Constructor<'a>>) {
    if let Kind::Table(fields) = &expr.kind {
        found.push(Constructor {
            span: expr.span,
            fields,
            argument,
        });
    }
    let only = match &expr.kind {
        Kind::Call(_, args) | Kind::Method(_, _, args) if !expr.has_brackets() => args.first(),
        _ => None,
    };
    expr.each_child(&mut |child| {
        let argument = only.is_some_and(|only| std::ptr::eq(only, child));
        inside(child, argument, found);
    });
}

/// Which names come before which.
#[derive(Default)]
struct Graph {
    names: Vec<String>,
    index: HashMap<String, usize>,
    later: Vec<HashSet<usize>>,
}

impl Graph {
    fn intern(&mut self, name: String) -> usize {
        let next = self.names.len();
        *self.index.entry(name.clone()).or_insert_with(|| {
            self.names.push(name);
            self.later.push(HashSet::new());
            next
        })
    }

    /// Adds an order unless it contradicts those before it.
    fn add(&mut self, keys: &[usize]) -> bool {
        let known = |pair: &[usize]| self.later[pair[0]].contains(&pair[1]);
        if keys.windows(2).all(known) {
            return true;
        }
        // Not only neighbours: with an order that goes from the last key to the first, all of
        // them together would go in a circle.
        let fits = (1..keys.len()).all(|at| !self.reaches(keys[at], &keys[..at]));
        if fits {
            for pair in keys.windows(2) {
                self.later[pair[0]].insert(pair[1]);
            }
        }
        fits
    }

    fn reaches(&self, from: usize, any: &[usize]) -> bool {
        let mut seen = HashSet::new();
        let mut stack = vec![from];
        while let Some(at) = stack.pop() {
            if any.contains(&at) {
                return true;
            }
            if seen.insert(at) {
                stack.extend(&self.later[at]);
            }
        }
        false
    }

    /// Always the first name, by appearance, that nothing left must precede.
    fn sorted(&self) -> Vec<String> {
        let mut before = vec![0_usize; self.names.len()];
        for &at in self.later.iter().flatten() {
            before[at] += 1;
        }
        let mut free: std::collections::BTreeSet<usize> =
            (0..before.len()).filter(|&i| before[i] == 0).collect();
        let mut sorted = Vec::new();
        while let Some(at) = free.pop_first() {
            sorted.push(self.names[at].clone());
            for &next in &self.later[at] {
                before[next] -= 1;
                if before[next] == 0 {
                    free.insert(next);
                }
            }
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::Graph;

    #[test]
    fn an_order_that_closes_a_circle_is_special() {
        let mut graph = Graph::default();
        let [a, b, c, x] = ["a", "b", "c", "x"].map(|name| graph.intern(name.to_owned()));
        assert!(graph.add(&[c, x, a]));
        assert!(!graph.add(&[a, b, c]));
        assert!(graph.add(&[x, b]));
        assert_eq!(graph.sorted(), ["c", "x", "a", "b"]);
    }
}
