//! Rows of a database that need no tables: they are written as JSON, or printed into a page, from
//! where the driver has left them. See `vm/json/row.rs` and `vm/database/walked.rs` in the runtime.

use std::collections::HashSet;

use crate::analyse::handlers::Handler;
use crate::analyse::walked_rows::{CellRead, Walk};
use crate::front::hir::{Expr, Kind, VarId};
use crate::front::ids::{FileId, TextRange};
use crate::front::literal::quoted;
use crate::lower::Lowering;
use crate::lower::lowered::WhyTable;
use crate::lower::result_uses::{Call, Place, ResultUses};

/// Methods of a database whose result can be kept as it is, and what they are called then.
const KEPT: [(&str, &str); 2] = [("all", "__rover_all"), ("one", "__rover_one")];

/// What of a handler's results stays as the driver has left it.
struct Kept {
    vars: HashSet<VarId>,
    pages: HashSet<TextRange>,
}

impl<'a> Lowering<'a> {
    /// Results that a handler only returns, walks through, or gives to pages that only walk through them.
    pub(crate) fn results(&mut self, handler: Handler<'a>) {
        let uses = ResultUses::find(self, handler);
        let kept = self.kept(&uses);
        for call in &uses.calls {
            let why = why_table(&uses, &kept, call);
            let range = handler.file.range(call.expr.span);
            if why.is_none() {
                self.keep_rows(handler.file, call.expr);
            }
            self.results.insert(range, why);
        }
        for walk in &uses.walks {
            if is_kept(&uses, &kept, walk.result) {
                self.walk(handler.file, walk);
            }
        }
        for (span, var) in &uses.lengths {
            if kept.vars.contains(var) {
                let name = &self.sources.files[handler.file].hir.vars[*var].name;
                let text = format!("__rover.count({name})");
                self.replace(handler.file, span.start, span.end, text);
            }
        }
        self.kept_pages.extend(kept.pages);
    }

    /// A page gets all of its results as they are or none, and a local is kept where all that have
    /// it take it so: what is not is taken away until nothing changes.
    fn kept(&self, uses: &ResultUses<'a>) -> Kept {
        let mut kept = Kept {
            vars: uses.calls.iter().filter_map(|call| call.var).collect(),
            pages: uses.pages.keys().copied().collect(),
        };
        loop {
            let before = (kept.vars.len(), kept.pages.len());
            let calls = uses.calls.iter().filter(|call| call.var.is_some());
            let tables = calls.filter(|call| why_table(uses, &kept, call).is_some());
            let tables: Vec<VarId> = tables.filter_map(|call| call.var).collect();
            kept.vars.retain(|var| !tables.contains(var));
            let whole = uses.pages.iter().filter(|(_, values)| {
                let mut values = values.iter();
                values.all(|value| is_given(uses, &kept, value))
            });
            kept.pages = whole.map(|(page, _)| *page).collect();
            if before == (kept.vars.len(), kept.pages.len()) {
                return kept;
            }
        }
    }

    /// The call of a database that an expression is has its rows kept.
    fn keep_rows(&mut self, file: FileId, value: &'a Expr) {
        if let Kind::Method(_, name, _) = &value.kind
            && let Some((_, kept)) = KEPT.iter().find(|(method, _)| name.text == *method)
            && !self.is_dropped(file, name.span.start)
        {
            self.replace(file, name.span.start, name.span.end, (*kept).to_owned());
        }
    }

    /// A loop over rows that are kept. What reads them may still be written by a list.
    fn walk(&mut self, file: FileId, walk: &Walk<'_>) {
        let (span, text) = walk.head(&self.sources.files[file].hir, "__rover.");
        self.replace(file, span.start, span.end, text);
        let cells = walk.cells.iter();
        let cells = cells.map(|cell| (file.range(cell.span), cell.clone()));
        self.cells.extend(cells);
    }

