//! The engine: a value laid out by its schema, and what is wrong with it.
//!
//! A reader of JSON, of a form or of Lua values puts what it finds into slots, an object's
//! fields in the order of its schema, and drops what the schema does not know
//! ([`Checked::object`], [`Checked::array`]). [`Checked::check`] then goes through the schema
//! in its order, applies the rules, and fills in defaults.

use std::collections::HashMap;
use std::fmt;

use super::constant::Constant;
use super::fault::Got;
use super::fault::{Fault, Unit, is_integer};
use super::rules::MANY;
use super::rules::Patterns;
use super::schema::{Kind, Schema};

/// As many problems as one answer tells of ...
pub const MAX_PROBLEMS: usize = 100;
/// ... in so many bytes: what a schema says of its values may be long.
const MAX_TOLD: usize = 1 << 20;

const KEPT_BYTES: usize = 64 << 10;
const KEPT_SLOTS: usize = 4 << 10;

/// A value in a slot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// There is none.
    Absent,
    /// `null`
    Null,
    /// `true` or `false`
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Text),
    /// So many slots, from the first.
    Array {
        /// The first one's number.
        first: u32,
        /// How many.
        length: u32,
    },
    /// As many slots as the schema has fields, from the first.
    Object {
        /// The first one's number.
        first: u32,
    },
    /// A value of any kind, by a number that its reader gave it.
    Any(u32),
    /// A value of any kind that stands in the schema, by its number in
    /// [`Checked::constants`].
    Constant(u32),
    /// Another kind of value than the schema's.
    Other(Got),
}

/// Where a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// In the reader's source or in the buffer.
    pub place: Place,
    /// Its first byte.
    pub start: u32,
    /// Its length.
    pub length: u32,
}

/// What holds a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// What was read.
    Source,
    /// [`Checked::buffer`].
    Buffer,
}

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where: `user.name`, `items[1].id`; empty for the value itself.
    pub field: String,
    /// What is wrong, for people.
    pub message: String,
    /// What is wrong, for programs.
    pub kind: &'static str,
}

/// A value laid out by its schema.
#[derive(Debug)]
pub struct Checked {
    /// The value itself.
    pub root: Value,
    /// What is wrong with it.
    pub problems: Vec<Problem>,
    /// Texts that do not stand in the source as they are.
    pub buffer: Vec<u8>,
    /// Where values of any kind stand in the source, by their numbers, if it is a text.
    pub spans: Vec<(u32, u32)>,
    /// Defaults of any kind.
    pub constants: Vec<Constant>,
    slots: Vec<Value>,
    /// The elements of arrays that have not ended.
    open: Vec<Value>,
    /// The bytes of the problems' texts.
    told: usize,
    account: Account,
}

/// What may be held.
#[derive(Debug)]
struct Account {
    /// So many bytes more.
    room: usize,
    /// The bytes that were needed since the last value.
    taken: usize,
    full: bool,
}

impl Account {
    /// Whether there is room for so many bytes more; once there is none, nothing has any.
    fn takes(&mut self, bytes: usize) -> bool {
        self.full |= bytes > self.room;
        if !self.full {
            self.room -= bytes;
            self.taken += bytes;
        }
        !self.full
    }

    /// Whether a vector has room for so many items more, which it gets if it may.
    #[inline]
    fn grows<T>(&mut self, items: &mut Vec<T>, more: usize) -> bool {
        items.capacity() - items.len() >= more || self.grow(items, more)
    }

    #[cold]
    fn grow<T>(&mut self, items: &mut Vec<T>, more: usize) -> bool {
        let capacity = (items.len() + more).max(items.capacity() * 2);
        let takes = self.takes((capacity - items.capacity()) * size_of::<T>());
        if takes {
            items.reserve_exact(capacity - items.len());
        }
        takes
    }
}

/// Slots and texts are known by numbers of 32 bits.
const MOST_BYTES: usize = u32::MAX as usize;

