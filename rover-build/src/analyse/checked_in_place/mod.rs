//! What a function does with a checked value that may stay where it was laid out.
//!
//! Its parts are places: a path of fields, from the value itself or from a slot whose
//! number a local of the lowered program holds. Reads of scalars, lengths of lists and loops
//! over them become calls that are given a part. Whatever else is done with a part that has
//! parts of its own needs a table.

mod part;

use std::collections::{HashMap, HashSet};

use rover_model::guard::{Kind as Type, Schema};

use crate::analyse::constructors::Orders;
use crate::analyse::names::Names;
use crate::front::hir::{Chunk, Expr, Header, Kind, Span, Stmt, UnaryOp, VarId};
use crate::front::ids::FileId;
use part::{Base, CheckedPart, is_scalar};

/// A field's part: its holder, and the numbers of the fields that lead to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InPlace {
    /// The number of the checked value.
    pub(crate) holder: usize,
    /// Each field's number and one more, from the low byte on.
    pub(crate) path: u32,
}

/// A checked value, and what is known of the program around it.
#[derive(Clone, Copy)]
pub(crate) struct Value<'r> {
    pub(crate) names: &'r Names<'r>,
    pub(crate) file: FileId,
    /// Its number.
    pub(crate) holder: usize,
    pub(crate) schema: &'r Schema,
    pub(crate) orders: &'r Orders,
    /// The places whose values go into returned constructors and nowhere else.
    pub(crate) slots: &'r HashSet<Span>,
    /// `ipairs` and `pairs` are what they are called.
    pub(crate) globals: bool,
}

impl<'r> Value<'r> {
    fn chunk(&self) -> &'r Chunk {
        &self.names.sources.files[self.file].hir
    }
}

/// How the text of a function changes that holds a value.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    /// Reads that a template may make instead.
    pub(crate) reads: Vec<Read>,
    pub(crate) edits: Vec<(Span, String)>,
}

/// A read of a place that a path from the value itself leads to.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) span: Span,
    pub(crate) at: InPlace,
    /// The call that reads it.
    pub(crate) text: String,
}

/// How the text changes where `var` holds the value; nothing where that needs a table.
pub(crate) fn uses<'r>(value: Value<'r>, var: VarId, body: &'r [Stmt]) -> Option<Uses> {
    let root = CheckedPart::whole(value.schema);
    let mut reader = Reader {
        value,
        parts: HashMap::from([(var, root)]),
        counters: HashMap::new(),
        seen: HashSet::new(),
        touched: 0,
        stays: true,
        uses: Uses::default(),
    };
    reader.block(body);
    reader.stays.then_some(reader.uses)
}

/// Looks at every use of the value.
struct Reader<'r> {
    value: Value<'r>,
    /// What locals stand for.
    parts: HashMap<VarId, CheckedPart<'r>>,
    /// Counters of loops from 1 to the length of a list.
    counters: HashMap<VarId, CheckedPart<'r>>,
    /// Variables that are used.
    seen: HashSet<VarId>,
    /// How often a place was used.
    touched: usize,
    /// No table is needed.
    stays: bool,
    uses: Uses,
}

impl<'r> Reader<'r> {
    fn block(&mut self, block: &'r [Stmt]) {
        block.iter().for_each(|stmt| self.statement(stmt));
    }

    fn statement(&mut self, stmt: &'r Stmt) {
        match stmt {
            Stmt::Local(vars, values) => {
                for (at, value) in values.iter().enumerate() {
                    match vars.get(at) {
                        Some(var) if self.alias(*var, value) => {}
                        _ => self.expr(value),
                    }
                }
            }
            Stmt::Assign(targets, values) => {
                targets.iter().for_each(|target| self.target(target));
                values.iter().for_each(|value| self.expr(value));
            }
            Stmt::Function(target, function) => {
                self.target(target);
                self.nested(&self.value.chunk().functions[*function].body);
            }
            Stmt::LocalFunction(_, function) => {
                self.nested(&self.value.chunk().functions[*function].body);
            }
            Stmt::For(header, values, body) => {
                if !self.iterates(header, values, body) {
                    values.iter().for_each(|value| self.expr(value));
                    self.block(body);
                }
            }
            Stmt::Count(counter, bounds, body) => {
                self.counts(*counter, bounds);
                bounds.iter().for_each(|bound| self.expr(bound));
                self.block(body);
            }
            // The condition sees the block's locals.
            Stmt::Repeat(body, condition) => {
                self.block(body);
                self.expr(condition);
            }
            _ => {
                let (mut exprs, mut blocks) = (Vec::new(), Vec::new());
                stmt.parts(&mut |e| exprs.push(e), &mut |b| blocks.push(b));
                exprs.into_iter().for_each(|e| self.expr(e));
                blocks.into_iter().for_each(|b| self.block(b));
            }
        }
    }

