//! The names that a statement uses, where what they mean is plain: those of tables, and those of
//! columns where all tables are known and there is one query alone.

use std::ops::ControlFlow;

use sqlparser::ast::{
    AssignmentTarget, Expr, Ident, Insert, ObjectName, Query, SelectItem, SetExpr, Statement,
    TableFactor, TableObject, Visit, Visitor,
};

use super::catalogue::{Catalogue, Table, kept, table_name};

/// A name that is not there.
pub(super) enum Missing {
    Table(String, Ident),
    /// With the tables that it may be of.
    Column(Ident),
}

/// Names that are no columns, wherever they stand.
const NO_COLUMNS: [&str; 20] = [
    "default",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
    "ctid",
    "xmin",
    "xmax",
    "cmin",
    "cmax",
    "tableoid",
    "oid",
    "value",
];

#[derive(Default)]
struct Names {
    /// Tables, with what they are called in the statement.
    tables: Vec<(ObjectName, Option<Ident>)>,
    /// Names that a `WITH` or a `select ... as` gives.
    given: Vec<String>,
    columns: Vec<Vec<Ident>>,
    queries: usize,
    /// There is something in it that is not followed.
    odd: bool,
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        self.queries += 1;
        if let Some(with) = &query.with {
            self.odd = true;
            let tables = with.cte_tables.iter();
            self.given
                .extend(tables.map(|table| kept(&table.alias.name)));
        }
        match &*query.body {
            SetExpr::Select(select) => {
                for item in &select.projection {
                    match item {
                        SelectItem::ExprWithAlias { alias, .. } => self.given.push(kept(alias)),
                        SelectItem::ExprWithAliases { .. } => self.odd = true,
                        _ => {}
                    }
                }
            }
            SetExpr::Values(_) => {}
            _ => self.odd = true,
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                ..
            } if !is_keyword(name) => {
                let columns = alias
                    .as_ref()
                    .is_some_and(|alias| !alias.columns.is_empty());
                self.odd |= columns;
                let alias = alias.as_ref().map(|alias| alias.name.clone());
                self.tables.push((name.clone(), alias));
            }
            _ => self.odd = true,
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        match statement {
            Statement::Insert(Insert {
                table: TableObject::TableName(name),
                table_alias,
                columns,
                ..
            }) => {
                let alias = table_alias.as_ref().map(|alias| alias.alias.clone());
                self.tables.push((name.clone(), alias));
                for column in columns {
                    match column.0.as_slice() {
                        [part] => self
                            .columns
                            .extend(part.as_ident().map(|name| vec![name.clone()])),
                        _ => self.odd = true,
                    }
                }
            }
            Statement::Update(update) => {
                for assignment in &update.assignments {
                    if let AssignmentTarget::ColumnName(name) = &assignment.target
                        && let [part] = name.0.as_slice()
                    {
                        let name = part.as_ident();
                        self.columns.extend(name.map(|name| vec![name.clone()]));
                    }
                }
            }
            Statement::Query(_) | Statement::Delete(_) => {}
            _ => self.odd = true,
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Identifier(name) => self.columns.push(vec![name.clone()]),
            Expr::CompoundIdentifier(names) => self.columns.push(names.clone()),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// `from only books`, which the parser takes for a table.
fn is_keyword(name: &ObjectName) -> bool {
    table_name(name).is_some_and(|name| name == "only")
}

/// The first name that is not there.
pub(super) fn missing(catalogue: &Catalogue, statement: &Statement) -> Option<Missing> {
    let mut names = Names::default();
    let _ = statement.visit(&mut names);
    let mut known: Vec<(String, &Table)> = Vec::new();
    for (name, alias) in &names.tables {
        let Some(table) = table_name(name) else {
            names.odd = true;
            continue;
        };
        match catalogue.table(&table) {
            Some(found) => {
                let called = alias.as_ref().map_or(table, kept);
                known.push((called, found));
            }
            None => {
                let is_given = names.given.contains(&table) || table.starts_with("pg_");
                let last = name.0.last().and_then(|part| part.as_ident());
                match last.filter(|_| catalogue.complete && !is_given) {
                    Some(last) => return Some(Missing::Table(table, last.clone())),
                    None => names.odd = true,
                }
            }
        }
    }
    let plain = !names.odd && names.queries <= 1 && !known.is_empty();
    if !plain || known.iter().any(|(_, table)| table.open) {
        return None;
    }
    let columns = names.columns.iter();
    columns
        .filter_map(|name| unknown(&names, &known, name))
        .next()
}

fn unknown(names: &Names, known: &[(String, &Table)], name: &[Ident]) -> Option<Missing> {
    let has = |table: &Table, name: &str| table.columns.iter().any(|column| column.name == name);
    let (column, mut tables) = match name {
        [column] => {
            let kept = kept(column);
            let other = names.given.contains(&kept)
                || NO_COLUMNS.contains(&&*kept)
                || known.iter().any(|(called, _)| *called == kept);
            if other {
                return None;
            }
            (column, known.iter().collect::<Vec<_>>())
        }
        [table, column] => {
            let table = kept(table);
            // What an `on conflict` would have added.
            let of_it = known
                .iter()
                .filter(|(called, _)| *called == table || table == "excluded");
            let of_it: Vec<_> = of_it.collect();
            if of_it.is_empty() || NO_COLUMNS.contains(&&*kept(column)) {
                return None;
            }
            (column, of_it)
        }
        _ => return None,
    };
    let kept = kept(column);
    let found = tables.iter_mut().any(|(_, table)| has(table, &kept));
    (!found).then(|| Missing::Column(column.clone()))
}
