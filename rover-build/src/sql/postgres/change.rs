//! Statements that change rows.

use super::grammar::{Node, kept};
use super::read::Reading;
use super::scope::{Known, Missing, Relation, Scope};

impl Reading<'_> {
    /// Reads `INSERT`, `UPDATE`, `DELETE` or `MERGE`; what its `RETURNING` gives.
    pub(super) fn change(&mut self, node: &Node<'_>, outer: &Scope<'_>) -> Option<Vec<Known>> {
        let mut with = Scope::inside(outer);
        self.with(node.part("opt_with_clause"), &mut with);
        let target = self.target(node);
        let mut scope = Scope::inside(&with);
        scope.relations.push(target.clone());
        if node.is("InsertStmt") {
            self.insert(node, &target, &with);
        } else {
            self.from(
                node.part("from_clause")
                    .or_else(|| node.part("using_clause")),
                &mut scope,
            );
            if let Some(source) = node.part("table_ref") {
                self.table(source, &mut scope, false);
            }
            for part in &node.parts {
                match part.name {
                    "set_clause_list" => self.assignments(part, &target, &scope),
                    "where_or_current_clause" | "a_expr" => self.expressions(part, &scope),
                    "merge_when_list" => self.merges(part, &target, &scope),
                    _ => {}
                }
            }
        }
        let returning = node.part("returning_clause")?;
        let named = returning
            .part("returning_with_clause")
            .is_some_and(|with| !with.text.is_empty());
        // The rows before and behind the change.
        let of_changes = |name: &&Node<'_>| {
            let name = kept(name.parts[0].text);
            matches!(name.as_str(), "old" | "new") && scope.relation(&name).is_none()
        };
        if named || returning.all(&["columnref"]).iter().any(of_changes) {
            return None;
        }
        self.expressions(returning, &scope);
        self.outputs(returning.part("target_list")?, &scope)
    }

    /// The table that is changed.
    fn target(&mut self, node: &Node<'_>) -> Relation {
        let name = node
            .part("insert_target")
            .or_else(|| node.part("relation_expr_opt_alias"));
        let Some(name) = name else {
            return Relation::open(String::new());
        };
        let alias = name.part("ColId").map(|alias| kept(alias.text));
        self.relation(name, alias, &Scope::default())
    }

    fn insert(&mut self, node: &Node<'_>, target: &Relation, with: &Scope<'_>) {
        let Some(rest) = node.part("insert_rest") else {
            return;
        };
        let listed = rest.part("insert_column_list");
        let columns = match listed {
            Some(list) => self.named(list, target),
            None => target.columns.iter().cloned().map(Some).collect(),
        };
        if let Some(source) = rest.part("SelectStmt") {
            self.statement(source, with);
            self.rows(source, &columns, listed.is_some());
        }
        let Some(conflict) = node.part("opt_on_conflict") else {
            return;
        };
        let mut scope = Scope::inside(with);
        scope.relations.push(target.clone());
        if let Some(on) = conflict.part("opt_conf_expr") {
            for column in on.all(&["index_elem"]) {
                match column.part("ColId") {
                    Some(name) => drop(self.target_column(name, target)),
                    None => self.expressions(column, &scope),
                }
            }
            on.part("where_clause")
                .into_iter()
                .for_each(|part| self.expressions(part, &scope));
        }
        let excluded = Relation {
            called: "excluded".to_owned(),
            ..target.clone()
        };
        scope.relations.push(excluded);
        for part in &conflict.parts {
            match part.name {
                "set_clause_list" => self.assignments(part, target, &scope),
                "where_clause" => self.expressions(part, &scope),
                _ => {}
            }
        }
    }

    /// The columns of a list, each where it is known.
    fn named(&mut self, list: &Node<'_>, target: &Relation) -> Vec<Option<Known>> {
        let items = list
            .parts
            .iter()
            .filter(|part| part.is("insert_column_item"));
        let named = items.map(|item| {
            let whole = item.parts.get(1).is_none_or(|rest| rest.text.is_empty());
            self.target_column(&item.parts[0], target).filter(|_| whole)
        });
        named.collect()
    }

    fn target_column(&mut self, name: &Node<'_>, target: &Relation) -> Option<Known> {
        let found = target.column(&kept(name.text));
        if found.is_none() && !target.open {
            self.miss(target.no_column(kept(name.text), name.start));
        }
        found
    }

    /// The rows behind `VALUES`, which have a value for each column.
    fn rows(&mut self, source: &Node<'_>, columns: &[Option<Known>], listed: bool) {
        let Some(rows) = source.down_to("values_clause") else {
            return;
        };
        for row in rows.parts.iter().filter(|part| part.is("expr_list")) {
            let values: Vec<&Node<'_>> =
                row.parts.iter().filter(|part| part.is("a_expr")).collect();
            if listed && values.len() != columns.len() {
                let extra = values
                    .get(columns.len())
                    .map_or(row.start, |value| value.start);
                self.miss(Missing::Count(values.len(), columns.len(), extra));
            }
            for (value, column) in values.into_iter().zip(columns) {
                if let Some(column) = column {
                    self.parameter(Some(value), &column.kind);
                }
            }
        }
    }

    fn assignments(&mut self, list: &Node<'_>, target: &Relation, scope: &Scope<'_>) {
        for clause in list.parts.iter().filter(|part| part.is("set_clause")) {
            for written in clause.all(&["set_target"]) {
                let Some(name) = written.parts.first() else {
                    continue;
                };
                let column = self.target_column(name, target);
                let whole = written.parts.get(1).is_none_or(|rest| rest.text.is_empty());
                if let (Some(column), true, true) = (column, whole, clause.parts.len() == 3) {
                    self.parameter(clause.parts.last(), &column.kind);
                }
            }
            clause
                .part("a_expr")
                .into_iter()
                .for_each(|value| self.expressions(value, scope));
        }
    }

    fn merges(&mut self, list: &Node<'_>, target: &Relation, scope: &Scope<'_>) {
        for clause in list.all(&["merge_update", "merge_insert", "opt_merge_when_condition"]) {
            match clause.name {
                "merge_update" => {
                    let list = clause.part("set_clause_list");
                    list.into_iter()
                        .for_each(|list| self.assignments(list, target, scope));
                }
                "merge_insert" => {
                    if let Some(list) = clause.part("insert_column_list") {
                        self.named(list, target);
                    }
                    clause
                        .part("merge_values_clause")
                        .into_iter()
                        .for_each(|part| self.expressions(part, scope));
                }
                _ => self.expressions(clause, scope),
            }
        }
    }
}