    /// A function inside may run when the request is over.
    fn nested(&mut self, body: &'r [Stmt]) {
        let before = self.touched;
        self.block(body);
        self.stays &= self.touched == before;
    }

    /// Writing a field is no reading.
    fn target(&mut self, target: &'r Expr) {
        match &target.kind {
            Kind::Index(object, key) => {
                let before = self.touched;
                self.expr(object);
                self.stays &= self.touched == before;
                self.expr(key);
            }
            _ => self.expr(target),
        }
    }

    /// `local customer = order.customer`: the local is another name for a part.
    fn alias(&mut self, var: VarId, value: &Expr) -> bool {
        let Some(part) = self.part(value) else {
            return false;
        };
        if part.is_scalar() || !part.there || self.value.chunk().vars[var].writes > 0 {
            return false;
        }
        self.touch(value);
        let (text, part) = match &part.base {
            Base::Value => ("nil".to_owned(), part),
            base if part.depth == 0 => (self.base(base), CheckedPart::local(var, part.schema)),
            _ => (
                self.call("in_place_at", &part),
                CheckedPart::local(var, part.schema),
            ),
        };
        self.uses.edits.push((value.span, text));
        self.parts.insert(var, part);
        true
    }

    /// `for i, item in ipairs(order.items) do` becomes a loop over the slots of the items.
    fn iterates(&mut self, header: &Header, values: &'r [Expr], body: &'r [Stmt]) -> bool {
        let Some((list, given)) = self.iterated(values) else {
            return false;
        };
        let Some(element) = list.elements() else {
            return false;
        };
        let (index, item) = match *header.vars.as_slice() {
            [index] => (index, None),
            [index, item] => (index, Some(item)),
            _ => return false,
        };
        self.touch(given);
        if let Some(item) = item
            && !is_scalar(element)
            && !element.nullable
            && self.value.chunk().vars[item].writes == 0
        {
            self.parts.insert(item, CheckedPart::local(item, element));
        }
        self.block(body);
        let item = item.filter(|item| self.seen.contains(item));
        let name = |var: VarId| self.value.chunk().vars[var].name.as_str();
        let (head, inside) = match item {
            None => (
                format!(
                    "{} = 1, {}",
                    name(index),
                    self.call("in_place_length", &list)
                ),
                String::new(),
            ),
            Some(item) => {
                let (first, last) = (
                    self.call("in_place_first", &list),
                    self.call("in_place_last", &list),
                );
                let (item_name, mut inside) = (name(item), String::new());
                self.stays &= is_scalar(element) || self.parts.contains_key(&item);
                if self.seen.contains(&index) {
                    // The names in the list's place must mean there what they mean here.
                    let base = self.base(&list.base);
                    self.stays &= !base.contains(item_name) && !base.contains(name(index));
                    inside += &format!(" local {} = {item_name} - {first} + 1", name(index));
                }
                if is_scalar(element) {
                    let part = CheckedPart::local(item, element);
                    inside += &format!(" local {item_name} = {}", self.read(&part));
                }
                (format!("{item_name} = {first}, {last}"), inside)
            }
        };
        let span = Span {
            start: header.start,
            end: values[0].span.end,
        };
        self.uses.edits.push((span, head));
        if !inside.is_empty() {
            let (start, end) = (header.block, header.block);
            // A statement of the budget's may follow.
            self.uses.edits.push((Span { start, end }, inside + " "));
        }
        true
    }

    /// The list in `ipairs(list)`. Its table would have nothing that `pairs` could find
    /// besides.
    fn iterated(&self, values: &'r [Expr]) -> Option<(CheckedPart<'r>, &'r Expr)> {
        let [value] = values else { return None };
        let Kind::Call(callee, args) = &value.kind else {
            return None;
        };
        let [list] = args.as_slice() else {
            return None;
        };
        let iterates = self.value.globals && self.is_iterator(callee);
        Some((self.part(list).filter(|_| iterates)?, list))
    }

    /// `ipairs` or `pairs`, or a local that stands for one of them.
    fn is_iterator(&self, callee: &Expr) -> bool {
        let global = self.value.names.global(self.value.file, callee);
        matches!(global, Some("ipairs" | "pairs"))
    }

