//! Returned concatenations: their parts go into the response one by one.

use crate::analyse::responses::Text;
use crate::front::hir::{Chunk, Expr, Kind, Span};
use crate::front::ids::FileId;
use crate::lower::Lowering;
use crate::lower::lists::{Cursor, concatenation};
use crate::lower::lowered::Answer;

impl Lowering<'_> {
    /// `return api.html("<p>" .. a .. "</p>")`; the values are looked at first, as in
    /// lists: what is no text is left to the VM.
    pub(crate) fn text(
        &mut self,
        file: FileId,
        (start, value): (usize, &Expr),
        (status, kind, text): (u16, Text, &Expr),
    ) {
        let Some((parts, dynamic)) = concatenation(text) else {
            return;
        };
        let source = &self.sources.files[file];
        let around = [
            (value.span.start, text.span.start),
            (text.span.end, value.span.end),
        ];
        let around = around.map(|(start, end)| Span { start, end });
        // What is around is written twice, on one line.
        if around.iter().any(|span| source.breaks(*span) > 0) {
            return;
        }
        let [before, after] = around.map(|span| source.text_at(span));
        let mut reserved = Vec::new();
        variables(&source.hir, value, text, &mut reserved);
        let mut cursor = Cursor {
            file,
            list: "",
            reserved: &reserved,
            from: start,
            text: String::new(),
        };
        let operands = self.evaluated(&mut cursor, &parts, &dynamic).operands;
        let kind = match kind {
            Text::Plain => 0,
            Text::Html => 1,
        };
        cursor.text += &format!(
            " return (__rover.text({status}, {kind}, {})) end return {before}{}{after} end",
            operands.join(", "),
            operands.join(" .. "),
        );
        self.replace(file, cursor.from, value.span.end, cursor.text);
        self.answers.insert(file.range(value.span), Answer::Text);
    }
}

/// The variables that an expression names, but for a part of it.
fn variables<'a>(chunk: &'a Chunk, expr: &'a Expr, but: &Expr, found: &mut Vec<&'a str>) {
    match &expr.kind {
        _ if std::ptr::eq(expr, but) => {}
        Kind::Var(var) => found.push(&chunk.vars[*var].name),
        Kind::Global(name) => found.push(name),
        _ => expr.each_child(&mut |child| variables(chunk, child, but, found)),
    }
}
