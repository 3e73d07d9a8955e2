//! The tables, types and functions that migrations make, as far as their statements are read.

use super::grammar::{Node, kept};
use super::types::{OwnTypes, Type};
use crate::analyse::types::ValueType;

/// A table or a view.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// There may be other columns: of a view, of a parent, of another table.
    pub(super) open: bool,
    /// A trigger or a rule may change the rows that are added, or another table takes them.
    pub(super) hooked: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Type,
    pub(super) not_null: bool,
    /// It may have a value where none is given.
    pub(super) default: bool,
}

#[derive(Debug)]
pub(super) struct Catalogue {
    pub(super) tables: Vec<Table>,
    pub(super) types: OwnTypes,
    /// A function of a table's row is written as a column, too: `books.full_title`.
    pub(super) functions: Vec<String>,
    /// There are operators of the program's own.
    pub(super) operators: bool,
    /// Every table is in it.
    pub(super) complete: bool,
}

impl Default for Catalogue {
    fn default() -> Self {
        Catalogue {
            tables: Vec::new(),
            types: OwnTypes::default(),
            functions: Vec::new(),
            operators: false,
            complete: true,
        }
    }
}

/// The name of a table; nothing where it is one of another schema.
pub(super) fn table_name(name: &Node<'_>) -> Option<String> {
    match name.parts.as_slice() {
        [name] => Some(kept(name.text)),
        [schema, rest] if kept(schema.text) == "public" => {
            let mut names = rest.all(&["attr_name"]).into_iter();
            match (names.next(), names.next()) {
                (Some(name), None) => Some(kept(name.text)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Extensions of PostgreSQL's own package that have no tables.
const WITHOUT_TABLES: [&str; 15] = [
    "btree_gin",
    "btree_gist",
    "citext",
    "cube",
    "earthdistance",
    "fuzzystrmatch",
    "hstore",
    "intarray",
    "ltree",
    "pg_trgm",
    "pgcrypto",
    "tablefunc",
    "unaccent",
    "uuid-ossp",
    "vector",
];

impl Catalogue {
    pub(super) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// What the statements of a text make or change.
    pub(super) fn apply(&mut self, tree: &Node<'_>) {
        for statement in tree.all(&["stmt"]) {
            if let Some(statement) = statement.parts.first() {
                self.statement(statement);
            }
        }
    }

    fn statement(&mut self, statement: &Node<'_>) {
        match statement.name {
            "CreateStmt" | "CreateForeignTableStmt" => self.create_table(statement),
            "CreateAsStmt" | "CreateMatViewStmt" | "ViewStmt" => self.create_as(statement),
            "AlterTableStmt" => self.alter_table(statement),
            "RenameStmt" => self.rename(statement),
            "AlterObjectSchemaStmt" => self.move_away(statement),
            "DropStmt" => self.drop(statement),
            "DefineStmt" if statement.part("OPERATOR").is_some() => self.operators = true,
            "DefineStmt" | "CreateDomainStmt" => self.create_type(statement),
            "AlterEnumStmt" => self.alter_enum(statement),
            "CreateTrigStmt" | "RuleStmt" => self.hook(statement),
            "CreateFunctionStmt" => {
                let name = statement.part("func_name").map(|name| last_name(name));
                self.functions.extend(name);
            }
            "CreateExtensionStmt" => {
                let name = statement.part("name").map(|name| kept(name.text));
                let plain = name.is_some_and(|name| WITHOUT_TABLES.contains(&&*name));
                self.complete &= plain;
            }
            "VariableSetStmt" => self.complete &= !mentions(statement, "search_path"),
            "SelectStmt" if statement.first("OptTempTableName").is_some() => self.complete = false,
            // A function may do anything.
            "SelectStmt" if statement.first("func_application").is_some() => self.anything(),
            "CallStmt" | "DoStmt" | "ExecuteStmt" => self.anything(),
            "CreateEventTrigStmt" | "ImportForeignSchemaStmt" => self.complete = false,
            _ => {}
        }
    }

    /// A statement that is not followed.
    fn anything(&mut self) {
        self.complete = false;
        self.tables.iter_mut().for_each(|table| table.open = true);
    }

    /// Adds a table, unless it is one `if not exists` that is there.
    pub(super) fn add(&mut self, statement: &Node<'_>, table: Table) {
        let known = self.table(&table.name).is_some();
        if known && statement.part("EXISTS").is_some() {
            return;
        }
        self.tables.retain(|other| other.name != table.name);
        self.tables.push(table);
    }

    fn create_table(&mut self, statement: &Node<'_>) {
        let Some(name) = statement.part("qualified_name").and_then(table_name) else {
            return;
        };
        let elements = statement.part("OptTableElementList");
        let inherits = statement
            .part("OptInherit")
            .is_some_and(|it| !it.parts.is_empty());
        let mut columns: Vec<Column> = Vec::new();
        for element in elements
            .map(|list| list.all(&["columnDef"]))
            .unwrap_or_default()
        {
            columns.extend(self.column(element));
        }
        let constraints = elements
            .map(|list| list.all(&["ConstraintElem"]))
            .unwrap_or_default();
        for constraint in constraints
            .iter()
            .filter(|one| one.part("PRIMARY").is_some())
        {
            let keys = constraint.all(&["columnElem"]);
            let keys: Vec<String> = keys.iter().map(|key| kept(key.text)).collect();
            let of_it = columns
                .iter_mut()
                .filter(|column| keys.contains(&column.name));
            of_it.for_each(|column| column.not_null = true);
        }
        let likes = elements.is_some_and(|list| list.first("TableLikeClause").is_some());
        let open = inherits || likes || columns.is_empty();
        // A partition may have a trigger; of a table elsewhere the rules are told and not enforced.
        let partitioned = statement
            .part("OptPartitionSpec")
            .is_some_and(|it| !it.parts.is_empty());
        let hooked = partitioned || statement.is("CreateForeignTableStmt");
        self.add(
            statement,
            Table {
                name,
                columns,
                open,
                hooked,
            },
        );
    }

    fn column(&self, definition: &Node<'_>) -> Option<Column> {
        let written = definition.part("Typename")?;
        let constraints = definition.all(&["ColConstraintElem"]);
        let never = |constraint: &&Node<'_>| {
            let shape = constraint.shape();
            shape.starts_with(&["NOT"])
                || shape.starts_with(&["PRIMARY"])
                || shape.contains(&"IDENTITY_P")
        };
        let gives = |constraint: &&Node<'_>| {
            let shape = constraint.shape();
            shape.starts_with(&["DEFAULT"]) || shape.starts_with(&["GENERATED"])
        };
        let counts = written.text.to_ascii_lowercase().ends_with("serial");
        Some(Column {
            name: kept(definition.part("ColId")?.text),
            kind: Type::of(&self.types, written),
            not_null: counts || constraints.iter().any(never),
            // A type of the program's own may be a domain, which has a default.
            default: counts || !Type::is_plain(written) || constraints.iter().any(gives),
        })
    }

    /// `create trigger`, `create rule`
    fn hook(&mut self, statement: &Node<'_>) {
        let name = statement.part("qualified_name").and_then(table_name);
        let mut tables = self.tables.iter_mut();
        if let Some(table) = tables.find(|table| Some(&table.name) == name.as_ref()) {
            table.hooked = true;
        }
    }

    fn alter_table(&mut self, statement: &Node<'_>) {
        let name = statement
            .part("relation_expr")
            .and_then(|name| name.first("qualified_name"));
        let name = name
            .or_else(|| statement.part("qualified_name"))
            .and_then(table_name);
        let Some(name) = name else {
            return;
        };
        let commands = statement.all(&["alter_table_cmd"]);
        for command in commands {
            let added = command.part("columnDef").and_then(|it| self.column(it));
            let retyped = command.part("Typename").map(|it| Type::of(&self.types, it));
            let Some(table) = self.tables.iter_mut().find(|table| table.name == name) else {
                return;
            };
            let column = command.part("ColId").map(|column| kept(column.text));
            let has =
                |table: &Table, name: &str| table.columns.iter().any(|column| column.name == name);
            let shape = command.shape();
            match (shape.first().copied(), column) {
                (Some("ADD_P"), _) => {
                    let added = added.filter(|added| !has(table, &added.name));
                    table.columns.extend(added);
                    if let Some(constraint) = command.first("ConstraintElem") {
                        not_null(table, constraint);
                    }
                }
                (Some("DROP"), Some(dropped)) => {
                    table.columns.retain(|column| column.name != dropped)
                }
                (Some("ALTER"), Some(altered)) => {
                    let found = table
                        .columns
                        .iter_mut()
                        .find(|column| column.name == altered);
                    if let Some(column) = found {
                        column.kind = retyped.unwrap_or_else(|| column.kind.clone());
                        column.not_null &= !shape.ends_with(&["DROP", "NOT", "NULL_P"]);
                        column.not_null |= shape.ends_with(&["SET", "NOT", "NULL_P"]);
                        // What is taken away may be there in another way.
                        let gives = ["DEFAULT", "GENERATED"];
                        let gives = gives.iter().any(|word| command.first(word).is_some());
                        let retyped = command.part("Typename");
                        column.default |= gives || retyped.is_some_and(|it| !Type::is_plain(it));
                    }
                }
                (Some("INHERIT" | "OF"), _) => table.open = true,
                _ => {}
            }
        }
    }

    fn rename(&mut self, statement: &Node<'_>) {
        let names: Vec<String> = statement
            .parts
            .iter()
            .filter(|part| part.is("name"))
            .map(|name| kept(name.text))
            .collect();
        if statement.part("TYPE_P").is_some() && statement.part("ATTRIBUTE").is_none() {
            let old = statement.part("any_name").map(|name| last_name(name));
            if let (Some(old), Some(new)) = (old, names.first()) {
                self.types.rename(&old, new);
            }
            return;
        }
        let is_table = ["TABLE", "VIEW"]
            .iter()
            .any(|kind| statement.part(kind).is_some());
        let table = statement
            .part("relation_expr")
            .and_then(|name| name.first("qualified_name"));
        let table = table
            .or_else(|| statement.part("qualified_name"))
            .and_then(table_name);
        let table = self
            .tables
            .iter_mut()
            .find(|known| Some(&known.name) == table.as_ref());
        let Some(table) = table.filter(|_| is_table && statement.part("CONSTRAINT").is_none())
        else {
            return;
        };
        match names.as_slice() {
            [to] => table.name.clone_from(to),
            [from, to] => {
                let columns = table
                    .columns
                    .iter_mut()
                    .filter(|column| column.name == *from);
                columns.for_each(|column| column.name.clone_from(to));
            }
            _ => {}
        }
    }

    /// `alter table books set schema other`
    fn move_away(&mut self, statement: &Node<'_>) {
        let is_table = ["TABLE", "VIEW"]
            .iter()
            .any(|kind| statement.part(kind).is_some());
        if is_table {
            let moved = statement.first("qualified_name").and_then(table_name);
            self.tables
                .retain(|table| Some(&table.name) != moved.as_ref());
            self.complete = false;
        }
    }

    fn drop(&mut self, statement: &Node<'_>) {
        let kind = statement
            .part("object_type_any_name")
            .map(Node::shape)
            .unwrap_or_default();
        let is_table = kind.contains(&"TABLE") || kind.contains(&"VIEW");
        if is_table {
            let names = statement.all(&["any_name"]);
            let names: Vec<String> = names.into_iter().filter_map(table_name).collect();
            self.tables.retain(|table| !names.contains(&table.name));
        } else if kind.is_empty() && statement.first("CASCADE").is_some() {
            // A type goes with its columns, a schema with its tables.
            self.anything();
        }
    }

    fn create_type(&mut self, statement: &Node<'_>) {
        let Some(name) = statement.part("any_name").and_then(table_name) else {
            return;
        };
        let of = match statement.part("ENUM_P") {
            Some(_) => {
                let labels = statement.all(&["Sconst"]);
                let labels: Vec<String> = labels.into_iter().map(text).collect();
                Type::one_of(&name, &labels)
            }
            None => match statement.part("Typename") {
                Some(base) => Type::of(&self.types, base),
                None => Type::UNSEEN,
            },
        };
        self.types.set(name, of);
    }

    fn alter_enum(&mut self, statement: &Node<'_>) {
        let Some(name) = statement.part("any_name").and_then(table_name) else {
            return;
        };
        let Some(old) = self.types.get(&name) else {
            return;
        };
        let ValueType::Enum(mut labels) = old.value.clone() else {
            return;
        };
        let given: Vec<String> = statement.all(&["Sconst"]).into_iter().map(text).collect();
        let place = |label: &String| labels.iter().position(|known| known == label);
        match (given.as_slice(), statement.part("ADD_P").is_some()) {
            ([new], true) if !labels.contains(new) => labels.push(new.clone()),
            ([new, other], true) if !labels.contains(new) => {
                let behind = usize::from(statement.part("AFTER").is_some());
                let at = place(other).map_or(labels.len(), |at| at + behind);
                labels.insert(at, new.clone());
            }
            ([old, new], false) => {
                if let Some(at) = place(old) {
                    labels[at].clone_from(new);
                }
            }
            _ => {}
        }
        let new = Type::one_of(&name, &labels);
        let columns = self.tables.iter_mut().flat_map(|table| &mut table.columns);
        let of_it = columns.filter(|column| column.kind == old);
        of_it.for_each(|column| column.kind = new.clone());
        self.types.set(name, new);
    }
}

/// The columns of a primary key, and one that a constraint says is not null.
fn not_null(table: &mut Table, constraint: &Node<'_>) {
    let keys = match constraint.shape().first() {
        Some(&"PRIMARY") => constraint.all(&["columnElem"]),
        Some(&"NOT") => constraint.all(&["ColId"]),
        _ => return,
    };
    let keys: Vec<String> = keys.iter().map(|key| kept(key.text)).collect();
    let of_it = table
        .columns
        .iter_mut()
        .filter(|column| keys.contains(&column.name));
    of_it.for_each(|column| column.not_null = true);
}

/// The last part of a name with dots.
fn last_name(name: &Node<'_>) -> String {
    let attributes = name.all(&["attr_name"]);
    kept(attributes.last().map_or(name.text, |last| last.text))
}

/// What a text in simple quotes means.
fn text(written: &Node<'_>) -> String {
    let inner = written
        .text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    inner.unwrap_or(written.text).replace("''", "'")
}

fn mentions(statement: &Node<'_>, word: &str) -> bool {
    statement.text.to_ascii_lowercase().contains(word)
}
