//! The tables and columns that migrations make, as far as their statements are read.

use sqlparser::ast::{
    AlterTableOperation, ColumnDef, ColumnOption, DataType, Ident, ObjectName, ObjectType,
    RenameTableNameKind, Statement,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use crate::analyse::types::ValueType;

/// A table or a view.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// There may be other columns: of a view, of a parent, of another table.
    pub(super) open: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) value: ValueType,
    pub(super) not_null: bool,
}

#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) tables: Vec<Table>,
    /// Every table is in it.
    pub(super) complete: bool,
}

impl Default for Catalogue {
    fn default() -> Self {
        Catalogue {
            tables: Vec::new(),
            complete: true,
        }
    }
}

/// A statement, where the parser knows it.
pub(super) fn parsed(sql: &str) -> Option<Statement> {
    let mut statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).ok()?;
    match statements.len() {
        1 => statements.pop(),
        _ => None,
    }
}

/// A name as PostgreSQL keeps it: without quotes its capitals are small letters.
pub(super) fn kept(name: &Ident) -> String {
    match name.quote_style {
        Some(_) => name.value.clone(),
        None => name.value.to_lowercase(),
    }
}

/// The name of a table; nothing where it is one of another schema.
pub(super) fn table_name(name: &ObjectName) -> Option<String> {
    let parts: Option<Vec<&Ident>> = name.0.iter().map(|part| part.as_ident()).collect();
    match parts?.as_slice() {
        [name] => Some(kept(name)),
        [schema, name] if kept(schema) == "public" => Some(kept(name)),
        _ => None,
    }
}

impl Catalogue {
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    fn table_mut(&mut self, name: &ObjectName) -> Option<&mut Table> {
        let name = table_name(name)?;
        self.tables.iter_mut().find(|table| table.name == name)
    }

    /// What a statement makes or changes.
    pub(super) fn apply(&mut self, sql: &str) {
        let Some(statement) = parsed(sql) else {
            self.unknown(sql);
            return;
        };
        match &statement {
            Statement::CreateTable(create) => {
                let Some(name) = table_name(&create.name) else {
                    return;
                };
                let open = create.query.is_some()
                    || create.like.is_some()
                    || create.inherits.is_some()
                    || create.partition_of.is_some()
                    || create.columns.is_empty();
                let columns = create.columns.iter().map(column).collect();
                self.add(name, columns, open);
            }
            Statement::CreateView(create) => {
                if let Some(name) = table_name(&create.name) {
                    self.add(name, Vec::new(), true);
                }
            }
            Statement::AlterTable(alter) => {
                for operation in &alter.operations {
                    self.alter(&alter.name, operation);
                }
            }
            Statement::Drop {
                object_type: ObjectType::Table | ObjectType::View | ObjectType::MaterializedView,
                names,
                ..
            } => {
                let names: Vec<String> = names.iter().filter_map(table_name).collect();
                self.tables.retain(|table| !names.contains(&table.name));
            }
            _ => self.unknown(sql),
        }
    }

    /// A statement that is not followed.
    fn unknown(&mut self, sql: &str) {
        let may = may(sql);
        self.complete &= may == May::Nothing;
        if may == May::Change {
            self.tables.iter_mut().for_each(|table| table.open = true);
        }
    }

    fn add(&mut self, name: String, columns: Vec<Column>, open: bool) {
        self.tables.retain(|table| table.name != name);
        self.tables.push(Table {
            name,
            columns,
            open,
        });
    }

    fn alter(&mut self, name: &ObjectName, operation: &AlterTableOperation) {
        let Some(table) = self.table_mut(name) else {
            return;
        };
        match operation {
            AlterTableOperation::AddColumn { column_def, .. } => {
                table.columns.push(column(column_def));
            }
            AlterTableOperation::DropColumn { column_names, .. } => {
                let dropped: Vec<String> = column_names.iter().map(kept).collect();
                table
                    .columns
                    .retain(|column| !dropped.contains(&column.name));
            }
            AlterTableOperation::RenameColumn {
                old_column_name,
                new_column_name,
            } => {
                let old = kept(old_column_name);
                for column in table.columns.iter_mut().filter(|c| c.name == old) {
                    column.name = kept(new_column_name);
                }
            }
            AlterTableOperation::RenameTable {
                table_name: RenameTableNameKind::To(to) | RenameTableNameKind::As(to),
            } => match table_name(to) {
                Some(to) => table.name = to,
                None => table.open = true,
            },
            AlterTableOperation::AddConstraint { .. }
            | AlterTableOperation::DropConstraint { .. }
            | AlterTableOperation::OwnerTo { .. } => {}
            // The type of a column may be another now.
            _ => {
                for column in &mut table.columns {
                    column.value = ValueType::Any;
                    column.not_null = false;
                }
            }
        }
    }
}

/// What an unknown statement may do, by its first words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum May {
    /// No table is another afterwards.
    Nothing,
    /// There may be more tables.
    Make,
    /// Any table may be another.
    Change,
}

fn may(sql: &str) -> May {
    let words = crate::sql::words::words(sql).into_iter().take(2);
    let words: Vec<String> = words.map(|word| word.name.to_uppercase()).collect();
    let (first, second) = match words.as_slice() {
        [] => return May::Nothing,
        [first] => (first.as_str(), ""),
        [first, second, ..] => (first.as_str(), second.as_str()),
    };
    let rows = [
        "INSERT", "UPDATE", "DELETE", "COMMENT", "GRANT", "REVOKE", "ANALYZE", "VACUUM", "BEGIN",
        "COMMIT",
    ];
    let others = [
        "UNIQUE", "INDEX", "TYPE", "DOMAIN", "SEQUENCE", "TRIGGER", "FUNCTION", "POLICY",
    ];
    match first {
        _ if rows.contains(&first) => May::Nothing,
        "CREATE" | "ALTER" | "DROP" if others.contains(&second) => May::Nothing,
        "CREATE" | "SET" => May::Make,
        _ => May::Change,
    }
}

fn column(definition: &ColumnDef) -> Column {
    let never = |option: &ColumnOption| {
        matches!(option, ColumnOption::NotNull | ColumnOption::PrimaryKey(_))
    };
    Column {
        name: kept(&definition.name),
        value: value_type(&definition.data_type),
        not_null: definition.options.iter().any(|one| never(&one.option)),
    }
}

/// What the values of a type are.
fn value_type(of: &DataType) -> ValueType {
    let name = of.to_string().to_uppercase();
    let begins = |starts: &[&str]| starts.iter().any(|start| name.starts_with(start));
    if name.ends_with(']') {
        ValueType::Any
    } else if begins(&["BOOL"]) {
        ValueType::Boolean
    } else if begins(&["INTERVAL"]) {
        ValueType::Any
    } else if begins(&[
        "INT",
        "SMALLINT",
        "BIGINT",
        "SERIAL",
        "SMALLSERIAL",
        "BIGSERIAL",
    ]) {
        ValueType::Integer
    } else if begins(&["REAL", "DOUBLE", "FLOAT"]) {
        ValueType::Number
    } else if begins(&[
        "TEXT",
        "VARCHAR",
        "CHAR",
        "UUID",
        "DATE",
        "TIMESTAMP",
        "NUMERIC",
        "DECIMAL",
    ]) {
        ValueType::String
    } else {
        ValueType::Any
    }
}
