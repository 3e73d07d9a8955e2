//! Returned table constructors as runs of constant JSON with places for values.

use rover_model::plan::{Part, Piece, Template, Text};

use crate::analyse::checked_in_place::InPlace;
use crate::front::hir::{Expr, Field, Kind};

/// Tells of an expression that is a list whether it is an array even when it is empty.
pub(crate) type IsList<'f> = &'f dyn Fn(&Expr) -> bool;

/// A value that the runtime has: it is written without being one of Lua's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// A part of the request that was checked.
    InPlace(InPlace),
    /// A part of the request as it came.
    Part(Part),
}

/// Tells of an expression whether the runtime has its value.
pub(crate) type IsKnown<'f> = &'f dyn Fn(&Expr) -> Option<Known>;

/// The template of a response that is a list.
pub(crate) fn list_template(status: u16) -> Template {
    let list = Piece::List {
        key: Text::default(),
        depth: 0,
        path: Text::default(),
    };
    Template {
        status,
        pieces: vec![list].into(),
    }
}

/// More values than this are passed in a table.
const MAX_VALUES: usize = 50;
const MAX_DEPTH: u8 = 16;

/// The template of a constructor, and the expressions whose values it takes.
pub(crate) fn template<'a>(
    table: &'a Expr,
    status: u16,
    is_list: IsList<'_>,
    is_known: IsKnown<'_>,
) -> Option<(Template, Vec<&'a Expr>)> {
    let mut writer = Writer::new(is_list, is_known);
    if !writer.table(table, 0, "") {
        return None;
    }
    writer.flush();
    let Writer { pieces, values, .. } = writer;
    let pieces = pieces.into();
    (values.len() <= MAX_VALUES).then_some((Template { status, pieces }, values))
}

/// `{"error":message}`
pub(crate) fn error_template(message: &Expr, status: u16) -> Option<Template> {
    let mut writer = Writer::new(&|_| false, &|_| None);
    writer.run.push_str("{\"error\":");
    if !matches!(message.kind, Kind::Text(_)) || !writer.constant(message) {
        return None;
    }
    writer.run.push('}');
    writer.flush();
    let pieces = writer.pieces.into();
    Some(Template { status, pieces })
}

/// What stands before the next field of an object.
#[derive(Clone, Copy, PartialEq)]
enum Before {
    Nothing,
    Something,
    /// Only fields that may be absent.
    Unknown,
}

struct Writer<'a, 'f> {
    pieces: Vec<Piece>,
    values: Vec<&'a Expr>,
    run: String,
    /// The run begins with a field that may need a comma.
    run_of_fields: bool,
    is_list: IsList<'f>,
    is_known: IsKnown<'f>,
}

impl<'a, 'f> Writer<'a, 'f> {
    fn new(is_list: IsList<'f>, is_known: IsKnown<'f>) -> Self {
        Writer {
            pieces: Vec::new(),
            values: Vec::new(),
            run: String::new(),
            run_of_fields: false,
            is_list,
            is_known,
        }
    }

    fn flush(&mut self) {
        let run = std::mem::take(&mut self.run);
        if !run.is_empty() {
            self.pieces.push(match self.run_of_fields {
                true => Piece::Fields(run.into()),
                false => Piece::Text(run.into()),
            });
        }
        self.run_of_fields = false;
    }

    /// Writes a constructor; false, with nothing written, where its shape is not known.
    fn table(&mut self, expr: &'a Expr, depth: u8, path: &str) -> bool {
        let Kind::Table(fields) = &expr.kind else {
            return false;
        };
        if depth > MAX_DEPTH || !is_regular(fields) {
            return false;
        }
        match fields.first() {
            Some(Field::Item(_)) => self.array(fields, depth, path),
            _ => {
                self.object(fields, depth, path);
                true
            }
        }
    }

    fn array(&mut self, fields: &'a [Field], depth: u8, path: &str) -> bool {
        let items = || {
            fields.iter().filter_map(|field| match field {
                Field::Item(value) => Some(value),
                _ => None,
            })
        };
        // A value that might be nil would change what the table is.
        if !items().all(|item| is_plain(item) || is_table(item, depth + 1)) {
            return false;
        }
        self.run.push('[');
        for (at, item) in items().enumerate() {
            if at > 0 {
                self.run.push(',');
            }
            if !self.constant(item) {
                self.table(item, depth + 1, &format!("{path}[{}]", at + 1));
            }
        }
        self.run.push(']');
        true
    }

