//! Templates: found in the program's text, checked, and compiled to Lua chunks.
//!
//! `uses` finds them, `parser` and `scan` read them, `walk` and `context` know where in the
//! page each value stands, `generate` and `names` write the chunk. Routes are not known here.

mod attribute;
mod context;
mod css;
mod elements;
mod generate;
mod js;
mod names;
mod parser;
mod parts;
mod results;
mod scan;
mod source;
mod steady;
mod step;
mod url;
mod uses;
mod walk;

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::analyse::names::Names as ProgramNames;
use crate::analyse::servers::ServerVars;
use crate::analyse::walked_rows::is_result;
use crate::diagnostic::Diagnostic;
use crate::form::Form;
use crate::front::hir::{Expr, Field, Kind};
use crate::front::ids::{FileId, TextRange};
use generate::{Data, Generated, Prepared, generate};
use names::Names;
pub(crate) use source::Origin;
use source::Source;
use step::PageSteps;
pub(crate) use uses::{Argument, Component, Use};

/// A template as a Lua chunk that gives the function to render it.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The file in whose lines it is written.
    pub(crate) file: String,
    pub(crate) text: String,
}

/// The compiled templates of a program.
#[derive(Default)]
pub(crate) struct Templates<'a> {
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) steps: PageSteps,
    pub(crate) uses: Vec<Use<'a>>,
    /// Definitions of components.
    pub(crate) components: Vec<Component<'a>>,
    /// Calls of `rover.template`, by file and span.
    pub(crate) calls: Vec<(TextRange, Origin)>,
    /// Templates that print the same whenever the data is the same.
    steady: HashSet<Origin>,
    /// By template: the chunk that takes its data as a table.
    tables: HashMap<Origin, usize>,
    /// By use: the chunk that takes the fields of a constructor.
    fields: HashMap<TextRange, usize>,
    /// By use: the same where fields are results of a database as the driver has left them.
    results: HashMap<TextRange, WithResults<'a>>,
}

/// How a page is rendered whose data has results of a database as the driver has left them.
pub(crate) struct WithResults<'a> {
    chunk: usize,
    /// The fields' values.
    pub(crate) values: Vec<&'a Expr>,
}

impl<'a> Templates<'a> {
    /// The chunk, from 1, that takes its data as a table.
    pub(crate) fn table(&self, origin: Origin) -> usize {
        self.tables.get(&origin).copied().unwrap_or_default() + 1
    }

    /// The use that an expression is.
    pub(crate) fn use_of(&self, file: FileId, expr: &Expr) -> Option<&Use<'a>> {
        self.uses
            .iter()
            .find(|u| !u.later && u.range() == file.range(expr.span))
    }

    /// The data of a use whose page depends on nothing else.
    pub(crate) fn steady_data(&self, file: FileId, expr: &Expr) -> Option<&'a Expr> {
        let found = self.use_of(file, expr)?;
        self.steady.contains(&found.origin).then_some(found.data)
    }

    /// The results of a database that a page may be given as the driver has left them, all or none.
    pub(crate) fn results(&self, found: &Use<'a>) -> Option<&WithResults<'a>> {
        self.results.get(&found.range())
    }

    /// How a use is rendered; `results` are whether it is given results as the driver has left them.
    pub(crate) fn rendering(&self, found: &Use<'a>, results: bool) -> Rendering<'a> {
        let with = self.results(found).filter(|_| results);
        let with = with.map(|with| &with.chunk);
        match with.or_else(|| self.fields.get(&found.range())) {
            Some(chunk) => {
                let fields = named(found.data).unwrap_or_default();
                Rendering {
                    chunk: chunk + 1,
                    arguments: fields.iter().map(|(_, value)| *value).collect(),
                    is_table: false,
                }
            }
            None => Rendering {
                chunk: self.table(found.origin),
                arguments: vec![found.data],
                is_table: true,
            },
        }
    }

    /// The chunks' files and texts; nothing for those that are not used. Their numbers are from 1.
    pub(crate) fn texts(&self, used: &BTreeSet<usize>) -> impl Iterator<Item = (&str, &str)> {
        let chunks = self.chunks.iter().enumerate();
        chunks.map(move |(number, chunk)| match used.contains(&(number + 1)) {
            true => (chunk.file.as_str(), chunk.text.as_str()),
            false => (chunk.file.as_str(), ""),
        })
    }
}

/// A call of the function that renders a template.
pub(crate) struct Rendering<'a> {
    /// The chunk, from 1.
    pub(crate) chunk: usize,
    pub(crate) arguments: Vec<&'a Expr>,
    /// The argument is the data as a table, or should be.
    pub(crate) is_table: bool,
}

/// A constructor's fields where all have names and none comes twice.
pub(crate) fn named(data: &Expr) -> Option<Vec<(&str, &Expr)>> {
    let Kind::Table(fields) = &data.kind else {
        return None;
    };
    let mut found: Vec<(&str, &Expr)> = Vec::new();
    for field in fields {
        match field {
            Field::Named(name, value) if !found.iter().any(|(n, _)| *n == name.as_str()) => {
                found.push((name, value));
            }
            _ => return None,
        }
    }
    Some(found)
}

