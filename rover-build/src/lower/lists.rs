//! Lists that are written while they are built: see `lists`.

use rover_model::is_reserved;

use rover_model::plan::{Piece, Run};

use crate::analyse::lists::{Item, Lists, is_list, list_of};
use crate::analyse::template::{is_plain_text, template};
use crate::analyse::walked_rows::CellRead;
use crate::front::hir::{Expr, Kind};
use crate::front::ids::FileId;
use crate::front::literal::quoted;
use crate::lower::Lowering;
use crate::lower::lowered::ListStep;

/// A longer concatenation is left to the VM.
const MAX_PARTS: usize = 30;

/// Values that one call writes: `SLOTS` in the runtime's `slots.rs`.
const MAX_SLOTS: usize = 12;

/// A concatenation's parts after their evaluation.
pub(crate) struct Operands {
    /// The locals.
    names: Vec<String>,
    /// Locals and literals, in order.
    pub(crate) operands: Vec<String>,
}

/// Text to be written in place of the program's, from some byte on.
pub(crate) struct Cursor<'l> {
    pub(crate) file: FileId,
    /// The list's variable.
    pub(crate) list: &'l str,
    /// Names that no local may hide.
    pub(crate) reserved: &'l [&'l str],
    pub(crate) from: usize,
    pub(crate) text: String,
}

