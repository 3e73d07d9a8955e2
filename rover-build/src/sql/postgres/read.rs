//! A statement, read with the tables that are known: names that are not there, and what it gives.

use super::catalogue::{Catalogue, table_name};
use super::grammar::{Node, kept};
use super::parameters::Parameters;
use super::scope::{Found, Known, Missing, Relation, Scope};
use super::types::Type;

/// What is known of a statement.
pub(super) struct Reading<'c> {
    pub(super) catalogue: &'c Catalogue,
    /// The first name that is not there.
    pub(super) missing: Option<Missing>,
    pub(super) parameters: Parameters,
}

/// Statements that ask or change rows.
pub(super) const READ: [&str; 5] = [
    "SelectStmt",
    "InsertStmt",
    "UpdateStmt",
    "DeleteStmt",
    "MergeStmt",
];

/// The columns that a query gives, where all are known.
pub(super) fn columns(catalogue: &Catalogue, query: &Node<'_>) -> Option<Vec<Known>> {
    let mut reading = Reading::new(catalogue);
    let given = reading.statement(query, &Scope::default());
    given.filter(|_| reading.missing.is_none())
}

impl<'c> Reading<'c> {
    pub(super) fn new(catalogue: &'c Catalogue) -> Self {
        Reading {
            catalogue,
            missing: None,
            parameters: Parameters::default(),
        }
    }

    pub(super) fn miss(&mut self, missing: Missing) {
        self.missing.get_or_insert(missing);
    }

    /// Reads a statement; the columns that it gives, where all are known.
    pub(super) fn statement(&mut self, node: &Node<'_>, outer: &Scope<'_>) -> Option<Vec<Known>> {
        match node.name {
            "InsertStmt" | "UpdateStmt" | "DeleteStmt" | "MergeStmt" => self.change(node, outer),
            "select_no_parens" => {
                let mut scope = Scope::inside(outer);
                self.with(node.part("with_clause"), &mut scope);
                let body = |part: &&Node<'_>| part.is("simple_select") || part.is("select_clause");
                let parts = || node.parts.iter();
                let rest: Vec<&Node<'_>> = parts()
                    .filter(|part| !body(part) && !part.is("with_clause"))
                    .collect();
                let body = parts().find(body)?;
                self.query(body, &scope, &rest)
            }
            "simple_select" | "select_clause" => self.query(node, outer, &[]),
            _ => {
                let inner = ["SelectStmt", "select_no_parens", "select_with_parens"];
                let others = READ.iter().chain(&inner);
                let inner = node
                    .parts
                    .iter()
                    .find(|part| others.clone().any(|name| part.is(name)))?;
                self.statement(inner, outer)
            }
        }
    }

    /// Adds what a `WITH` names. One that is recursive sees itself.
    pub(super) fn with(&mut self, clause: Option<&Node<'_>>, scope: &mut Scope<'_>) {
        let Some(clause) = clause.and_then(|clause| clause.first("cte_list")) else {
            return;
        };
        let queries: Vec<&Node<'_>> = clause
            .parts
            .iter()
            .filter(|part| part.is("common_table_expr"))
            .collect();
        let name = |query: &Node<'_>| kept(query.part("name").map_or("", |name| name.text));
        scope
            .with
            .extend(queries.iter().map(|query| (name(query), None)));
        for query in queries {
            let given = query
                .part("PreparableStmt")
                .and_then(|inner| self.statement(inner, scope));
            let more = ["opt_search_clause", "opt_cycle_clause"];
            let more = more
                .iter()
                .any(|part| query.part(part).is_some_and(|part| !part.text.is_empty()));
            let given = given.filter(|_| !more);
            let given = given.map(|columns| renamed(columns, query.part("opt_name_list")));
            let name = name(query);
            let known = scope.with.iter_mut().filter(|(known, _)| *known == name);
            known.for_each(|(_, of)| of.clone_from(&given));
        }
    }

