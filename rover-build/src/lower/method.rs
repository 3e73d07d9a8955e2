//! Methods of what a client fills: `q:expect(schema)` of a query's or a path's values, in both
//! forms. The values are fields of the table, whose names a client chooses, so that the method
//! cannot be one: it is asked of the runtime, which knows the table.

use crate::front::hir::{Expr, Kind, Stmt};
use crate::front::ids::FileId;
use crate::lower::Lowering;

impl Lowering<'_> {
    /// `x:expect(...)` becomes `__rover.expecting(x):expect(...)`: of any other object that is
    /// the object itself.
    pub(crate) fn expecting(&mut self) {
        let sources = self.sources;
        for (file, source) in sources.files.numbered() {
            for function in &source.hir.functions {
                self.expecting_in(file, &function.body);
            }
        }
    }

    fn expecting_in(&mut self, file: FileId, block: &[Stmt]) {
        for stmt in block {
            let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
            stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
            for expr in exprs {
                self.expecting_of(file, expr);
            }
            for inner in blocks {
                self.expecting_in(file, inner);
            }
        }
    }

    fn expecting_of(&mut self, file: FileId, expr: &Expr) {
        if self.is_dropped(file, expr.span.start) {
            return;
        }
        if let Kind::Method(object, name, ..) = &expr.kind
            && name == "expect"
            && !is_body(object)
        {
            let open = "__rover.expecting(".to_owned();
            self.edits[file].wrap(object.span, open, ")".to_owned());
        }
        let mut children = Vec::new();
        expr.each_child(&mut |child| children.push(child));
        for child in children {
            self.expecting_of(file, child);
        }
    }
}

/// `ctx:body()`: an object of the runtime, which has no fields of a client's.
fn is_body(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Method(_, name, ..) => name == "body",
        Kind::Call(callee, _) => {
            matches!(&callee.kind, Kind::Index(_, key) if key.text() == Some("body"))
        }
        _ => false,
    }
}
