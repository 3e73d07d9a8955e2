//! Rows of a database that are only returned: they are written as JSON from where the driver has left
//! them, and never become tables. See `vm/json/row.rs` in the runtime.

use crate::analyse::handlers::Handler;
use crate::analyse::responses::{Response, answered, response, with_header};
use crate::front::hir::{BinaryOp, Expr, Field, Kind, Stmt};
use crate::front::ids::FileId;
use crate::lower::Lowering;

/// Methods of a database whose result can be kept as it is, and what they are called then.
const KEPT: [(&str, &str); 2] = [("all", "__rover_all"), ("one", "__rover_one")];

impl Lowering<'_> {
    /// `return db:all(...)`, also as a field of what is returned.
    pub(crate) fn returned_rows(&mut self, handler: Handler<'_>, block: &[Stmt]) {
        for stmt in block {
            if let Stmt::Return(_, values) = stmt
                && let [value] = values.as_slice()
            {
                self.rows_of_answer(handler.file, value);
            }
            stmt.parts(&mut |_| {}, &mut |inner| self.returned_rows(handler, inner));
        }
    }

    /// In a response, or in a value that becomes one.
    fn rows_of_answer(&mut self, file: FileId, value: &Expr) {
        let servers = &self.handlers.servers;
        if let Some((object, _)) = with_header(value)
            && answered(servers, file, object).is_some()
        {
            return self.rows_of_answer(file, object);
        }
        match response(servers, file, value) {
            Some(Response::Json(_, json)) => self.rows_of_json(file, json),
            Some(_) => {}
            None => self.rows_of_json(file, value),
        }
    }

    /// In a value that is written as JSON and seen by nobody else.
    fn rows_of_json(&mut self, file: FileId, value: &Expr) {
        match &value.kind {
            Kind::Table(fields) => {
                for field in fields {
                    match field {
                        Field::Named(_, value) | Field::Item(value) => {
                            self.rows_of_json(file, value);
                        }
                        Field::Keyed(..) => {}
                    }
                }
            }
            Kind::Paren(inner) => self.rows_of_json(file, inner),
            // The left one is looked at only for whether it is there.
            Kind::Binary(BinaryOp::Or, left, right) => {
                self.rows_of_json(file, left);
                self.rows_of_answer(file, right);
            }
            Kind::Method(object, name, _) if self.names.database(file, object).is_some() => {
                let kept = KEPT.iter().find(|(method, _)| name.as_str() == *method);
                if let Some((_, kept)) = kept
                    && !self.is_dropped(file, name.span.start)
                {
                    let (start, end) = (name.span.start, name.span.end);
                    self.replace(file, start, end, (*kept).to_owned());
                }
            }
            _ => {}
        }
    }
}