impl Lowering<'_> {
    pub(crate) fn lists(&mut self, file: FileId, lists: &Lists<'_>) {
        for (var, list) in lists {
            let name = self.sources.files[file].hir.vars[*var].name.clone();
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
                    reserved: &[&name],
                    from: item.statement.start,
                    // A block: what follows could be taken for the call's arguments.
                    text: "do".to_owned(),
                };
                if !self.record(&mut cursor, item, lists) {
                    let mut row = Vec::new();
                    self.value(&mut cursor, &mut row, item_step(), item.value);
                    self.row(&mut cursor, row);
                }
                cursor.text += " end";
                self.replace(file, cursor.from, item.statement.end, cursor.text);
            }
        }
    }

    /// An item that is a constructor of known shape.
    fn record(&mut self, cursor: &mut Cursor<'_>, item: &Item<'_>, lists: &Lists<'_>) -> bool {
        let Some((template, slots)) = template(item.value, 0, &|e| is_list(lists, e), &|_| None)
        else {
            return false;
        };
        self.forget_marks(cursor.file, item.value, &slots);
        let list = cursor.list;
        let mut slots = slots.into_iter();
        let mut row = Vec::new();
        for (step, kind) in steps(&template.pieces) {
            match (kind, slots.next()) {
                (Value::Any, Some(slot)) => self.value(cursor, &mut row, step, slot),
                (Value::List, Some(slot)) => {
                    self.row(cursor, std::mem::take(&mut row));
                    let (at, inner) = (self.steps(&[step]), self.list_name(cursor.file, slot));
                    cursor.text += &format!(" __rover.put_list({list}, {at}, {inner})");
                }
                _ => row.push(Slot {
                    step,
                    value: SlotValue::Nothing,
                }),
            }
        }
        self.row(cursor, row);
        true
    }

    /// The number of the first of some steps that follow each other; -1 for an item that is a
    /// value itself.
    fn steps(&mut self, steps: &[ListStep]) -> i64 {
        if steps == [item_step()] {
            return -1;
        }
        let known = self.steps.windows(steps.len()).position(|s| s == steps);
        known.unwrap_or_else(|| {
            self.steps.extend_from_slice(steps);
            self.steps.len() - steps.len()
        }) as i64
    }

    /// Adds a value to the row that is written next, or writes it by itself where it is
    /// a string of several parts.
    fn value<'e>(
        &mut self,
        cursor: &mut Cursor<'_>,
        row: &mut Vec<Slot<'e>>,
        mut step: ListStep,
        value: &'e Expr,
    ) {
        let value = match concatenation(value) {
            None => SlotValue::Plain(value),
            Some((parts, dynamic)) => match (dynamic.as_slice(), around(&parts)) {
                ([_], Some((prefix, suffix))) => {
                    step.prefix = format!("\"{prefix}");
                    step.suffix = format!("{suffix}\"");
                    SlotValue::Joined(parts)
                }
                _ => {
                    self.row(cursor, std::mem::take(row));
                    return self.joined(cursor, &step, (&parts, &dynamic));
                }
            },
        };
        row.push(Slot { step, value });
        if row.len() == MAX_SLOTS {
            self.row(cursor, std::mem::take(row));
        }
    }

    /// Writes values that follow each other by one call.
    fn row(&mut self, cursor: &mut Cursor<'_>, row: Vec<Slot<'_>>) {
        if row.is_empty() {
            return;
        }
        let (steps, values): (Vec<ListStep>, Vec<SlotValue<'_>>) =
            row.into_iter().map(|slot| (slot.step, slot.value)).unzip();
        let (list, at) = (cursor.list, self.steps(&steps));
        if let Some(cells) = self.cells_of(cursor.file, &values) {
            let CellRead { rows, row, .. } = &cells;
            let columns = quoted(&cells.column);
            cursor.text += &format!(" __rover.put_cells({list}, {at}, {rows}, {row}, {columns})");
            return;
        }
        let letters: String = values.iter().map(SlotValue::letter).collect();
        // Whether a concatenation's part can be one is seen before the next value is
        // evaluated, as the VM would.
        if letters.contains('j') {
            cursor.text += " do";
            for (at, value) in values.iter().enumerate() {
                self.slot(cursor, &format!("__rover{}", at + 1), value);
            }
            let names: Vec<String> = (1..=values.len()).map(|n| format!("__rover{n}")).collect();
            let names = names.join(", ");
            cursor.text += &format!(" __rover.put_{letters}({list}, {at}, {names}) end");
            return;
        }
        cursor.text += &format!(" __rover.put_{letters}({list}, {at}");
        for value in &values {
            cursor.text += ", ";
            match value {
                SlotValue::Plain(value) => self.keep(cursor, value),
                _ => cursor.text += "nil",
            }
        }
        cursor.text.push(')');
    }

    /// The columns that all of these values are, of one row as the driver has left it.
    fn cells_of(&mut self, file: FileId, values: &[SlotValue<'_>]) -> Option<CellRead> {
        let plain = values.iter().map(|value| match value {
            SlotValue::Plain(value) => Some(*value),
            _ => None,
        });
        let plain: Option<Vec<&Expr>> = plain.collect();
        self.row_of(file, &plain?)
    }

    /// Evaluates a value into a local. Where the part of a concatenation is neither string
    /// nor number, the VM concatenates, with its own error or metamethod.
    fn slot(&mut self, cursor: &mut Cursor<'_>, name: &str, value: &SlotValue<'_>) {
        match value {
            SlotValue::Nothing => cursor.text += &format!(" local {name}"),
            SlotValue::Plain(value) => {
                cursor.text += &format!(" local {name} = ");
                self.keep(cursor, value);
            }
            SlotValue::Joined(parts) => {
                cursor.text += &format!(" local {name}");
                let dynamic: Vec<&Expr> =
                    parts.iter().copied().filter(|p| !is_literal(p)).collect();
                let Operands { names, operands } = self.evaluated(cursor, parts, &dynamic);
                let (part, whole) = (names.join(", "), operands.join(" .. "));
                cursor.text +=
                    &format!(" {name} = {part} else {name} = __rover.whole({whole}) end end");
            }
        }
    }

    /// Writes up to an expression of the program, which stays.
    pub(crate) fn keep(&mut self, cursor: &mut Cursor<'_>, expr: &Expr) {
        let text = std::mem::take(&mut cursor.text);
        self.replace(cursor.file, cursor.from, expr.span.start, text);
        cursor.from = expr.span.end;
    }

    /// A concatenation, part by part and without making its string. The values are looked at
    /// first: where one is neither string nor number, the VM concatenates them, with its own
    /// error or metamethod.
    fn joined(
        &mut self,
        cursor: &mut Cursor<'_>,
        step: &ListStep,
        (parts, dynamic): (&[&Expr], &[&Expr]),
    ) {
        let (list, at) = (cursor.list, self.steps(std::slice::from_ref(step)));
        let operands = self.evaluated(cursor, parts, dynamic).operands;
        cursor.text += &format!(" __rover.begin({list}, {at})");
        for operand in &operands {
            cursor.text += &format!(" __rover.part({list}, {operand})");
        }
        let whole = operands.join(" .. ");
        cursor.text += &format!(
            " __rover.finish({list}, {at}) else __rover.put_v({list}, {at}, {whole}) end end"
        );
    }

    /// Writes the evaluation of a concatenation's parts into locals, up to `then`.
    pub(crate) fn evaluated(
        &mut self,
        cursor: &mut Cursor<'_>,
        parts: &[&Expr],
        dynamic: &[&Expr],
    ) -> Operands {
        let names = self.names(cursor, dynamic);
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
        cursor.text += &format!(" if {} then", checks.join(" and "));
        let source = &self.sources.files[cursor.file];
        let mut left = names.iter();
        let operands = parts
            .iter()
            .map(|part| match is_literal(part) {
                true => source.text_at(part.span).to_owned(),
                false => left.next().cloned().unwrap_or_default(),
            })
            .collect();
        Operands { names, operands }
    }

    /// Locals for the parts of a concatenation, named so that the VM's error tells which
    /// it was.
    fn names(&self, cursor: &Cursor<'_>, parts: &[&Expr]) -> Vec<String> {
        let source = &self.sources.files[cursor.file];
        let mut names: Vec<String> = Vec::new();
        for part in parts {
            let mut name = match &part.kind {
                Kind::Var(var) => source.hir.vars[*var].name.clone(),
                Kind::Index(_, key) => key.dotted().unwrap_or("value").to_owned(),
                _ => "value".to_owned(),
            };
            let hides =
                |name: &str| is_reserved(name.as_bytes()) || cursor.reserved.contains(&name);
            while hides(&name) || names.contains(&name) {
                name.push('_');
            }
            names.push(name);
        }
        names
    }

    /// The variable in `rows` or `rover.array(rows)`.
    pub(crate) fn list_name(&self, file: FileId, slot: &Expr) -> String {
        let vars = &self.sources.files[file].hir.vars;
        list_of(slot).map_or(String::new(), |(var, _)| vars[var].name.clone())
    }
}

/// A value of an item that is written together with others.
struct Slot<'e> {
    step: ListStep,
    value: SlotValue<'e>,
}

