//! The databases that a call may be of, each with what is known of its tables.

use std::collections::{BTreeSet, HashSet};
use std::rc::Rc;

use rover_model::sql::Dialect;

use super::build_database::{BUILD_DATABASE, BuildDatabase};
use super::kinds::kinds;
use super::migrations::Migrations;
use super::refused::{Refused, Why};
use super::schema::{Schema, called};
use super::words::{behind, first, has, last, named_tables, table, words};
use crate::analyse::statements::{DatabaseCall, Statements, Takes};
use crate::collect::databases::Database;
use crate::diagnostic::codes::sql::{build_database, migration_refused};
use crate::diagnostic::{Diagnostic, Position};
use crate::features::Features;
use crate::front::ids::TextRange;
use crate::front::load::Sources;

/// A database, as one of the kinds that it may be.
pub(super) struct Candidate {
    /// Its number among the calls of `rover.db`.
    pub(super) database: usize,
    pub(super) schema: Rc<Schema>,
    /// Its migrations make all of its tables.
    pub(super) complete: bool,
    /// It has migrations.
    pub(super) folder: Option<String>,
}

pub(super) struct Candidates<'a> {
    databases: &'a [Database],
    pub(super) all: Vec<Candidate>,
}

/// The schemas that are made already, by the kind and the folder.
type Made = Vec<((Dialect, Option<String>), (Rc<Schema>, bool))>;

impl<'a> Candidates<'a> {
    /// Applies the migrations.
    pub(super) fn find(
        databases: &'a [Database],
        migrations: &Migrations,
        features: Features,
        asked: &BuildDatabase,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Self {
        let (mut all, mut made) = (Vec::new(), Made::new());
        // Of several databases the server is one that has migrations.
        let mut named = databases
            .iter()
            .map(|database| database.options.migrations(Dialect::Postgres));
        let any_folder = named.any(|folder| folder.is_some());
        let mut refused = false;
        for (number, database) in databases.iter().enumerate() {
            for dialect in kinds(database, features) {
                let folder = database.options.migrations(dialect).map(str::to_owned);
                let key = (dialect, folder.clone());
                let known = made.iter().find(|(known, _)| *known == key);
                let (schema, applied) = match known {
                    Some((_, known)) => known.clone(),
                    None => {
                        let folder = folder.as_deref();
                        let is_asked = folder.is_some() || !any_folder;
                        let address = asked.address.as_ref().filter(|_| is_asked && !refused);
                        let schema = Rc::new(open(dialect, address).unwrap_or_else(|why| {
                            refused = true;
                            let at = database.position.clone();
                            let file = asked.file.as_deref();
                            diagnostics.push(build_database::unreachable(
                                at,
                                BUILD_DATABASE,
                                file,
                                &why,
                            ));
                            Schema::None(dialect)
                        }));
                        let applied = apply(&schema, folder, migrations, diagnostics);
                        made.push((key, (Rc::clone(&schema), applied)));
                        (schema, applied)
                    }
                };
                all.push(Candidate {
                    database: number,
                    complete: applied && (folder.is_some() || schema.has_server()),
                    schema,
                    folder,
                });
            }
        }
        Candidates { databases, all }
    }

    /// Makes what the program's own statements make, in whichever order.
    pub(super) fn make(&mut self, sources: &Sources, statements: &Statements<'_>) {
        self.make_once(sources, statements);
        self.make_once(sources, statements);
    }

    fn make_once(&mut self, sources: &Sources, statements: &Statements<'_>) {
        let calls = statements.calls.iter();
        for call in calls.filter(|call| call.takes == Takes::Sql) {
            let of_it: HashSet<usize> = self.of(sources, call).collect();
            let made = call.given.iter().map(|given| given.text.text.as_str());
            let made = made.filter(|text| makes(text));
            let made: Vec<&str> = made.collect();
            // Who makes tables asks for no rows.
            let unseen = call.unseen.as_ref().filter(|_| call.method == "exec");
            let hidden = unseen.is_some_and(|unseen| may_make(&unseen.begins));
            let attaches = call.given.iter().any(|given| {
                let verb = first(&given.text.text);
                verb.as_deref() == Some("ATTACH")
            });
            for number in of_it {
                let candidate = &mut self.all[number];
                candidate.complete &= !hidden && !attaches;
                made.iter().for_each(|text| candidate.schema.make(text));
            }
        }
    }

    /// The numbers of those that a call may be of.
    pub(super) fn of<'s>(
        &'s self,
        sources: &Sources,
        call: &DatabaseCall<'_>,
    ) -> impl Iterator<Item = usize> + use<'s, 'a> {
        let places: Vec<Position> = call
            .databases
            .iter()
            .map(|at| start(sources, *at))
            .collect();
        let is_there = move |database: &Database| {
            let position = &database.position;
            let mut places = places.iter();
            places.any(|place| place.file == position.file && place.line == position.line)
        };
        let databases = self.databases.iter().map(is_there);
        let named: Vec<bool> = databases.collect();
        // A call that is written elsewhere than the line says: it may be any.
        let any = !named.contains(&true);
        let all = self.all.iter().enumerate();
        all.filter(move |(_, candidate)| any || named[candidate.database])
            .map(|(at, _)| at)
    }
}