    /// `for i = 1, #order.items do`
    fn counts(&mut self, counter: VarId, bounds: &[Expr]) {
        if let [first, last] = bounds
            && matches!(&first.kind, Kind::Number(digits) if digits == "1")
            && self.value.chunk().vars[counter].writes == 0
            && let Some(list) = self.measured(last)
        {
            self.counters.insert(counter, list);
        }
    }

    /// The list in `#list`.
    fn measured(&self, expr: &Expr) -> Option<CheckedPart<'r>> {
        match &expr.kind {
            Kind::Unary(UnaryOp::Length, list) => {
                self.part(list).filter(|list| list.elements().is_some())
            }
            _ => None,
        }
    }

    fn expr(&mut self, expr: &'r Expr) {
        if let Some(part) = self.part(expr) {
            return self.used(expr, &part);
        }
        if let Some(list) = self.measured(expr) {
            self.touch(expr);
            let text = self.call("in_place_length", &list);
            return self.uses.edits.push((expr.span, text));
        }
        match &expr.kind {
            Kind::Var(var) => {
                self.seen.insert(*var);
            }
            Kind::Function(function) => {
                self.nested(&self.value.chunk().functions[*function].body);
            }
            _ => expr.each_child(&mut |child| self.expr(child)),
        }
    }

    /// A part is used as a value.
    fn used(&mut self, expr: &Expr, part: &CheckedPart<'r>) {
        self.touch(expr);
        let is_written = part.base == Base::Value
            && self.value.slots.contains(&expr.span)
            && self.is_written(part.schema);
        if !part.is_scalar() && !is_written {
            // What has parts would be another table at each read.
            self.stays = false;
            return;
        }
        let text = self.read(part);
        match part.base {
            Base::Value => {
                let at = InPlace {
                    holder: self.value.holder,
                    path: part.path,
                };
                let span = expr.span;
                self.uses.reads.push(Read { span, at, text });
            }
            _ => self.uses.edits.push((expr.span, text)),
        }
    }

    fn touch(&mut self, expr: &Expr) {
        fn see(expr: &Expr, seen: &mut HashSet<VarId>) {
            seen.extend(expr.var());
            expr.each_child(&mut |child| see(child, seen));
        }
        see(expr, &mut self.seen);
        self.touched += 1;
    }

    /// The part that an expression is: `order.customer.name`, `item.price`,
    /// `order.items[i]`.
    fn part(&self, expr: &Expr) -> Option<CheckedPart<'r>> {
        match &expr.kind {
            Kind::Var(var) => self.parts.get(var).cloned(),
            Kind::Index(object, key) => {
                let part = self.part(object)?;
                match key.text() {
                    Some(name) => part.field(name),
                    None => self.item(&part, key.var()?),
                }
            }
            _ => None,
        }
    }

    /// `list[i]`, in a loop that counts to the list's length.
    fn item(&self, list: &CheckedPart<'r>, counter: VarId) -> Option<CheckedPart<'r>> {
        let counted = self.counters.get(&counter)?;
        let schema = list.elements().filter(|_| counted.is_same(list))?;
        let first = self.call("in_place_first", list);
        let name = &self.value.chunk().vars[counter].name;
        Some(CheckedPart::item(format!("{first} + {name} - 1"), schema))
    }

    /// The call that reads a part.
    fn read(&self, part: &CheckedPart<'_>) -> String {
        let number = matches!(part.schema.kind, Type::Number(_) | Type::Integer(_));
        match number && part.there {
            true => self.call("in_place_number", part),
            false => self.call("in_place", part),
        }
    }

    fn call(&self, name: &str, part: &CheckedPart<'_>) -> String {
        let (holder, base, path) = (self.value.holder, self.base(&part.base), part.path);
        format!("__rover.{name}({holder}, {base}, {path})")
    }

    fn base(&self, base: &Base) -> String {
        match base {
            Base::Value => "-1".to_owned(),
            Base::Local(var) => self.value.chunk().vars[*var].name.clone(),
            Base::Item(text) => text.clone(),
        }
    }

    /// Whether a value's JSON is that of the table that would be made of it: it holds no
    /// values of any kind, and its fields come in the program's order.
    fn is_written(&self, schema: &Schema) -> bool {
        match &schema.kind {
            Type::Any => false,
            Type::Array(element, _) => self.is_written(element),
            Type::Object(fields) => {
                let places = fields.iter().map(|field| {
                    let mut names = self.value.orders.common.iter();
                    names.position(|name| **name == *field.name)
                });
                let places: Option<Vec<usize>> = places.collect();
                places.is_some_and(|places| places.is_sorted())
                    && fields.iter().all(|field| self.is_written(&field.schema))
            }
            _ => true,
        }
    }
}