    /// The columns that values are, where all are of one row: they are no values of Lua's then.
    pub(crate) fn row_of(&mut self, file: FileId, values: &[&Expr]) -> Option<CellRead> {
        let cells: Vec<TextRange> = values.iter().map(|v| file.range(v.span)).collect();
        let found: Option<Vec<&CellRead>> = cells.iter().map(|at| self.cells.get(at)).collect();
        let found = found?;
        let first = *found.first()?;
        let is_same = |cell: &&CellRead| (&cell.rows, &cell.row) == (&first.rows, &first.row);
        let has_name = |cell: &&CellRead| !cell.column.is_empty() && !cell.column.contains('\0');
        if !found.iter().all(|cell| is_same(cell) && has_name(cell)) {
            return None;
        }
        let columns: Vec<&str> = found.iter().map(|cell| cell.column.as_str()).collect();
        let row = CellRead {
            column: columns.join("\0"),
            ..first.clone()
        };
        self.cells.retain(|at, _| !cells.contains(at));
        Some(row)
    }

    /// Reads of columns that nothing else has written.
    pub(crate) fn read_cells(&mut self) {
        for (at, cell) in std::mem::take(&mut self.cells) {
            let CellRead {
                rows, row, column, ..
            } = cell;
            let text = format!("__rover.cell({rows}, {row}, {})", quoted(&column));
            self.replace(at.file, at.span.start, at.span.end, text);
        }
    }
}

/// Whether what stands at a place of a result is kept.
fn is_kept(uses: &ResultUses<'_>, kept: &Kept, result: &Expr) -> bool {
    match result.var() {
        Some(var) => kept.vars.contains(&var),
        None => uses
            .call(result)
            .is_some_and(|call| why_table(uses, kept, call).is_none()),
    }
}

/// Whether a page's value is a result that can be kept, whatever becomes of the page.
fn is_given(uses: &ResultUses<'_>, kept: &Kept, value: &Expr) -> bool {
    match value.var() {
        Some(var) => kept.vars.contains(&var),
        None => uses.call(value).is_some_and(|call| !call.in_loop),
    }
}

/// Why a call's result is no result that is kept.
fn why_table(uses: &ResultUses<'_>, kept: &Kept, call: &Call<'_>) -> Option<WhyTable> {
    let Some(var) = call.var else {
        return why_not(uses, kept, call, call.expr);
    };
    if call.in_loop {
        return Some((IN_LOOP, None));
    }
    if let Some(why) = uses.why_not_local(var) {
        return Some(why);
    }
    let of_it = uses.variables.iter().filter(|expr| expr.var() == Some(var));
    let mut reasons = of_it.map(|expr| why_not(uses, kept, call, expr));
    match reasons.next() {
        None => Some(("nothing is done with it", None)),
        Some(first) => first.or_else(|| reasons.flatten().next()),
    }
}

const IN_LOOP: &str = "it stands in a loop: the rows of each round would be kept";

/// Why a result cannot stand as the driver has left it where it stands.
fn why_not(uses: &ResultUses<'_>, kept: &Kept, call: &Call<'_>, at: &Expr) -> Option<WhyTable> {
    let place = uses.places.get(&at.span);
    let is_direct = call.var.is_none();
    match place {
        Some(Place::Answer) => None,
        Some(Place::Asked | Place::Length) if !is_direct => {
            let is_row = call.is_one && place == Some(&Place::Length);
            is_row.then_some(("its length is asked for", Some(at.span)))
        }
        Some(Place::Walk | Place::Page(_)) if call.is_one => Some((AS_TABLE, Some(at.span))),
        Some(Place::Walk | Place::Page(_)) if is_direct && call.in_loop => Some((IN_LOOP, None)),
        Some(Place::Walk) => None,
        Some(Place::Page(page)) if kept.pages.contains(page) => None,
        Some(Place::Page(_)) => Some((
            "its page gets another result as tables, and all or none as they are",
            Some(at.span),
        )),
        Some(Place::OtherLoop) => Some((
            "the loop does more with a row than read its columns by name",
            Some(at.span),
        )),
        Some(Place::OtherPage) => Some((
            "the page does more with it than `for _, row in ipairs(rows)`, `row.name` and `#rows`",
            Some(at.span),
        )),
        Some(Place::Asked | Place::Length) | None => Some((AS_TABLE, Some(at.span))),
    }
}

const AS_TABLE: &str = "it is more than returned, walked through by `ipairs` or given to a page";
