//! The statements of SQL that a program gives to its databases: which calls they are, of which
//! database, the text as far as it is constant, and the values beside it.
//!
//! A value is followed back from where it is used to where it comes from: through variables, fields,
//! parameters and what functions return. A call is one of a database where all that its object may
//! come from are calls of `rover.db`. What is not seen is left out: nothing is said of it.

mod call;
mod calls;
mod databases;
mod follow;
mod rows;
mod text;

use std::collections::{HashMap, HashSet};

use crate::analyse::names::Names;
use crate::front::hir::{Expr, Kind};
use crate::front::ids::FunctionRef;
use crate::vocabulary::{Kind as WordKind, words};
pub(crate) use call::{DatabaseCall, Given, Takes};
pub(crate) use calls::At;
use calls::Calls;
use follow::Follow;
pub(crate) use rows::{Column, Rows};

/// What an object has that `rover.db` gives.
const DATABASE: &str = "rover.Database";

/// All calls of databases.
#[derive(Debug, Default)]
pub(crate) struct Statements<'a> {
    /// In the order of the files and of their texts.
    pub(crate) calls: Vec<DatabaseCall<'a>>,
    /// What each function calls or names, for those that have any on their way.
    leads: HashMap<FunctionRef, Vec<FunctionRef>>,
}

impl<'a> Statements<'a> {
    pub(crate) fn find(names: &Names<'a>) -> Self {
        let methods = words().iter().filter(|word| word.owner == DATABASE);
        let methods = methods.filter(|word| word.kind == WordKind::Method);
        let methods: Vec<(&'static str, Takes)> = methods
            .filter_map(|word| match word.parameters.first()?.name {
                "sql" => Some((word.name, Takes::Sql)),
                _ if word.parameters.len() > 1 && word.name != "transaction" => {
                    Some((word.name, Takes::Table))
                }
                _ => None,
            })
            .collect();
        let asked: Vec<&str> = methods.iter().map(|(name, _)| *name).collect();
        let calls = Calls::find(names, &asked);
        let follow = Follow {
            names,
            calls: &calls,
        };
        let mut found = Statements::default();
        for (inside, at) in &calls.methods {
            let Kind::Method(object, name, args) = &at.expr.kind else {
                continue;
            };
            let Some((method, takes)) = methods.iter().find(|(known, _)| name == *known) else {
                continue;
            };
            let object = At {
                file: at.file,
                expr: object,
            };
            let databases = follow.databases(object);
            let (Some(databases), [first, rest @ ..]) = (databases, args.as_slice()) else {
                continue;
            };
            let at_file = |expr: &'a Expr| At {
                file: at.file,
                expr,
            };
            let mut call = DatabaseCall {
                at: at.file.range(name.span),
                whole: at.file.range(at.expr.span),
                inside: *inside,
                method,
                takes: *takes,
                databases,
                given: Vec::new(),
                unseen: None,
            };
            let rest: Vec<At<'a>> = rest.iter().map(at_file).collect();
            follow.given(*inside, at_file(first), &rest, &mut call);
            found.calls.push(call);
        }
        found.calls.sort_by_key(|call| call.at);
        if !found.calls.is_empty() {
            found.leads = follow.leads();
        }
        found
    }

    /// The calls that a function makes, itself or by what it calls, with their numbers.
    pub(crate) fn reached(&self, function: FunctionRef) -> Vec<(usize, &DatabaseCall<'a>)> {
        let mut seen = HashSet::from([function]);
        let mut queue = vec![function];
        while let Some(next) = queue.pop() {
            let led = self.leads.get(&next).into_iter().flatten();
            queue.extend(led.filter(|function| seen.insert(**function)));
        }
        let calls = self.calls.iter().enumerate();
        calls
            .filter(|(_, call)| seen.contains(&call.inside))
            .collect()
    }
}