fn start(sources: &Sources, at: TextRange) -> Position {
    sources.files[at.file].position(at.span.start)
}

fn open(dialect: Dialect, address: Option<&Result<String, String>>) -> Result<Schema, String> {
    let _ = address;
    Ok(match dialect {
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => {
            super::sqlite::Sqlite::new().map_or(Schema::None(dialect), Schema::Sqlite)
        }
        #[cfg(feature = "postgres")]
        Dialect::Postgres => Schema::Postgres(match address {
            Some(Ok(address)) => Box::new(super::postgres::Postgres::of_server(address)?),
            Some(Err(wrong)) => return Err(wrong.clone()),
            None => Default::default(),
        }),
        #[cfg(not(all(feature = "postgres", feature = "sqlite")))]
        _ => Schema::None(dialect),
    })
}

/// The table in which a database remembers what was applied: programs may read it.
const APPLIED: &str = "create table _rover_migrations (number integer primary key, name text not null, \
                       checksum text not null, applied_at text not null)";

/// Applies a folder's files; whether all are.
fn apply(
    schema: &Schema,
    folder: Option<&str>,
    migrations: &Migrations,
    diagnostics: &mut Vec<Diagnostic>,
) -> bool {
    let Some(found) = folder.and_then(|name| migrations.folders.iter().find(|f| f.folder == name))
    else {
        return folder.is_none() && schema.has_server();
    };
    // What cannot be read has been told.
    if !migrations.diagnostics.is_empty() {
        return false;
    }
    schema.make(APPLIED);
    for file in schema.pending(&found.files) {
        if let Err(refused) = schema.apply(&file.sql, file.in_transaction()) {
            if refused.why != Why::Unknown {
                let name = format!("{}/{}", found.folder, file.name);
                diagnostics.push(told(schema, &name, &file.sql, &refused));
            }
            return false;
        }
    }
    schema.is_complete()
}

/// What is said of a migration that is refused.
fn told(schema: &Schema, file: &str, sql: &str, refused: &Refused) -> Diagnostic {
    let tables = schema.tables();
    let columns = || {
        let named = named_tables(sql, &tables);
        let all: BTreeSet<String> = named.iter().flat_map(|t| schema.columns(t)).collect();
        all.into_iter().collect::<Vec<_>>()
    };
    let from = refused.at.unwrap_or(0).min(sql.len());
    let (said, name, known) = match &refused.why {
        Why::NoTable(name) => (
            format!("there is no table `{}`", last(name)),
            Some(name),
            tables.clone(),
        ),
        Why::NoColumn(name, _) => (
            format!("there is no column `{}`", last(name)),
            Some(name),
            columns(),
        ),
        Why::NotGiven(name, known) => (
            format!("there is no column `{name}`"),
            Some(name),
            known.clone(),
        ),
        Why::Ambiguous(name) => (
            format!("the column `{name}` may be of several tables"),
            Some(name),
            Vec::new(),
        ),
        Why::NoFunction(name) => (
            format!("there is no function `{name}`"),
            Some(name),
            schema.functions(),
        ),
        Why::NoRelation(name, known) => (
            format!("there is no table `{name}` in this query"),
            Some(name),
            known.clone(),
        ),
        Why::Count(values, columns) => (
            format!("there are {values} values for {columns} columns"),
            None,
            Vec::new(),
        ),
        Why::Syntax(said, Some(meant)) => (said.clone(), None, vec![(*meant).to_owned()]),
        Why::Syntax(said, None) | Why::Other(said) => (said.clone(), None, Vec::new()),
        Why::Unknown => (String::new(), None, Vec::new()),
    };
    let short = name.map(|name| last(name));
    let place = short.and_then(|name| match refused.why {
        Why::NoTable(_) => table(&sql[from..], name).map(|at| from + at),
        _ => behind(sql, from, name),
    });
    let at = Position::of(file, sql, place.unwrap_or(from));
    let meant = match refused.why {
        Why::Syntax(_, meant) => meant,
        _ => short,
    };
    let help = meant.map(|name| (name, known));
    migration_refused::by(at, called(schema.dialect()), &said, help)
}

/// Whether a statement makes a table or a column.
fn makes(text: &str) -> bool {
    let words = words(text);
    let word = |at: usize, name: &str| words.get(at).is_some_and(|word| word.is(name));
    word(0, "create") || word(0, "alter") && has(text, &["add"])
}

/// Whether a statement that begins so may make a table.
fn may_make(begins: &str) -> bool {
    let verb = first(begins);
    let plain = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES", "PRAGMA", "EXPLAIN",
    ];
    // The word may be going on in what is not seen.
    let whole = begins.trim_start().len() > verb.as_ref().map_or(0, String::len);
    !verb.is_some_and(|verb| whole && plain.contains(&verb.as_str()))
}
