//! Every statement of the program, asked of every database that it may be for. Where that is not one
//! alone, a mistake is one that all of them see.

use rover_model::sql::{Dialect, Scan, Statement, Token, Verb};

use super::build_database::{BUILD_DATABASE, BuildDatabase};
use super::candidates::{Candidate, Candidates};
use super::migrations::Migrations;
use super::problem::Asked;
use super::schema::called;
use super::tables::Tables;
use super::values;
use super::words::{behind, count};
use crate::analyse::names::Names;
use crate::analyse::statements::{Column, DatabaseCall, Given, Rows, Statements, Takes};
use crate::collect::databases::Database;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::codes::sql::{same_name, syntax, transaction};
use crate::diagnostic::sql_text::Place;
use crate::features::Features;
use crate::front::ids::TextRange;

/// What is found.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) warnings: Vec<Diagnostic>,
    pub(crate) rows: Rows,
    /// Of each call of a database, in their order.
    pub(crate) calls: Vec<Checking>,
}

/// How much of a call is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checking {
    /// All of it, with the tables of these migrations.
    Whole(String),
    /// Some of it: what is, and why not more.
    Partly(&'static str, &'static str),
    /// Nothing, it is left to run time: why.
    Nothing(&'static str),
}

/// Applies the migrations, and checks all statements.
pub(crate) fn check(
    names: &Names<'_>,
    statements: &Statements<'_>,
    databases: &[Database],
    migrations: &Migrations,
    features: Features,
    asked: &BuildDatabase,
) -> Checked {
    let mut checked = Checked::default();
    if databases.is_empty() {
        return checked;
    }
    let found = &mut checked.diagnostics;
    let mut candidates = Candidates::find(databases, migrations, features, asked, found);
    candidates.make(names.sources, statements);
    for call in &statements.calls {
        let of = candidates.of(names.sources, call);
        let of: Vec<&Candidate> = of.map(|number| &candidates.all[number]).collect();
        let look = Look { names, call, of };
        let columns = match call.takes {
            Takes::Sql => look.statements(&mut checked),
            Takes::Table => {
                look.tables(&mut checked);
                None
            }
        };
        checked.rows.insert(call.at, call.method, columns);
        checked.calls.push(look.checking());
    }
    checked
}

struct Look<'l, 'a> {
    names: &'l Names<'a>,
    call: &'l DatabaseCall<'a>,
    /// The databases that it may be of.
    of: Vec<&'l Candidate>,
}

