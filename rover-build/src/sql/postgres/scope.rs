//! What the names of a query may stand for.

use super::grammar::{Node, kept};
use super::types::Type;

/// A column of a table, or of what a query gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) kind: Type,
    pub(super) not_null: bool,
    /// The table and its column, where it is one of a table.
    pub(super) origin: Option<(String, String)>,
}

/// A name that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Table(String, usize),
    /// With the table, where it can be of one alone, and the columns that there are.
    Column(String, Option<String>, Vec<String>, usize),
    /// `==`
    Operator(String, usize),
    /// Several tables have it.
    Ambiguous(String, usize),
    /// What stands before a dot, and what may stand there.
    Relation(String, Vec<String>, usize),
    /// So many values are given for so many columns.
    Count(usize, usize, usize),
}

/// A table of a query, or what stands for one.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) called: String,
    /// The table that it is.
    pub(super) table: Option<String>,
    pub(super) columns: Vec<Known>,
    /// There may be other columns.
    pub(super) open: bool,
    /// An outer join gives `NULL` for all of its columns.
    pub(super) optional: bool,
}

impl Relation {
    pub(super) fn open(called: String) -> Self {
        Relation {
            called,
            table: None,
            columns: Vec::new(),
            open: true,
            optional: false,
        }
    }

    /// What a query gives, where that is known.
    pub(super) fn of(called: String, columns: Option<Vec<Known>>) -> Self {
        Relation {
            open: columns.is_none(),
            columns: columns.unwrap_or_default(),
            ..Relation::open(called)
        }
    }

    pub(super) fn column(&self, name: &str) -> Option<Known> {
        let mut known = self
            .columns
            .iter()
            .find(|column| column.name == name)?
            .clone();
        known.not_null &= !self.optional;
        Some(known)
    }

    fn names(&self) -> impl Iterator<Item = String> {
        self.columns.iter().map(|column| column.name.clone())
    }

    pub(super) fn no_column(&self, name: String, at: usize) -> Missing {
        Missing::Column(name, self.table.clone(), self.names().collect(), at)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Known> + use<'_> {
        let columns = self.columns.iter().cloned();
        columns.map(|column| Known {
            not_null: column.not_null && !self.optional,
            ..column
        })
    }
}

/// The tables of a query, within those of the query that it stands in.
#[derive(Default)]
pub(super) struct Scope<'s> {
    pub(super) relations: Vec<Relation>,
    /// Queries that a `WITH` names.
    pub(super) with: Vec<(String, Option<Vec<Known>>)>,
    /// Names of the result, which `ORDER BY` takes.
    pub(super) given: Vec<String>,
    /// A join makes one column of two.
    pub(super) merged: bool,
    pub(super) outer: Option<&'s Scope<'s>>,
}

/// Columns that every table has.
const SYSTEM: [&str; 6] = ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"];

/// What a name in an expression is.
pub(super) enum Found {
    Column(Known),
    /// Something of which nothing is known.
    Unseen,
    Missing(Missing),
}

impl<'s> Scope<'s> {
    pub(super) fn inside(outer: &'s Scope<'s>) -> Self {
        Scope {
            outer: Some(outer),
            ..Scope::default()
        }
    }

    fn chain(&self) -> impl Iterator<Item = &Scope<'s>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// What a `WITH` gives under a name.
    pub(super) fn named(&self, name: &str) -> Option<&Option<Vec<Known>>> {
        let mut all = self.chain().flat_map(|scope| scope.with.iter().rev());
        all.find(|(known, _)| known == name).map(|(_, of)| of)
    }

    pub(super) fn relation(&self, called: &str) -> Option<&Relation> {
        let mut all = self.chain().flat_map(|scope| scope.relations.iter());
        all.find(|relation| relation.called == called)
    }

    /// What a name of an expression stands for.
    pub(super) fn find(&self, written: &Node<'_>, functions: &[String]) -> Found {
        let names = written.parts.split_first();
        let Some((first, rest)) = names else {
            return Found::Unseen;
        };
        let name = kept(first.text);
        match rest.first().and_then(|rest| rest.parts.first()) {
            None => self.plain(&name, written.start),
            Some(next) => match (rest[0].parts.len(), next.part("attr_name")) {
                // A field of a column's value, or three names with dots.
                (1, Some(column)) => self.qualified(&name, first.start, column, functions),
                (1, None) if next.shape() == ["'.'", "'*'"] => match self.relation(&name) {
                    Some(_) => Found::Unseen,
                    None => self.no_relation(name, first.start),
                },
                // `tags[1]`
                (_, None) => match self.plain(&name, written.start) {
                    Found::Missing(missing) => Found::Missing(missing),
                    _ => Found::Unseen,
                },
                _ => Found::Unseen,
            },
        }
    }

    fn plain(&self, name: &str, at: usize) -> Found {
        for scope in self.chain() {
            let mut having = scope
                .relations
                .iter()
                .filter_map(|relation| relation.column(name));
            let open = scope.relations.iter().any(|relation| relation.open);
            match (having.next(), having.next()) {
                (Some(_), Some(_))
                    if scope.merged || scope.given.iter().any(|given| given == name) =>
                {
                    return Found::Unseen;
                }
                (Some(_), Some(_)) => {
                    return Found::Missing(Missing::Ambiguous(name.to_owned(), at));
                }
                (Some(_), None) if open => return Found::Unseen,
                (Some(known), None) => return Found::Column(known),
                _ => {}
            }
            let is_relation = scope
                .relations
                .iter()
                .any(|relation| relation.called == name);
            if open || is_relation || scope.given.iter().any(|given| given == name) {
                return Found::Unseen;
            }
        }
        match SYSTEM.contains(&name) {
            true => Found::Unseen,
            false => Found::Missing(self.no_column(name, at)),
        }
    }

    fn no_column(&self, name: &str, at: usize) -> Missing {
        let tables = self.chain().find(|scope| !scope.relations.is_empty());
        let tables = tables.map_or(&[][..], |scope| &scope.relations);
        match tables {
            [only] => only.no_column(name.to_owned(), at),
            all => {
                let known = all.iter().flat_map(|relation| relation.names());
                Missing::Column(name.to_owned(), None, known.collect(), at)
            }
        }
    }

    fn qualified(&self, table: &str, at: usize, column: &Node<'_>, functions: &[String]) -> Found {
        let Some(relation) = self.relation(table) else {
            return self.no_relation(table.to_owned(), at);
        };
        let name = kept(column.text);
        let other = relation.open || SYSTEM.contains(&&*name) || functions.contains(&name);
        match relation.column(&name) {
            Some(known) => Found::Column(known),
            None if other => Found::Unseen,
            None => Found::Missing(relation.no_column(name, column.start)),
        }
    }

    fn no_relation(&self, name: String, at: usize) -> Found {
        let all = self.chain().flat_map(|scope| &scope.relations);
        let all: Vec<String> = all.map(|relation| relation.called.clone()).collect();
        Found::Missing(Missing::Relation(name, all, at))
    }
}
