//! Where values go, as a graph: a node for each place that holds values, an edge where those of
//! one come to another. Tables are not told apart: a field of one name is one place, whichever
//! table has it. Calls and reads are looked at again when what is called or read may be more.

use std::collections::{HashMap, HashSet, VecDeque};

use super::values::Values;
use crate::front::ids::{FunctionRef, TextRange, VarRef};

/// A place that holds values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Node(usize);

/// The places that others than one expression know.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place<'a> {
    Var(VarRef),
    /// A field of any table, or a global.
    Field(&'a str),
    /// What stands in tables behind numbers.
    Items,
    /// What stands in tables behind keys that are computed.
    Computed,
    /// All that is in tables.
    Stored,
    /// The functions of routes and hooks.
    Routes,
    Returned(FunctionRef),
    Varargs(FunctionRef),
    /// What errors carry.
    Raised,
    /// What coroutines hand to each other.
    Passed,
    /// One that a thing is, always.
    Constant(usize),
    /// Nothing that can be called.
    Nothing,
}

/// In which function something is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Site {
    Function(FunctionRef),
    /// In a template.
    Template,
    /// By the runtime, outside of any function.
    Outside,
}

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call<'a> {
    pub(super) site: Site,
    pub(super) at: TextRange,
    pub(super) callee: Node,
    /// In a method's call the object is the first.
    pub(super) args: Vec<Node>,
    /// The last argument may be more than one value.
    pub(super) open: bool,
    pub(super) result: Node,
    /// The text of the first argument, where that is constant.
    pub(super) text: Option<&'a str>,
}

/// What is done with an object whose class decides what that means.
#[derive(Clone, Copy, Debug)]
pub(super) enum Access<'a> {
    /// `object.name`, or with a computed key.
    Read(Option<&'a str>, Node),
    /// `object.name = value`
    Write(Node),
}

#[derive(Default)]
pub(super) struct Graph<'a> {
    values: Vec<Values>,
    next: Vec<Vec<Node>>,
    edges: HashSet<(Node, Node)>,
    calls_of: Vec<Vec<usize>>,
    accesses_of: Vec<Vec<usize>>,
    places: HashMap<Place<'a>, Node>,
    pub(super) calls: Vec<(Call<'a>, Values)>,
    pub(super) accesses: Vec<(Access<'a>, Values)>,
    queue: VecDeque<Node>,
}

impl<'a> Graph<'a> {
    /// A place that only one expression knows.
    pub(super) fn fresh(&mut self) -> Node {
        self.values.push(Values::default());
        self.next.push(Vec::new());
        self.calls_of.push(Vec::new());
        self.accesses_of.push(Vec::new());
        Node(self.values.len() - 1)
    }

    pub(super) fn place(&mut self, place: Place<'a>) -> Node {
        if let Some(node) = self.places.get(&place) {
            return *node;
        }
        let node = self.fresh();
        let stored = matches!(place, Place::Field(_) | Place::Items | Place::Computed);
        self.places.insert(place.clone(), node);
        match place {
            Place::Constant(atom) => self.insert(node, atom),
            _ if stored => {
                let all = self.place(Place::Stored);
                self.flow(node, all);
            }
            _ => {}
        }
        node
    }

    pub(super) fn insert(&mut self, node: Node, atom: usize) {
        if self.values[node.0].insert(atom) {
            self.queue.push_back(node);
        }
    }

    /// What is in one place comes to another.
    pub(super) fn flow(&mut self, from: Node, to: Node) {
        if from == to || !self.edges.insert((from, to)) {
            return;
        }
        self.next[from.0].push(to);
        self.hand_on(from, to);
    }

    fn hand_on(&mut self, from: Node, to: Node) {
        let values = std::mem::take(&mut self.values[from.0]);
        if self.values[to.0].extend(&values) {
            self.queue.push_back(to);
        }
        self.values[from.0] = values;
    }

    pub(super) fn call(&mut self, call: Call<'a>) {
        self.calls_of[call.callee.0].push(self.calls.len());
        self.queue.push_back(call.callee);
        self.calls.push((call, Values::default()));
    }

    pub(super) fn access(&mut self, object: Node, access: Access<'a>) {
        self.accesses_of[object.0].push(self.accesses.len());
        self.queue.push_back(object);
        self.accesses.push((access, Values::default()));
    }

    /// Hands values on until a place has new ones that a call or a read must look at: which.
    pub(super) fn step(&mut self) -> Option<News> {
        let node = self.queue.pop_front()?;
        for to in self.next[node.0].clone() {
            self.hand_on(node, to);
        }
        let values = &self.values[node.0];
        let mut news = News::default();
        for &at in &self.calls_of[node.0] {
            let new = values.without(&self.calls[at].1);
            for atom in &new {
                self.calls[at].1.insert(*atom);
            }
            news.calls.push((at, new));
        }
        for &at in &self.accesses_of[node.0] {
            let new = values.without(&self.accesses[at].1);
            for atom in &new {
                self.accesses[at].1.insert(*atom);
            }
            news.accesses.push((at, new));
        }
        Some(news)
    }
}

/// What calls and reads have not seen yet: their numbers, each with its atoms.
#[derive(Default)]
pub(super) struct News {
    pub(super) calls: Vec<(usize, Vec<usize>)>,
    pub(super) accesses: Vec<(usize, Vec<usize>)>,
}
