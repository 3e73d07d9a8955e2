//! Tables and views that are made of what a query gives.

use super::catalogue::{Catalogue, Column, Table, table_name};
use super::grammar::{Node, kept};
use super::read;

impl Catalogue {
    /// A table or a view of what a query gives.
    pub(super) fn create_as(&mut self, statement: &Node<'_>) {
        let target = ["create_as_target", "create_mv_target"];
        let target = target
            .iter()
            .find_map(|name| statement.part(name))
            .unwrap_or(statement);
        let Some(name) = target.part("qualified_name").and_then(table_name) else {
            return;
        };
        let query = statement.part("SelectStmt");
        let given = query.and_then(|query| read::columns(self, query));
        let named = target
            .part("opt_column_list")
            .or_else(|| target.part("columnList"));
        let named: Vec<String> = named
            .map(|list| list.all(&["columnElem"]))
            .unwrap_or_default()
            .iter()
            .map(|name| kept(name.text))
            .collect();
        let open = given.is_none();
        let columns = given.unwrap_or_default().into_iter().enumerate();
        let columns = columns.map(|(at, column)| Column {
            name: named.get(at).cloned().unwrap_or(column.name),
            kind: column.kind,
            // Of a view PostgreSQL does not say it either.
            not_null: false,
            default: false,
        });
        let columns = columns.collect();
        self.add(
            statement,
            Table {
                name,
                columns,
                open,
                hooked: false,
            },
        );
    }
}
