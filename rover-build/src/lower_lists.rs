//! Lists that are written while they are built: see `lists`.

use crate::hir::{Expr, Kind};
use crate::lists::{Item, Lists, is_list, list_of};
use crate::lower::Lowering;
use crate::template::{Piece, template};

/// What lowered text numbers pieces by: the template's number, less one, times this, and
/// the piece's place.
const PIECES: usize = 512;
/// A longer concatenation is left to the VM.
const MAX_PARTS: usize = 30;

/// Text to be written in place of the program's, from some byte on.
struct Cursor<'l> {
    file: usize,
    /// The list's variable.
    list: &'l str,
    from: usize,
    text: String,
}

impl Lowering<'_> {
    pub(crate) fn lists(&mut self, file: usize, lists: &Lists<'_>) {
        for (var, list) in lists {
            let name = self.sources.files[file].hir.vars[var.0].name.clone();
            let declared = list.declared;
            self.replace(
                file,
                declared.start,
                declared.end,
                "__rover.list()".to_owned(),
            );
            for length in &list.lengths {
                let text = format!("__rover.length({name})");
                self.replace(file, length.start, length.end, text);
            }
            for item in &list.items {
                let mut cursor = Cursor {
                    file,
                    list: &name,
                    from: item.statement.start,
                    // A block: what follows could be taken for the call's arguments.
                    text: "do".to_owned(),
                };
                if !self.record(&mut cursor, item, lists) {
                    self.value(&mut cursor, "-1", item.value);
                }
                cursor.text += " end";
                self.replace(file, cursor.from, item.statement.end, cursor.text);
            }
        }
    }

    /// An item that is a constructor of known shape.
    fn record(&mut self, cursor: &mut Cursor<'_>, item: &Item<'_>, lists: &Lists<'_>) -> bool {
        let Some((template, slots)) = template(item.value, 0, &|e| is_list(lists, e)) else {
            return false;
        };
        self.forget_marks(cursor.file, item.value, &slots);
        let pieces = template.pieces.clone();
        let first = (self.number(template) - 1) * PIECES;
        let list = cursor.list;
        cursor.text += &format!(" __rover.open({list}, {first})");
        let mut slots = slots.into_iter();
        let last = pieces.len() - 1;
        for (at, piece) in pieces.iter().enumerate().skip(1) {
            let place = (first + at).to_string();
            match piece {
                Piece::Text(_) | Piece::Fields(_) if at < last => {
                    cursor.text += &format!(" __rover.run({list}, {place})");
                }
                Piece::Text(_) | Piece::Fields(_) => {}
                Piece::Field { .. } => {
                    if let Some(slot) = slots.next() {
                        self.value(cursor, &place, slot);
                    }
                }
                Piece::List { .. } => {
                    let inner = slots.next().map(|slot| self.list_name(cursor.file, slot));
                    let inner = inner.unwrap_or_default();
                    cursor.text += &format!(" __rover.put_list({list}, {place}, {inner})");
                }
            }
        }
        let place = match last {
            0 => "-1".to_owned(),
            last => (first + last).to_string(),
        };
        cursor.text += &format!(" __rover.close({list}, {place})");
        true
    }

    /// A value where a piece says, or as an item.
    fn value(&mut self, cursor: &mut Cursor<'_>, place: &str, value: &Expr) {
        let list = cursor.list;
        if self.joined(cursor, place, value) {
            return;
        }
        cursor.text += &format!(" __rover.put({list}, {place}, ");
        self.keep(cursor, value);
        cursor.text.push(')');
    }

    /// Writes up to an expression of the program, which stays.
    fn keep(&mut self, cursor: &mut Cursor<'_>, expr: &Expr) {
        let text = std::mem::take(&mut cursor.text);
        self.replace(cursor.file, cursor.from, expr.span.start, text);
        cursor.from = expr.span.end;
    }

    /// A concatenation, part by part and without making its string. The values are looked
    /// at first: where one is neither string nor number, the VM concatenates them, with
    /// its own error or metamethod.
    fn joined(&mut self, cursor: &mut Cursor<'_>, place: &str, value: &Expr) -> bool {
        let mut parts = Vec::new();
        concatenated(value, &mut parts);
        let dynamic: Vec<&Expr> = parts.iter().copied().filter(|p| !is_literal(p)).collect();
        if parts.len() < 2 || dynamic.is_empty() || parts.len() > MAX_PARTS {
            return false;
        }
        let names = self.names(cursor, &dynamic);
        let list = cursor.list;
        cursor.text += &format!(" do local {} = ", names.join(", "));
        for (at, part) in dynamic.iter().enumerate() {
            if at > 0 {
                cursor.text += ", ";
            }
            self.keep(cursor, part);
        }
        let checks: Vec<String> = names
            .iter()
            .map(|n| format!("__rover.is_text({n})"))
            .collect();
        let mut names = names.into_iter();
        let operands: Vec<String> = parts
            .iter()
            .map(|part| match is_literal(part) {
                true => self.sources.files[cursor.file].text[part.span.start..part.span.end].into(),
                false => names.next().unwrap_or_default(),
            })
            .collect();
        cursor.text += &format!(
            " if {} then __rover.begin({list}, {place})",
            checks.join(" and ")
        );
        for operand in &operands {
            cursor.text += &format!(" __rover.part({list}, {operand})");
        }
        cursor.text += &format!(
            " __rover.finish({list}, {place}) else __rover.put({list}, {place}, {}) end end",
            operands.join(" .. ")
        );
        true
    }

    /// Locals for the parts of a concatenation, named so that the VM's error tells which
    /// it was.
    fn names(&self, cursor: &Cursor<'_>, parts: &[&Expr]) -> Vec<String> {
        let source = &self.sources.files[cursor.file];
        let mut names: Vec<String> = Vec::new();
        for part in parts {
            let mut name = match &part.kind {
                Kind::Var(var) => source.hir.vars[var.0].name.clone(),
                Kind::Index(_, key) => match key.text() {
                    Some(text) if source.text[key.span.start..].starts_with(text) => text.into(),
                    _ => "value".to_owned(),
                },
                _ => "value".to_owned(),
            };
            while name == cursor.list || name == "__rover" || names.contains(&name) {
                name.push('_');
            }
            names.push(name);
        }
        names
    }

    /// The variable in `rows` or `rover.array(rows)`.
    pub(crate) fn list_name(&self, file: usize, slot: &Expr) -> String {
        let vars = &self.sources.files[file].hir.vars;
        list_of(slot).map_or(String::new(), |(var, _)| vars[var.0].name.clone())
    }
}

/// The operands of a concatenation, in order.
fn concatenated<'e>(expr: &'e Expr, parts: &mut Vec<&'e Expr>) {
    match &expr.kind {
        Kind::Concat(left, right) => {
            concatenated(left, parts);
            concatenated(right, parts);
        }
        _ => parts.push(expr),
    }
}

/// A string that may be written again elsewhere on its line.
fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, Kind::Text(Some(_)))
}