enum SlotValue<'e> {
    Nothing,
    Plain(&'e Expr),
    /// The parts of a concatenation of which one is not constant.
    Joined(Vec<&'e Expr>),
}

impl SlotValue<'_> {
    /// As `direct.lua` names it.
    fn letter(&self) -> char {
        match self {
            SlotValue::Nothing | SlotValue::Plain(_) => 'v',
            SlotValue::Joined(_) => 'j',
        }
    }
}

/// What a step is followed by.
#[derive(Clone, Copy)]
enum Value {
    Any,
    List,
    Nothing,
}

/// An item that is a value itself.
fn item_step() -> ListStep {
    ListStep {
        first: true,
        last: true,
        depth: 1,
        ..ListStep::default()
    }
}

/// A constructor's pieces, each value with what is around it.
fn steps(pieces: &[Piece]) -> Vec<(ListStep, Value)> {
    let mut steps: Vec<(ListStep, Value)> = Vec::new();
    let mut before = Run::default();
    for piece in pieces {
        let (key, depth, path, kind) = match piece {
            Piece::Text(text) => {
                before.text.to_mut().push_str(text);
                continue;
            }
            // There is a value before it, so that nothing else waits.
            Piece::Fields(text) => {
                before = Run {
                    text: text.clone(),
                    fields: true,
                };
                continue;
            }
            // The items of lists have none.
            Piece::Checked { .. } | Piece::Part { .. } => continue,
            Piece::Field { key, depth, path } => (key, depth, path, Value::Any),
            Piece::List { key, depth, path } => (key, depth, path, Value::List),
        };
        let step = ListStep {
            before: std::mem::take(&mut before),
            key: key.clone(),
            // The list is around it, too.
            depth: depth + 1,
            path: path.clone(),
            ..ListStep::default()
        };
        steps.push((step, kind));
    }
    match steps.last_mut() {
        Some((step, _)) => step.after = before,
        None => {
            let step = ListStep {
                before,
                ..ListStep::default()
            };
            steps.push((step, Value::Nothing));
        }
    }
    if let Some((step, _)) = steps.first_mut() {
        step.first = true;
    }
    if let Some((step, _)) = steps.last_mut() {
        step.last = true;
    }
    steps
}

/// The constant text before and after a concatenation's only value.
fn around(parts: &[&Expr]) -> Option<(String, String)> {
    let (mut prefix, mut suffix) = (String::new(), String::new());
    let mut text = &mut prefix;
    for part in parts {
        match part.plain_text() {
            Some(literal) if is_plain_text(literal) => text.push_str(literal),
            Some(_) => return None,
            None => text = &mut suffix,
        }
    }
    Some((prefix, suffix))
}

/// A concatenation's operands, and those among them that are no literals; nothing where it
/// is none that can be written in parts.
pub(crate) fn concatenation(expr: &Expr) -> Option<(Vec<&Expr>, Vec<&Expr>)> {
    let mut parts = Vec::new();
    concatenated(expr, &mut parts);
    let dynamic: Vec<&Expr> = parts.iter().copied().filter(|p| !is_literal(p)).collect();
    let fits = (2..=MAX_PARTS).contains(&parts.len()) && !dynamic.is_empty();
    fits.then_some((parts, dynamic))
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
    expr.plain_text().is_some()
}