/// The names of a constructor's fields, where all can be seen.
fn known_fields(data: &Expr) -> Option<Vec<String>> {
    let Kind::Table(fields) = &data.kind else {
        return None;
    };
    let mut names = Vec::new();
    for field in fields {
        match field {
            Field::Named(name, _) if names.contains(&name.text) => {}
            Field::Named(name, _) => names.push(name.text.clone()),
            Field::Item(_) => {}
            Field::Keyed(..) => return None,
        }
    }
    Some(names)
}

/// More fields than this stay in a table.
const MAX_ARGUMENTS: usize = 40;

fn is_variable(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with("__")
        && !name.ends_with("__")
        && !KEYWORDS.contains(&name)
}

const KEYWORDS: [&str; 22] = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
    "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
];

/// Finds and compiles the templates of a program.
pub(crate) fn templates<'a>(
    names: &ProgramNames<'a>,
    servers: &ServerVars,
    components: Option<&BTreeSet<String>>,
    form: Form,
    diagnostics: &mut Vec<Diagnostic>,
) -> Templates<'a> {
    let sources = names.sources;
    let found = uses::find(names, servers, diagnostics);
    let mut templates = Templates {
        uses: found.uses,
        calls: found.calls,
        components: found.components,
        ..Templates::default()
    };
    let mut origins: Vec<Origin> = templates.uses.iter().map(|u| u.origin).collect();
    origins.extend(sources.templates.ids().map(Origin::File));
    origins.sort();
    origins.dedup();
    for origin in origins {
        let source = match origin {
            Origin::Literal(at) => Source::of_literal(sources, at),
            Origin::File(number) => Some(Source::of_file(sources, number)),
        };
        let Some(source) = source else {
            continue;
        };
        let open = matches!(origin, Origin::File(file) if found.open.contains(&file));
        let mut problems = Vec::new();
        let known = Known {
            names,
            components,
            locals: match origin {
                Origin::Literal(at) => sources.files[at.file].locals(),
                Origin::File(_) => BTreeSet::new(),
            },
            open,
        };
        templates.compile(origin, &source, &known, form, &mut problems);
        let problems = problems.into_iter();
        diagnostics.extend(problems.map(|problem| problem.placed(|at| source.position(at))));
    }
    templates
}

/// What is known of what a template may name, beside its data.
struct Known<'k, 'a> {
    names: &'k ProgramNames<'a>,
    /// Components; nothing where the chunk did not run that makes them.
    components: Option<&'k BTreeSet<String>>,
    /// The locals of its file, which it does not see.
    locals: BTreeSet<&'k str>,
    /// Its data may come from anywhere.
    open: bool,
}

impl<'a> Templates<'a> {
    fn compile(
        &mut self,
        origin: Origin,
        source: &Source<'_>,
        from: &Known<'_, 'a>,
        form: Form,
        problems: &mut Vec<Diagnostic<usize>>,
    ) {
        let nodes = parser::parse(&source.text, problems);
        let ops = walk::ops(&source.text, &nodes, problems);
        if !problems.is_empty() {
            return;
        }
        let own = |u: &&Use<'_>| u.origin == origin;
        let mut known = (!from.open && self.uses.iter().any(|u| own(&u))).then(Vec::new);
        for found in self.uses.iter().filter(own) {
            let fields = known_fields(found.data);
            known = known.zip(fields).map(|(mut known, fields)| {
                let new = fields.into_iter().filter(|f| !known.contains(f));
                known.extend(new.collect::<Vec<_>>());
                known
            });
        }
        let names = Names {
            components: from.components,
            fields: known.as_deref(),
            locals: &from.locals,
        };
        let prepared = Prepared { source, ops };
        let steps = &mut self.steps;
        let Some(table) = generate(&prepared, names, Data::Table, form, steps, problems) else {
            return;
        };
        let (whole, walked) = (table.whole, table.walked.clone());
        if table.steady {
            self.steady.insert(origin);
        }
        let chunk = push(&mut self.chunks, source, table);
        self.tables.insert(origin, chunk);
        if whole || form == Form::Reference {
            return;
        }
        for found in self.uses.iter().filter(own) {
            let Some(fields) = named(found.data) else {
                continue;
            };
            let (mut results, mut values) = (Vec::new(), Vec::new());
            for (name, value) in &fields {
                let is_walked = walked.iter().any(|walked| walked == name);
                if is_walked && is_result(from.names, found.file, value) {
                    results.push((*name).to_owned());
                    values.push(*value);
                }
            }
            let fields: Vec<String> = fields.iter().map(|(name, _)| (*name).to_owned()).collect();
            if fields.len() > MAX_ARGUMENTS || !fields.iter().all(|f| is_variable(f)) {
                continue;
            }
            let mut chunk = |results: &[String]| {
                let names_of = Data::Fields {
                    names: &fields,
                    results,
                };
                // Fields of other uses are absent here.
                let mut ignored = Vec::new();
                let chunk = generate(&prepared, names, names_of, form, steps, &mut ignored)?;
                Some(push(&mut self.chunks, source, chunk))
            };
            if let Some(chunk) = chunk(&[]) {
                self.fields.insert(found.range(), chunk);
            }
            if !results.is_empty()
                && let Some(chunk) = chunk(&results)
            {
                let with = WithResults { chunk, values };
                self.results.insert(found.range(), with);
            }
        }
    }
}

fn push(chunks: &mut Vec<Chunk>, source: &Source<'_>, generated: Generated) -> usize {
    chunks.push(Chunk {
        file: source.file.to_owned(),
        text: generated.text,
    });
    chunks.len() - 1
}