    /// What a query gives; `rest` is what stands behind it, as `ORDER BY`.
    fn query(
        &mut self,
        node: &Node<'_>,
        outer: &Scope<'_>,
        rest: &[&Node<'_>],
    ) -> Option<Vec<Known>> {
        let shape = node.shape();
        if node.is("select_clause") && shape == ["simple_select"] {
            return self.query(&node.parts[0], outer, rest);
        }
        let mut scope = Scope::inside(outer);
        let given = match shape.as_slice() {
            ["SELECT", ..] => self.select(node, &mut scope),
            ["TABLE", table] if *table == "relation_expr" => {
                let relation = self.relation(&node.parts[1], None, &scope);
                let known = (!relation.open).then(|| relation.all().collect());
                scope.relations.push(relation);
                known
            }
            ["select_clause", _, _, "select_clause"] => {
                let left = self.query(&node.parts[0], outer, &[]);
                let right = self.query(&node.parts[3], outer, &[]);
                let given = left
                    .zip(right)
                    .and_then(|(left, right)| either(left, &right));
                scope
                    .relations
                    .push(Relation::of(String::new(), given.clone()));
                given
            }
            ["select_with_parens"] => {
                let given = self.statement(&node.parts[0], outer);
                scope
                    .relations
                    .push(Relation::of(String::new(), given.clone()));
                given
            }
            _ => {
                self.expressions(node, &scope);
                let row = node.first("expr_list")?;
                let values = row.parts.iter().filter(|part| part.is("a_expr"));
                Some(
                    values
                        .enumerate()
                        .map(|(at, _)| unnamed(format!("column{}", at + 1)))
                        .collect(),
                )
            }
        };
        scope.given = given
            .iter()
            .flatten()
            .map(|column| column.name.clone())
            .collect();
        scope.given.extend(aliases(node));
        for part in rest {
            self.expressions(part, &scope);
        }
        given
    }

    fn select(&mut self, node: &Node<'_>, scope: &mut Scope<'_>) -> Option<Vec<Known>> {
        self.from(node.part("from_clause"), scope);
        for part in &node.parts {
            if !part.is("from_clause") && !part.is("group_clause") && !part.is("into_clause") {
                self.expressions(part, scope);
            }
        }
        let list = node
            .part("target_list")
            .or_else(|| node.first("target_list"));
        let given = match list {
            Some(list) => self.outputs(list, scope),
            None => Some(Vec::new()),
        };
        // Its names may be those of the result.
        if let Some(groups) = node.part("group_clause") {
            scope.given = aliases(node);
            self.expressions(groups, scope);
        }
        given
    }

    /// Adds the tables of a list.
    pub(super) fn from(&mut self, clause: Option<&Node<'_>>, scope: &mut Scope<'_>) {
        let list = clause.and_then(|clause| clause.part("from_list"));
        for table in list.map(|list| list.parts.as_slice()).unwrap_or_default() {
            if table.is("table_ref") {
                self.table(table, scope, false);
            }
        }
    }

    /// Adds a table, or what stands for one.
    pub(super) fn table(&mut self, node: &Node<'_>, scope: &mut Scope<'_>, optional: bool) {
        let alias = ["opt_alias_clause", "func_alias_clause", "alias_clause"];
        let alias = alias
            .iter()
            .find_map(|name| node.part(name))
            .filter(|alias| !alias.text.is_empty());
        let called = alias
            .and_then(|alias| alias.first("ColId"))
            .map(|name| kept(name.text));
        let names = alias.and_then(|alias| alias.first("name_list"));
        let before = scope.relations.len();
        let inner = node
            .parts
            .iter()
            .find(|part| !matches!(part.name, "LATERAL_P" | "'('"));
        let mut relation = match inner {
            Some(inner) if inner.is("relation_expr") => self.relation(inner, called, scope),
            Some(inner) if inner.is("select_with_parens") => {
                let given = self.statement(inner, scope);
                Relation::of(called.unwrap_or_default(), given)
            }
            Some(inner) if inner.is("joined_table") => {
                self.join(inner, scope, optional);
                let Some(called) = called else {
                    return;
                };
                scope.relations.truncate(before);
                Relation::open(called)
            }
            Some(inner) => {
                self.expressions(inner, scope);
                let function = inner.first("func_name").map(|name| kept(name.text));
                Relation::open(called.or(function).unwrap_or_default())
            }
            None => return,
        };
        relation.columns = renamed(relation.columns, names);
        relation.optional |= optional;
        scope.relations.push(relation);
    }

    fn join(&mut self, node: &Node<'_>, scope: &mut Scope<'_>, optional: bool) {
        if let Some(inner) = node.part("joined_table") {
            return self.join(inner, scope, optional);
        }
        let kind = node
            .part("join_type")
            .and_then(|kind| kind.parts.first())
            .map_or("", |kind| kind.name);
        let before = scope.relations.len();
        let tables: Vec<&Node<'_>> = node
            .parts
            .iter()
            .filter(|part| part.is("table_ref"))
            .collect();
        let [left, right] = tables.as_slice() else {
            return;
        };
        self.table(left, scope, optional || matches!(kind, "RIGHT" | "FULL"));
        self.table(right, scope, optional || matches!(kind, "LEFT" | "FULL"));
        let condition = node.part("join_qual");
        scope.merged |= node.part("NATURAL").is_some()
            || condition.is_some_and(|on| on.part("USING").is_some());
        if let Some(condition) = condition {
            self.expressions(condition, scope);
            if let Some(alias) = condition
                .part("opt_alias_clause_for_join_using")
                .and_then(|it| it.part("ColId"))
            {
                scope.relations.push(Relation::open(kept(alias.text)));
            }
        }
        if scope.relations[before..].is_empty() {
            scope.relations.push(Relation::open(String::new()));
        }
    }

    /// A table by its name, or a query that a `WITH` names so.
    pub(super) fn relation(
        &mut self,
        node: &Node<'_>,
        called: Option<String>,
        scope: &Scope<'_>,
    ) -> Relation {
        let Some(written) = node.first("qualified_name") else {
            return Relation::open(called.unwrap_or_default());
        };
        if let [name] = written.parts.as_slice()
            && let Some(given) = scope.named(&kept(name.text))
        {
            let name = kept(name.text);
            return Relation::of(called.unwrap_or(name), given.clone());
        }
        let last = written
            .all(&["attr_name"])
            .last()
            .map_or(written.start, |last| last.start);
        let Some(name) = table_name(written) else {
            let name = kept(&written.text[last - written.start..]);
            return Relation::open(called.unwrap_or(name));
        };
        let called = called.unwrap_or_else(|| name.clone());
        let Some(table) = self.catalogue.table(&name) else {
            if self.catalogue.complete && !name.starts_with("pg_") {
                self.miss(Missing::Table(name, last));
            }
            return Relation::open(called);
        };
        let columns = table.columns.iter().map(|column| Known {
            name: column.name.clone(),
            kind: column.kind.clone(),
            not_null: column.not_null,
            origin: Some((table.name.clone(), column.name.clone())),
        });
        Relation {
            called,
            table: Some(name),
            columns: columns.collect(),
            open: table.open,
            optional: false,
        }
    }

    /// Looks at the names of expressions, and at the queries in them.
    pub(super) fn expressions(&mut self, node: &Node<'_>, scope: &Scope<'_>) {
        match node.name {
            "columnref" => {
                if let Found::Missing(missing) = scope.find(node, &self.catalogue.functions) {
                    self.miss(missing);
                }
            }
            "select_with_parens" | "select_no_parens" => {
                self.statement(node, scope);
                return;
            }
            "a_expr" | "b_expr" => self.compared(node, scope),
            "qual_Op" if node.text == "==" && !self.catalogue.operators => {
                self.miss(Missing::Operator(node.text.to_owned(), node.start));
            }
            "select_limit_value" | "select_offset_value" | "select_fetch_first_value" => {
                self.parameter(node.parts.first(), &Type::named("int8"));
            }
            _ => {}
        }
        for part in &node.parts {
            self.expressions(part, scope);
        }
    }
}

/// Columns under the names of a list, as far as it goes.
fn renamed(mut columns: Vec<Known>, names: Option<&Node<'_>>) -> Vec<Known> {
    let names = names.map(|names| names.all(&["name"])).unwrap_or_default();
    for (column, name) in columns.iter_mut().zip(names) {
        column.name = kept(name.text);
    }
    columns
}

/// The rows of one query, or of the other.
fn either(left: Vec<Known>, right: &[Known]) -> Option<Vec<Known>> {
    let same = left.len() == right.len();
    let both = left.into_iter().zip(right).map(|(left, right)| Known {
        kind: match left.kind == right.kind {
            true => left.kind,
            false => Type::UNSEEN,
        },
        not_null: left.not_null && right.not_null,
        origin: left
            .origin
            .filter(|origin| Some(origin) == right.origin.as_ref()),
        name: left.name,
    });
    let both = both.collect();
    same.then_some(both)
}

pub(super) fn unnamed(name: String) -> Known {
    Known {
        name,
        kind: Type::UNSEEN,
        not_null: false,
        origin: None,
    }
}

/// The names that a query gives its columns.
fn aliases(node: &Node<'_>) -> Vec<String> {
    let list = node
        .first("target_list")
        .map(|list| list.parts.as_slice())
        .unwrap_or_default();
    let labels = list
        .iter()
        .filter_map(|item| item.part("ColLabel").or_else(|| item.part("BareColLabel")));
    labels.map(|label| kept(label.text)).collect()
}
