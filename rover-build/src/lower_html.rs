//! Templates in the lowered program: see `html`.

use crate::hir::{Expr, Kind, Span};
use crate::html::{Argument, Rendering, Templates, Use};
use crate::lower::Lowering;
use crate::response::{Response, Text, response};

impl Lowering<'_> {
    /// `return api.html(data) [[...]]`: the page goes into the response as it is rendered.
    /// Whether the value is a page.
    pub(crate) fn page(&mut self, file: usize, value: &Expr) -> bool {
        let (status, whole) = match response(&self.handlers.servers, file, value) {
            Some(Response::Template(status, whole)) => (status, whole),
            Some(Response::Text(status, Text::Html, inner)) => (status, inner),
            _ => return false,
        };
        let html = self.html;
        let Some(found) = html.use_of(file, whole) else {
            return false;
        };
        self.render(found, value.span, &format!("page({status}, "));
        true
    }

    /// Templates in the specialised program that give a value.
    pub(crate) fn html_values(&mut self) {
        let html = self.html;
        for found in html.uses.iter().filter(|u| u.value && !u.begins_statement) {
            if !self.rendered.contains(&(found.file, found.span)) {
                self.render(found, found.span, "value(");
            }
        }
    }

    /// Writes the call that renders a template, in place of `around`.
    fn render(&mut self, found: &Use<'_>, around: Span, call: &str) {
        let html: &Templates<'_> = self.html;
        let Rendering {
            chunk,
            arguments: slots,
            is_table,
        } = html.rendering(found);
        self.forget_marks(found.file, found.data, &slots);
        let check = match (is_table, found.value) {
            (true, true) => "__rover.data(",
            (true, false) => "__rover.page_data(",
            (false, _) => "",
        };
        self.rendered.insert((found.file, found.span));
        // Not a tail call: the caller's frame names the line of an error.
        let mut text = format!("(__rover.{call}__rover.renders[{chunk}](__rover.open()");
        let mut from = around.start;
        for (at, slot) in slots.iter().enumerate() {
            text.push_str(", ");
            text.push_str(check);
            let many = at + 1 == slots.len()
                && matches!(slot.kind, Kind::Call(..) | Kind::Method(..) | Kind::Vararg);
            text.push_str(if many { "(" } else { "" });
            self.replace(found.file, from, slot.span.start, std::mem::take(&mut text));
            from = slot.span.end;
            text.push_str(if many { ")" } else { "" });
            text.push_str(if check.is_empty() { "" } else { ")" });
        }
        text.push_str(")))");
        self.replace(found.file, from, around.end, text);
    }

    /// The templates that stay where they are: objects in place of strings and of calls of
    /// `rover.template`.
    pub(crate) fn html_objects(&mut self) {
        let html = self.html;
        let mut gone = Vec::new();
        for found in &html.uses {
            let written = self.rendered.contains(&(found.file, found.span));
            if !written && !found.begins_statement {
                // As where it is rendered: no tail call.
                self.replace(
                    found.file,
                    found.span.start,
                    found.span.start,
                    "(".to_owned(),
                );
                self.replace(found.file, found.span.end, found.span.end, ")".to_owned());
            }
            match found.argument {
                Argument::Text(span, inside) if !written => {
                    let object = format!("__rover.template({})", html.table(found.origin));
                    let text = match inside {
                        true => object,
                        false => format!("({object})"),
                    };
                    self.replace(found.file, span.start, span.end, text);
                }
                Argument::Template(span) if written => gone.push((found.file, span)),
                _ => {}
            }
        }
        for (file, span, origin) in &html.calls {
            if !gone.contains(&(*file, *span)) {
                let text = format!("__rover.template({})", html.table(*origin));
                self.replace(*file, span.start, span.end, text);
            }
        }
    }
}
