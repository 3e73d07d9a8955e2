//! Returned concatenations: their parts go into the response one by one.

use crate::analyse::responses::Text;
use crate::front::hir::Expr;
use crate::lower::Lowering;
use crate::lower::lists::{Cursor, concatenation};
use crate::lower::lowered::Answer;

impl Lowering<'_> {
    /// `return api.html("<p>" .. a .. "</p>")`; the values are looked at first, as in
    /// lists: what is no text is left to the VM.
    pub(crate) fn text(
        &mut self,
        file: usize,
        value: &Expr,
        (status, kind, text): (u16, Text, &Expr),
    ) {
        let Some((parts, dynamic)) = concatenation(text) else {
            return;
        };
        let source = &self.sources.files[file].text;
        let Some(start) = keyword(source, value.span.start) else {
            return;
        };
        let around = [
            &source[value.span.start..text.span.start],
            &source[text.span.end..value.span.end],
        ];
        // What is around is written twice, on one line.
        let [before, after] = around.map(str::to_owned);
        if before.contains('\n') || after.contains('\n') {
            return;
        }
        let mut cursor = Cursor {
            file,
            list: "",
            reserved: &format!("{before}{after}"),
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
        self.answers.insert((file, value.span), Answer::Text);
    }
}

/// Where the `return` before a value starts.
fn keyword(text: &str, value: usize) -> Option<usize> {
    let before = text[..value].trim_end();
    before
        .ends_with("return")
        .then(|| before.len() - "return".len())
}
