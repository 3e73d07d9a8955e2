//! Templates in the lowered program: see `html`.

use crate::analyse::responses::{Response, Text, response};
use crate::front::hir::{Expr, Kind, Span, Stmt};
use crate::front::ids::{FileId, TextRange};
use crate::html::{Argument, Origin, Rendering, Templates, Use};
use crate::lower::Lowering;

/// A new buffer.
const OPEN: &str = "__rover.open()";
/// The parameter of a component that has its page's buffer.
const PAGE: &str = "__page";

impl Lowering<'_> {
    /// `return api.html(data) [[...]]`: the page goes into the response as it is rendered.
    /// Whether the value is a page.
    pub(crate) fn page(&mut self, file: FileId, value: &Expr) -> bool {
        let (status, whole) = match response(&self.handlers.servers, file, value) {
            Some(Response::Template(status, whole)) => (status, whole),
            Some(Response::Text(status, Text::Html, inner)) => (status, inner),
            _ => return false,
        };
        let html = self.html;
        let Some(found) = html.use_of(file, whole) else {
            return false;
        };
        self.render(found, value.span, &format!("page({status}, "), OPEN);
        true
    }

    /// Components of the specialised program get the buffer of the page that prints what
    /// they return, if it is one, and write into it.
    pub(crate) fn html_components(&mut self) {
        let html = self.html;
        for component in &html.components {
            let chunk = &self.sources.files[component.file].hir;
            let function = &chunk.functions[component.function];
            if !self.handlers.keep_globals || !self.returns_part(component.file, &function.body) {
                continue;
            }
            let Span { start, end } = component.target;
            let target = format!("__rover.component.{}", component.name);
            self.replace(component.file, start, end, target);
            let comma = match function.params.is_empty() && !function.variadic {
                true => "",
                false => ", ",
            };
            let at = function.parameters;
            self.replace(component.file, at, at, format!("{PAGE}{comma}"));
        }
    }

    /// Whether a component returns a template, which then writes into its caller's page.
    fn returns_part(&mut self, file: FileId, block: &[Stmt]) -> bool {
        let html = self.html;
        let mut found = false;
        for stmt in block {
            if let Stmt::Return(_, values) = stmt
                && let [value] = values.as_slice()
                && let Some(part) = html.use_of(file, value).filter(|part| part.value)
            {
                let open = format!("{PAGE} or {OPEN}");
                self.render(part, value.span, &format!("into({PAGE}, "), &open);
                found = true;
            }
            let mut blocks = Vec::new();
            stmt.parts(&mut |_| {}, &mut |inner| blocks.push(inner));
            for inner in blocks {
                found |= self.returns_part(file, inner);
            }
        }
        found
    }

    /// Templates in the specialised program that give a value.
    pub(crate) fn html_values(&mut self) {
        let html = self.html;
        for found in html
            .uses
            .iter()
            .filter(|u| u.value && !u.later && !u.begins_statement)
        {
            if !self.rendered.contains(&found.range()) {
                self.render(found, found.span, "value(", OPEN);
            }
        }
    }

    /// Writes the call that renders a template into a buffer, in place of `around`.
    fn render(&mut self, found: &Use<'_>, around: Span, call: &str, buffer: &str) {
        let html: &Templates<'_> = self.html;
        let Rendering {
            chunk,
            arguments: slots,
            is_table,
        } = html.rendering(found, self.kept_pages.contains(&found.range()));
        self.forget_marks(found.file, found.data, &slots);
        let is_file = matches!(found.origin, Origin::File(_));
        let check = match (is_table, found.value) {
            (true, true) if is_file => "__rover.template_data(",
            (true, true) => "__rover.data(",
            (true, false) => "__rover.page_data(",
            (false, _) => "",
        };
        self.rendered.insert(found.range());
        self.pages.insert(chunk);
        // Not a tail call: the caller's frame names the line of an error.
        let mut text = format!("(__rover.{call}__rover.renders[{chunk}]({buffer}");
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
        self.closed.insert(found.file.range(around));
    }

    /// The chunk that a template's object renders by.
    fn page_table(&mut self, origin: Origin) -> usize {
        let chunk = self.html.table(origin);
        self.pages.insert(chunk);
        chunk
    }

    /// The templates that stay where they are: objects in place of strings and of calls of
    /// `rover.template`.
    pub(crate) fn html_objects(&mut self) {
        let html = self.html;
        let mut gone: Vec<TextRange> = Vec::new();
        for found in &html.uses {
            let written = self.rendered.contains(&found.range());
            if !written && !found.begins_statement {
                // As where it is rendered: no tail call.
                self.edits[found.file].wrap(found.span, "(".to_owned(), ")".to_owned());
            }
            match found.argument {
                Argument::Text(span, inside) if !written => {
                    let object = format!("__rover.template({})", self.page_table(found.origin));
                    let text = match inside {
                        true => object,
                        false => format!("({object})"),
                    };
                    self.replace(found.file, span.start, span.end, text);
                }
                Argument::Template(span) if written => gone.push(found.file.range(span)),
                _ => {}
            }
        }
        for (at, origin) in &html.calls {
            if !gone.contains(at) {
                let text = format!("__rover.template({})", self.page_table(*origin));
                self.replace(at.file, at.span.start, at.span.end, text);
            }
        }
    }
}