impl Default for Checked {
    fn default() -> Self {
        Checked {
            root: Value::Absent,
            problems: Vec::new(),
            buffer: Vec::new(),
            spans: Vec::new(),
            constants: Vec::new(),
            slots: Vec::new(),
            open: Vec::new(),
            told: 0,
            account: Account {
                room: MOST_BYTES,
                taken: 0,
                full: false,
            },
        }
    }
}

impl Checked {
    /// Makes room for another value, which may need so many bytes beside those that are kept.
    /// What a large one needed is given back.
    pub fn begin(&mut self, room: usize) {
        self.clear();
        self.account.room = room.min(MOST_BYTES);
    }

    /// Forgets the value.
    pub fn clear(&mut self) {
        self.root = Value::Absent;
        self.problems.clear();
        self.told = 0;
        self.account.taken = 0;
        self.account.full = false;
        self.buffer.clear();
        self.spans.clear();
        self.constants.clear();
        self.slots.clear();
        self.open.clear();
        self.buffer.shrink_to(KEPT_BYTES);
        self.spans.shrink_to(KEPT_SLOTS);
        self.constants.shrink_to(KEPT_SLOTS);
        self.slots.shrink_to(KEPT_SLOTS);
        self.open.shrink_to(KEPT_SLOTS);
    }

    /// Whether a value needed more room than there was. What was laid out is then of no use.
    pub fn is_full(&self) -> bool {
        self.account.full
    }

    /// The bytes that the value needed beside those that are kept.
    pub fn taken(&self) -> usize {
        self.account.taken
    }

    /// Makes an object's slots, which are absent until they are set.
    pub fn object(&mut self, fields: usize) -> u32 {
        let first = self.slots.len();
        if self.account.grows(&mut self.slots, fields) {
            self.slots.resize(first + fields, Value::Absent);
        }
        first as u32
    }

