//! What a store holds: what JSON can hold, with numbers and texts exact.

/// A value in a store.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(Vec<u8>),
    /// An array or an object, as the VMs write them (`vm/stores/encoded.rs`).
    Table(Vec<u8>),
}

/// The same, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ValueRef<'a> {
    Null,
    Boolean(bool),
    Number(f64),
    Text(&'a [u8]),
    Table(&'a [u8]),
}

/// A vector is kept for a shorter value, unless more than so many bytes of it would be unused.
const UNUSED: usize = 64;

impl Value {
    #[inline]
    pub(crate) fn borrowed(&self) -> ValueRef<'_> {
        match self {
            Value::Null => ValueRef::Null,
            Value::Boolean(value) => ValueRef::Boolean(*value),
            Value::Number(value) => ValueRef::Number(*value),
            Value::Text(text) => ValueRef::Text(text),
            Value::Table(encoded) => ValueRef::Table(encoded),
        }
    }

    /// Takes another value, in the memory that it has where that fits.
    #[inline]
    pub(crate) fn take(&mut self, value: ValueRef<'_>) {
        match (self, value) {
            (Value::Number(own), ValueRef::Number(new)) => *own = new,
            (Value::Text(own), ValueRef::Text(new)) | (Value::Table(own), ValueRef::Table(new))
                if own.capacity() >= new.len() && own.capacity() - new.len() <= UNUSED =>
            {
                own.clear();
                own.extend_from_slice(new);
            }
            (own, new) => *own = new.owned(),
        }
    }

    /// The bytes that it takes beside its entry.
    #[inline]
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Value::Text(bytes) | Value::Table(bytes) => bytes.capacity(),
            _ => 0,
        }
    }
}

impl ValueRef<'_> {
    pub(crate) fn owned(self) -> Value {
        match self {
            ValueRef::Null => Value::Null,
            ValueRef::Boolean(value) => Value::Boolean(value),
            ValueRef::Number(value) => Value::Number(value),
            ValueRef::Text(text) => Value::Text(text.to_vec()),
            ValueRef::Table(encoded) => Value::Table(encoded.to_vec()),
        }
    }

    /// What a value of it takes at least.
    #[inline]
    pub(crate) fn bytes(self) -> usize {
        match self {
            ValueRef::Text(bytes) | ValueRef::Table(bytes) => bytes.len(),
            _ => 0,
        }
    }

    /// What it is, for messages.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            ValueRef::Null => "null",
            ValueRef::Boolean(_) => "a boolean",
            ValueRef::Number(_) => "a number",
            ValueRef::Text(_) => "a string",
            ValueRef::Table(_) => "a table",
        }
    }
}
