//! Where options and what is in them are written, as far as the text shows it.

use crate::analyse::names::Names;
use crate::diagnostic::Position;
use crate::front::file::File;
use crate::front::hir::{Expr, Field, Kind, Name, Span, Stmt};
use crate::front::ids::FileId;

/// Whose table is looked at.
#[derive(Clone, Copy)]
pub(crate) enum Of<'a> {
    /// The value of an option of `rover.server`, by its name.
    Option(&'a str),
    /// The value of a node's field, by its name and the line that assigns it.
    Node(&'a str, &'a Position),
}

/// What of a value is looked for.
#[derive(Clone, Copy)]
pub(crate) enum Inner<'a> {
    /// Its name.
    Whole,
    /// A field of its table.
    Field(&'a str),
    /// An item of its list, from 0 on.
    Item(usize),
    /// An item of a field's list.
    ItemOf(&'a str, usize),
}

/// Where a value is written, or a part of it: in the constructor that it is, which a local may
/// hold, or else where it is given.
pub(crate) fn position(names: &Names<'_>, of: Of<'_>, inner: Inner<'_>) -> Position {
    let files = names.sources.files.numbered();
    let mut found = files.filter_map(|(file, source)| {
        let line = match of {
            Of::Option(_) => None,
            Of::Node(_, assigned) if assigned.file == source.name => Some(assigned.line),
            Of::Node(..) => return None,
        };
        let mut finder = Finder {
            names,
            file,
            source,
            of,
            line,
            inner,
            call: None,
            found: None,
        };
        for function in &source.hir.functions {
            finder.block(&function.body);
        }
        Some(source.position(finder.found.or(finder.call)?))
    });
    let written = found.next();
    written.unwrap_or_else(|| match of {
        Of::Node(_, assigned) => assigned.clone(),
        Of::Option(_) => Position {
            file: names.sources.files[FileId::MANIFEST].name.clone(),
            line: 1,
            column: 0,
        },
    })
}

struct Finder<'a, 'n> {
    names: &'n Names<'a>,
    file: FileId,
    source: &'n File,
    of: Of<'n>,
    /// The line that assigns it.
    line: Option<usize>,
    inner: Inner<'n>,
    call: Option<usize>,
    found: Option<usize>,
}

impl Finder<'_, '_> {
    fn block(&mut self, block: &[Stmt]) {
        for stmt in block {
            if let Stmt::Assign(targets, values) = stmt {
                for (target, value) in targets.iter().zip(values) {
                    self.assigned(target, value);
                }
            }
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            exprs.into_iter().for_each(|e| self.expr(e));
            blocks.into_iter().for_each(|b| self.block(b));
        }
    }

    fn expr(&mut self, expr: &Expr) {
        if let (Of::Option(option), Kind::Call(callee, args)) = (self.of, &expr.kind)
            && self.names.of_rover(self.file, callee) == Some("server")
        {
            self.call = Some(callee.span.start);
            let table = args.first();
            if let Some((key, value)) = table.and_then(|table| self.field(table, option)) {
                self.found = Some(self.inner(value).unwrap_or(key.span).start);
            }
        }
        expr.each_child(&mut |child| self.expr(child));
    }

    /// `api.public.cors = { ... }`, or `api.public = { cors = { ... } }`.
    fn assigned(&mut self, target: &Expr, value: &Expr) {
        let (Of::Node(field, _), Some(line)) = (self.of, self.line) else {
            return;
        };
        let line_of = |byte: usize| self.source.position(byte).line;
        // A running chunk names the line where the statement ends.
        if !(line_of(target.span.start)..=line_of(value.span.end)).contains(&line) {
            return;
        }
        if let Kind::Index(_, key) = &target.kind
            && matches!(&key.kind, Kind::Text(Some(text)) if text == field)
        {
            self.found = Some(self.inner(value).unwrap_or(key.span).start);
        } else if let Some((key, value)) = self.field(value, field) {
            self.found = Some(self.inner(value).unwrap_or(key.span).start);
        }
    }

    fn inner(&self, value: &Expr) -> Option<Span> {
        match self.inner {
            Inner::Whole => None,
            Inner::Field(name) => self.field(value, name).map(|(key, _)| key.span),
            Inner::Item(at) => self.item(value, at),
            Inner::ItemOf(name, at) => {
                let (key, list) = self.field(value, name)?;
                self.item(list, at).or(Some(key.span))
            }
        }
    }

    /// The fields of the constructor that an expression is, or that a local holds.
    fn fields<'e>(&self, table: &'e Expr) -> &'e [Field]
    where
        Self: 'e,
    {
        match &self.names.followed(self.file, table).kind {
            Kind::Table(fields) => fields,
            _ => &[],
        }
    }

    /// Where an item of a constructor stands, from 0 on.
    fn item(&self, table: &Expr, at: usize) -> Option<Span> {
        let mut items = self.fields(table).iter().filter_map(|field| match field {
            Field::Item(value) => Some(value.span),
            _ => None,
        });
        items.nth(at)
    }

    /// A field of a constructor.
    fn field<'e>(&self, table: &'e Expr, name: &str) -> Option<(&'e Name, &'e Expr)>
    where
        Self: 'e,
    {
        self.fields(table).iter().find_map(|field| match field {
            Field::Named(key, value) if *key == *name => Some((key, value)),
            _ => None,
        })
    }
}