    /// Sets a slot, if there was room for it.
    #[inline]
    pub fn set(&mut self, slot: u32, value: Value) {
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = value;
        }
    }

    /// A slot's value.
    #[inline]
    pub fn slot(&self, slot: u32) -> Value {
        self.slots
            .get(slot as usize)
            .copied()
            .unwrap_or(Value::Absent)
    }

    /// Begins an array; what is given goes to [`Checked::end_array`].
    pub fn begin_array(&mut self) -> usize {
        self.open.len()
    }

    /// Adds an element to the array that began last.
    #[inline]
    pub fn push(&mut self, value: Value) {
        if self.account.grows(&mut self.open, 1) {
            self.open.push(value);
        }
    }

    /// Ends an array; gives its first slot and its length.
    pub fn end_array(&mut self, begin: usize) -> (u32, u32) {
        let (first, length) = (self.slots.len() as u32, (self.open.len() - begin) as u32);
        if self.account.grows(&mut self.slots, length as usize) {
            self.slots.extend_from_slice(&self.open[begin..]);
        }
        self.open.truncate(begin);
        (first, length)
    }

    /// Keeps a text.
    pub fn text(&mut self, text: &[u8]) -> Text {
        let start = self.buffer.len() as u32;
        if self.account.grows(&mut self.buffer, text.len()) {
            self.buffer.extend_from_slice(text);
        }
        Text {
            place: Place::Buffer,
            start,
            length: text.len() as u32,
        }
    }

    /// Keeps where a value of any kind stands; gives its number.
    pub fn span(&mut self, start: usize, end: usize) -> u32 {
        let number = self.spans.len() as u32;
        if self.account.grows(&mut self.spans, 1) {
            self.spans.push((start as u32, end as u32));
        }
        number
    }

    /// A text's bytes.
    pub fn bytes<'a>(&'a self, source: &'a [u8], text: Text) -> &'a [u8] {
        let all = match text.place {
            Place::Source => source,
            Place::Buffer => &self.buffer,
        };
        let (start, length) = (text.start as usize, text.length as usize);
        all.get(start..start + length).unwrap_or_default()
    }

    /// The value at a path of fields, by their numbers; absent where something on the way
    /// is.
    pub fn at(&self, path: &[u8]) -> Value {
        path.iter().fold(self.root, |value, field| match value {
            Value::Object { first } => self.slot(first + u32::from(*field)),
            _ => Value::Absent,
        })
    }

    /// Whether an answer tells of no more problems.
    fn is_told(&self) -> bool {
        self.problems.len() >= MAX_PROBLEMS || self.told >= MAX_TOLD
    }

    /// Lays out a constant.
    pub fn constant(&mut self, schema: &Schema, constant: &Constant) -> Value {
        match (&schema.kind, constant) {
            (Kind::Any, constant) => {
                let number = self.constants.len() as u32;
                if self.account.takes(constant.held_bytes())
                    && self.account.grows(&mut self.constants, 1)
                {
                    self.constants.push(constant.clone());
                }
                Value::Constant(number)
            }
            (_, Constant::Null) => Value::Null,
            (Kind::Boolean, Constant::Boolean(value)) => Value::Boolean(*value),
            (Kind::Number(_) | Kind::Integer(_), Constant::Number(value)) => Value::Number(*value),
            (Kind::String(_), Constant::Text(text)) => Value::Text(self.text(text.as_bytes())),
            (Kind::Array(element, _), Constant::List(items)) => {
                let begin = self.begin_array();
                for item in items.as_ref() {
                    let item = self.constant(element, item);
                    self.push(item);
                }
                let (first, length) = self.end_array(begin);
                Value::Array { first, length }
            }
            (Kind::Object(fields), Constant::Record(values)) => {
                let first = self.object(fields.len());
                let by_name: HashMap<&str, &Constant> = values
                    .iter()
                    .map(|(name, value)| (name.as_ref(), value))
                    .collect();
                for (slot, field) in (first..).zip(fields.as_ref()) {
                    if let Some(value) = by_name.get(field.name.as_ref()) {
                        let value = self.constant(&field.schema, value);
                        self.set(slot, value);
                    }
                }
                Value::Object { first }
            }
            (_, other) => Value::Other(match other {
                Constant::Null => Got::Null,
                Constant::Boolean(_) => Got::Boolean,
                Constant::Number(value) => Got::number(*value),
                Constant::Text(_) => Got::String,
                Constant::List(_) => Got::Array,
                Constant::Record(_) => Got::Object,
            }),
        }
    }

    /// Whether [`Checked::check`] changes nothing and finds nothing, once it has been done.
    pub fn stays(&mut self, schema: &Schema, source: &[u8], patterns: &dyn Patterns) -> bool {
        let before = (self.root, self.slots.clone());
        self.check(schema, source, patterns);
        self.problems.is_empty() && before == (self.root, self.slots.clone())
    }

    /// Applies the rules to what was laid out from `source`. Where there is no room for the
    /// defaults, it is full.
    pub fn check(&mut self, schema: &Schema, source: &[u8], patterns: &dyn Patterns) {
        let check = Check { source, patterns };
        self.root = check.value(self, schema, self.root, &Path::Value);
    }
}

/// Where a value is, from the outside.
enum Path<'p> {
    Value,
    Field(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, u32),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Value => Ok(()),
            Path::Field(Path::Value, name) => f.write_str(name),
            Path::Field(outer, name) => write!(f, "{outer}.{name}"),
            Path::Item(outer, number) => write!(f, "{outer}[{number}]"),
        }
    }
}

struct Check<'a> {
    source: &'a [u8],
    patterns: &'a dyn Patterns,
}