    fn object(&mut self, fields: &'a [Field], depth: u8, path: &str) {
        self.run.push('{');
        let mut before = Before::Nothing;
        for field in fields {
            let Field::Named(name, value) = field else {
                continue;
            };
            if matches!(value.kind, Kind::Nil) {
                continue;
            }
            let inner = format!("{path}.{name}");
            if !is_plain(value) && !is_table(value, depth + 1) {
                self.flush();
                self.value(name, value, depth + 1, path);
                if before == Before::Nothing {
                    before = Before::Unknown;
                }
                continue;
            }
            match before {
                Before::Nothing => {}
                Before::Something => self.run.push(','),
                Before::Unknown => {
                    self.flush();
                    self.run_of_fields = true;
                }
            }
            before = Before::Something;
            self.run += &format!("\"{name}\":");
            if !self.constant(value) {
                self.table(value, depth + 1, &inner);
            }
        }
        self.run.push('}');
    }

    /// A field whose value is not known.
    fn value(&mut self, name: &str, value: &'a Expr, depth: u8, path: &str) {
        let key = Text::from(format!("\"{name}\":"));
        let path = Text::from(format!("{path}.{name}"));
        if let Some(known) = (self.is_known)(value) {
            self.pieces.push(match known {
                Known::InPlace(InPlace {
                    holder,
                    path: place,
                }) => Piece::Checked {
                    key,
                    checked: holder,
                    place,
                    path,
                },
                Known::Part(part) => Piece::Part { key, part, path },
            });
            return;
        }
        self.values.push(value);
        self.pieces.push(match (self.is_list)(value) {
            true => Piece::List { key, depth, path },
            false => Piece::Field { key, depth, path },
        });
    }

    fn constant(&mut self, expr: &Expr) -> bool {
        match &expr.kind {
            Kind::Boolean(value) => self.run += &value.to_string(),
            Kind::Text(Some(text)) if is_plain(expr) => self.run += &format!("\"{text}\""),
            Kind::Number(digits) if is_plain(expr) => {
                let digits = digits.trim_start_matches('0');
                self.run += if digits.is_empty() { "0" } else { digits };
            }
            _ => return false,
        }
        true
    }
}

/// Why a constructor has no template.
pub(crate) fn why_not(table: &Expr) -> &'static str {
    let Kind::Table(fields) = &table.kind else {
        return "what it holds is not seen here";
    };
    let (mut items, mut named) = (0, 0);
    for field in fields {
        match field {
            Field::Item(_) => items += 1,
            Field::Named(name, _) if !is_plain_text(name) => {
                return "a field's name needs an escape in JSON";
            }
            Field::Named(..) => named += 1,
            Field::Keyed(..) => return "a field's name is computed",
        }
    }
    match (items, named) {
        (0, _) if !is_regular(fields) => "a field stands there twice",
        (0, _) => "it has too many values, or is too deep",
        (_, 0) => "an item that may be nil would change what it is",
        _ => "it has items and fields",
    }
}

/// Whether all fields are items, or all have plain names of which none comes twice.
fn is_regular(fields: &[Field]) -> bool {
    let mut names = Vec::new();
    let mut items = 0;
    for field in fields {
        match field {
            Field::Item(_) => items += 1,
            Field::Named(name, _) if is_plain_text(name) && !names.contains(&name) => {
                names.push(name);
            }
            _ => return false,
        }
    }
    items == 0 || names.is_empty()
}

/// Whether a value's JSON is the same text without any escape or rounding.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Boolean(_) => true,
        Kind::Text(Some(text)) => is_plain_text(text),
        Kind::Number(digits) => digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

pub(crate) fn is_plain_text(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() || c == '"' || c == '\\')
}

/// Whether [`Writer::table`] can write it.
fn is_table(expr: &Expr, depth: u8) -> bool {
    match &expr.kind {
        Kind::Table(fields) if depth <= MAX_DEPTH && is_regular(fields) => {
            fields.iter().all(|field| match field {
                Field::Item(item) => is_plain(item) || is_table(item, depth + 1),
                _ => true,
            })
        }
        _ => false,
    }
}
