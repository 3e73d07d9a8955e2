//! Rows of a database in random programs: walked through, with lists made of them, returned.

use super::Writer;

/// The columns of rows; the last is none.
pub(super) const COLUMNS: [&str; 8] = ["id", "t", "t", "r", "n", "big", "none", "missing"];

/// Texts of rows, as SQL writes them.
const TEXTS: [&str; 8] = [
    "'<script>alert(1)</script>'",
    "'\" onload=\"x'",
    "'javascript:alert(1)'",
    "''",
    "'</style>`;//' || char(10) || char(1)",
    "cast(x'ff80' as text)",
    "'\\' || char(8232) || '\u{1f600}'",
    "null",
];

/// What a program begins with that has a database.
pub(super) fn database() -> String {
    let texts = TEXTS.iter().zip(0..);
    let texts: String = texts
        .map(|(text, at)| format!("when {at} then {text} "))
        .collect();
    format!(
        "local db = rover.db \"sqlite::memory:\"\n\
         local ROWS = [==[with recursive c(x) as (select 1 union all select x + 1 from c where x < 500) \
         select x as id, case x % 8 {texts}end as t, x / 8.0 - 3 as r, case x % 3 when 0 then 1 / 3.0 when 1 then 1e300 end as n, \
         9007199254740990 + x as big, null as none from c limit $1]==]\n\
         local function few(ctx) return (tonumber(ctx:query().n) or 3) % 6 end\n"
    )
}

impl Writer {
    /// A walk through the rows of a database.
    pub(super) fn rows(&mut self, depth: usize) -> String {
        let (row, at) = (self.name(), self.name());
        let known = self.locals.len();
        for _ in 0..3 {
            let column = self.random.one(&COLUMNS);
            self.locals.push(format!("{row}.{column}"));
        }
        // The row itself, rather seldom.
        if self.random.below(10) == 0 {
            self.locals.push(row.clone());
        }
        // What comes last may be assigned.
        self.locals.push(at.clone());
        let mut inner = self.add(&row);
        if self.random.below(2) == 0 {
            inner += &self.inner(depth + 1);
        }
        self.locals.truncate(known);
        // So many that the loop is compiled, where little is done in it.
        let many = if depth == 1 && inner.len() < 150 {
            "100"
        } else {
            "2"
        };
        let count = self.random.one(&["few(ctx)", "few(ctx)", "few(ctx)", many]);
        let call = format!("db:all(ROWS, {count})");
        match self.random.below(4) {
            0 => format!("  for {at}, {row} in ipairs({call}) do\n{inner}  end\n"),
            1 => format!(
                "  local rows{at} = {call}\n  for {at}, {row} in ipairs(rows{at}) do\n{inner}  end\n  \
                 if #rows{at} == 1 then return rows{at} end\n"
            ),
            2 => {
                self.locals.push(format!("rows{at}"));
                format!(
                    "  local rows{at} = {call}\n  for {at}, {row} in ipairs(rows{at}) do\n{inner}  end\n"
                )
            }
            _ => format!(
                "  local rows{at} = {call}\n  for {at}, {row} in ipairs(rows{at}) do\n{inner}  end\n  \
                 shared.x = #rows{at}\n"
            ),
        }
    }

    /// Adds an item that is made of a row to a list.
    fn add(&mut self, row: &str) -> String {
        let Some(list) = self.lists.last() else {
            return format!("  shared.x = {row}.id\n");
        };
        let list = list.clone();
        let column = self.random.one(&COLUMNS);
        let item = self.random.one(&[
            "{ id = @.id, kind = \"<\", t = @.t, r = @.r, more = { n = @.n, big = @.big } }",
            "{ @.id, @.t }",
            "@.t",
            "{ t = \"<\" .. (@.t or @.id) .. \">\", n = @.n }",
            "{ id = @.id, same = @.COLUMN, last = \"x\" }",
        ]);
        let item = item.replace('@', row).replace("COLUMN", column);
        format!("  {list}[#{list} + 1] = {item}\n")
    }
}