impl Check<'_> {
    /// Checks a value; gives what stands in its place.
    fn value(
        &self,
        checked: &mut Checked,
        schema: &Schema,
        value: Value,
        path: &Path<'_>,
    ) -> Value {
        let absent = match value {
            Value::Absent => true,
            Value::Null if schema.nullable => return value,
            Value::Null => match (path, &schema.kind) {
                (Path::Field(..), _) => true,
                (_, Kind::Any) => return value,
                _ => {
                    report(
                        checked,
                        schema,
                        path,
                        &Fault::Type(schema.kind.article(), Got::Null),
                    );
                    return value;
                }
            },
            _ => false,
        };
        if !absent {
            self.present(checked, schema, value, path);
            return value;
        }
        match &schema.default {
            Some(default) => {
                let parts = default.parts();
                if parts > 1 && !self.patterns.has_time(parts) {
                    return Value::Absent;
                }
                let value = checked.constant(schema, default);
                self.present(checked, schema, value, path);
                return value;
            }
            None if schema.required => report(checked, schema, path, &Fault::Required),
            None => {}
        }
        Value::Absent
    }

    fn present(&self, checked: &mut Checked, schema: &Schema, value: Value, path: &Path<'_>) {
        let wrong = |got| Fault::Type(schema.kind.article(), got);
        match (&schema.kind, value) {
            (_, Value::Other(got)) => report(checked, schema, path, &wrong(got)),
            (Kind::Number(range), Value::Number(value)) => {
                range.check(value, &mut |fault| report(checked, schema, path, &fault));
            }
            (Kind::Integer(_), Value::Number(value)) if !is_integer(value) => {
                report(checked, schema, path, &wrong(Got::Number));
            }
            (Kind::Integer(range), Value::Number(value)) => {
                range.check(value, &mut |fault| report(checked, schema, path, &fault));
            }
            (Kind::String(rules), Value::Text(text)) => {
                // Problems are told after the text is looked at: both are `checked`'s.
                let mut found = Vec::new();
                let told = checked.is_told();
                let bytes = checked.bytes(self.source, text);
                let message = |fault: Fault<'_>| (fault.kind(), fault.message(""));
                rules.check(bytes, self.patterns, &mut |fault| {
                    if !told {
                        found.push(message(fault));
                    }
                });
                for (kind, message) in found {
                    problem(checked, path, kind, message);
                }
            }
            (Kind::Array(element, bounds), Value::Array { first, length }) => {
                bounds.check(length as usize, Unit::Items, &mut |fault| {
                    report(checked, schema, path, &fault);
                });
                for item in 0..length {
                    if item as usize % MANY == MANY - 1 && !self.patterns.has_time(MANY) {
                        return;
                    }
                    if checked.is_full() {
                        return;
                    }
                    let value = checked.slot(first + item);
                    let path = Path::Item(path, item + 1);
                    let value = self.value(checked, element, value, &path);
                    checked.set(first + item, value);
                }
            }
            (Kind::Object(fields), Value::Object { first }) => {
                if fields.len() > MANY && !self.patterns.has_time(fields.len()) {
                    return;
                }
                for (slot, field) in (first..).zip(fields.as_ref()) {
                    let path = Path::Field(path, &field.name);
                    let value = checked.slot(slot);
                    let value = self.value(checked, &field.schema, value, &path);
                    checked.set(slot, value);
                }
            }
            // What a reader lays out has the kind that the schema asks for.
            _ => {}
        }
    }
}

fn report(checked: &mut Checked, schema: &Schema, path: &Path<'_>, fault: &Fault<'_>) {
    if checked.is_told() {
        return;
    }
    let message = match (fault, &schema.message) {
        (Fault::Required, Some(message)) => message.clone().into_owned(),
        _ => fault.message(&path.to_string()),
    };
    problem(checked, path, fault.kind(), message);
}

fn problem(checked: &mut Checked, path: &Path<'_>, kind: &'static str, message: String) {
    if !checked.is_told() {
        let field = path.to_string();
        checked.told += field.len() + message.len();
        checked.problems.push(Problem {
            field,
            message,
            kind,
        });
    }
}
