//! The order in which JSON writes the fields of records: that of the program's table
//! constructors.

use std::collections::{HashMap, HashSet};

use full_moon::ast::{Field, TableConstructor};
use full_moon::visitors::Visitor;

use crate::load::Sources;

/// All field names, ordered so that every constructor's order is kept. A constructor
/// that contradicts the ones before it is left out.
pub(crate) fn key_order(sources: &Sources) -> Vec<String> {
    let mut order = Order::default();
    for file in &sources.files {
        order.visit_ast(&file.ast);
    }
    order.sorted()
}

#[derive(Default)]
struct Order {
    names: Vec<String>,
    index: HashMap<String, usize>,
    /// Which names come later than a name.
    later: Vec<HashSet<usize>>,
}

impl Visitor for Order {
    fn visit_table_constructor(&mut self, table: &TableConstructor) {
        let mut keys: Vec<usize> = Vec::new();
        for field in table.fields() {
            if let Field::NameKey { key, .. } = field {
                let at = self.intern(key.token().to_string());
                if !keys.contains(&at) {
                    keys.push(at);
                }
            }
        }
        let contradicts = keys
            .windows(2)
            .any(|pair| self.reaches(pair[1], pair[0]));
        if !contradicts {
            for pair in keys.windows(2) {
                self.later[pair[0]].insert(pair[1]);
            }
        }
    }
}

impl Order {
    fn intern(&mut self, name: String) -> usize {
        let next = self.names.len();
        *self.index.entry(name.clone()).or_insert_with(|| {
            self.names.push(name);
            self.later.push(HashSet::new());
            next
        })
    }

    fn reaches(&self, from: usize, to: usize) -> bool {
        let mut seen = HashSet::new();
        let mut stack = vec![from];
        while let Some(at) = stack.pop() {
            if at == to {
                return true;
            }
            if seen.insert(at) {
                stack.extend(&self.later[at]);
            }
        }
        false
    }

    fn sorted(&self) -> Vec<String> {
        let mut before = vec![0_usize; self.names.len()];
        for later in &self.later {
            for &at in later {
                before[at] += 1;
            }
        }
        let mut sorted = Vec::new();
        let mut done = vec![false; self.names.len()];
        // Always the first name, by appearance, that nothing must precede.
        while let Some(at) = (0..before.len()).find(|&i| !done[i] && before[i] == 0) {
            done[at] = true;
            sorted.push(self.names[at].clone());
            for &next in &self.later[at] {
                before[next] -= 1;
            }
        }
        sorted
    }
}