impl<'a> Look<'_, 'a> {
    /// Where something is shown, and the call where that is written elsewhere.
    fn place(&self, at: TextRange) -> Place {
        let position = |at: TextRange| self.names.sources.files[at.file].position(at.span.start);
        let TextRange { file, span } = self.call.whole;
        let inside = at.file == file && (span.start..=span.end).contains(&at.span.start);
        Place {
            at: position(at),
            call: (!inside).then(|| position(self.call.at)),
        }
    }

    /// Where a byte of a statement is shown.
    fn byte(&self, given: &Given<'a>, byte: usize) -> Place {
        let at = given.text.place(byte);
        self.place(at.unwrap_or(self.call.at))
    }

    /// Checks the statements of a call. The columns of its rows, where they are always the same.
    fn statements(&self, checked: &mut Checked) -> Option<Vec<Column>> {
        let mut all: Option<Vec<Column>> = None;
        let mut alike = self.call.unseen.is_none();
        for given in &self.call.given {
            let columns = match self.statement(given, &mut checked.warnings) {
                Ok(columns) => columns,
                Err(diagnostic) => {
                    checked.diagnostics.push(*diagnostic);
                    None
                }
            };
            alike &=
                columns.is_some() && all.as_ref().is_none_or(|all| Some(all) == columns.as_ref());
            all = all.or(columns);
        }
        all.filter(|_| alike)
    }

    fn statement(
        &self,
        given: &Given<'a>,
        warnings: &mut Vec<Diagnostic>,
    ) -> Result<Option<Vec<Column>>, Box<Diagnostic>> {
        let text = &given.text.text;
        let place = |byte: usize| self.byte(given, byte);
        let statement = Statement::parse(text)
            .map_err(|wrong| syntax::no_statement(&place(wrong.at.0), &wrong.message))?;
        match statement.verb() {
            Verb::Nothing => return Err(syntax::nothing(&place(0)).into()),
            Verb::Transaction(verb) => {
                let at = behind(text, 0, verb).unwrap_or(0);
                return Err(transaction::statement(&place(at), verb).into());
            }
            _ => {}
        }
        if let Some((at, written)) = foreign(text)
            && self
                .of
                .iter()
                .all(|of| of.schema.dialect() == Dialect::Sqlite)
        {
            return Err(syntax::foreign_place(&place(at), written).into());
        }
        if let Some(diagnostic) = values::check(self.names, &statement, given, &place) {
            return Err(diagnostic.into());
        }
        // These do their work when they are prepared.
        if matches!(statement.verb(), Verb::Alone | Verb::Connection(_)) {
            return Ok(None);
        }
        let asked = Asked {
            names: self.names,
            statement: &statement,
            given,
            place: &place,
        };
        let answers = self.of.iter().map(|of| of.ask(&asked));
        let answers: Vec<Result<Vec<Column>, Diagnostic>> = answers.collect();
        if answers.iter().all(Result::is_err)
            && let Some(Err(diagnostic)) = answers.first()
        {
            return Err(diagnostic.clone().into());
        }
        let mut known = answers.into_iter().map(|answer| answer.unwrap_or_default());
        let first = known.next().unwrap_or_default();
        if first.is_empty() || known.any(|other| other != first) {
            return Ok(None);
        }
        let by_names = ["all", "one", "each"].contains(&self.call.method);
        if let Some(name) = double(text, &first).filter(|_| by_names) {
            let at = last_column(text, name).unwrap_or(0);
            warnings.push(same_name::columns(&place(at), name));
        }
        Ok(Some(first))
    }

    /// Checks the names of a call that makes its statement.
    fn tables(&self, checked: &mut Checked) {
        let place = |at: TextRange| self.place(at);
        let tables = Tables {
            names: self.names,
            call: self.call,
            place: &place,
        };
        for given in &self.call.given {
            let answers = self.of.iter().map(|of| tables.check(of, given));
            let answers: Option<Vec<Diagnostic>> = answers.collect();
            let first = answers.and_then(|answers| answers.into_iter().next());
            checked.diagnostics.extend(first);
        }
    }

    /// How much of the call is checked.
    fn checking(&self) -> Checking {
        if let Some(unseen) = &self.call.unseen {
            return Checking::Nothing(unseen.why);
        }
        if self.call.given.is_empty() {
            return Checking::Nothing("nothing that is seen calls the function that it stands in");
        }
        let asks = self.of.iter().all(|of| of.schema.asks());
        match self.of.as_slice() {
            [] => Checking::Nothing("its database is not seen"),
            _ if !asks => {
                let why = match self.of.len() {
                    1 => "the compiler does not ask this kind of database",
                    _ => "the kind of database is not known in the build",
                };
                Checking::Partly("its places for values", why)
            }
            [only] if only.schema.has_server() => {
                Checking::Whole(format!("PostgreSQL, as `{BUILD_DATABASE}` names it"))
            }
            [only] if !only.schema.reads_all() => Checking::Partly(
                "all but functions, operators and most types",
                "no PostgreSQL is asked in the build: `ROVER_BUILD_DATABASE` may name one",
            ),
            [only] => match &only.folder {
                Some(folder) if only.complete => {
                    let kind = called(only.schema.dialect());
                    Checking::Whole(format!("{kind} with the migrations of `{folder}`"))
                }
                Some(_) => Checking::Partly(
                    "all but unknown tables",
                    "the program makes tables by statements that are not seen",
                ),
                None => {
                    Checking::Partly("all but unknown tables", "the database has no `migrations`")
                }
            },
            _ => Checking::Partly(
                "what is wrong in each of the databases",
                "it may be given to several",
            ),
        }
    }
}

/// A place for a value as others write it.
fn foreign(text: &str) -> Option<(usize, &str)> {
    let mut tokens = Scan::new(text.as_bytes());
    let (_, start, end) = tokens.find(|(token, ..)| *token == Token::Foreign)?;
    Some((start, &text[start..end]))
}

/// A name that two columns have which may have different values: `rowid` and `id` are the same
/// column, but not where a table is joined with itself.
fn double<'c>(text: &str, columns: &'c [Column]) -> Option<&'c str> {
    let mut pairs = (1..columns.len())
        .flat_map(|at| columns[..at].iter().map(move |first| (first, &columns[at])));
    let found = pairs.find(|(first, second)| {
        let same = first.origin == second.origin;
        let table = first.origin.as_ref().filter(|_| same);
        first.name == second.name && table.is_none_or(|(table, _)| count(text, table) > 1)
    });
    found.map(|(first, _)| first.name.as_str())
}

/// Where the second column of a name is written, before the tables.
fn last_column(text: &str, name: &str) -> Option<usize> {
    let first = behind(text, 0, name)?;
    let from = behind(text, 0, "from").unwrap_or(text.len());
    behind(text, first + 1, name)
        .filter(|second| *second < from)
        .or(Some(first))
}
