//! What is known of the rows that calls of databases give.

use std::collections::HashMap;

use crate::analyse::types::ValueType;
use crate::front::ids::TextRange;

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) value: ValueType,
    /// It is never `NULL`.
    pub(crate) not_null: bool,
    /// The table and its column, where it is one of a table.
    pub(crate) origin: Option<(String, String)>,
}

/// The rows of calls, by where the method's name is written.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    calls: HashMap<TextRange, Call>,
}

#[derive(Debug)]
struct Call {
    method: &'static str,
    /// In the query's order, where that is known.
    columns: Option<Vec<Column>>,
}

impl Rows {
    pub(crate) fn insert(
        &mut self,
        at: TextRange,
        method: &'static str,
        columns: Option<Vec<Column>>,
    ) {
        self.calls.insert(at, Call { method, columns });
    }

    /// What a call gives; nothing where it is none of a database.
    pub(crate) fn given(&self, at: TextRange) -> Option<ValueType> {
        let Call { method, columns } = self.calls.get(&at)?;
        let columns = columns.as_deref();
        Some(match *method {
            "all" => ValueType::Array(Box::new(record(columns))),
            "one" => record(columns).maybe(),
            "value" => match columns.and_then(<[Column]>::first) {
                Some(first) => first.value.clone().maybe(),
                None => ValueType::Any,
            },
            "exec" => ValueType::Object(vec![
                ("rows".to_owned(), ValueType::Integer),
                ("last_id".to_owned(), ValueType::Integer.maybe()),
            ]),
            _ => ValueType::Any,
        })
    }
}

/// A row: all of its columns are in JSON.
fn record(columns: Option<&[Column]>) -> ValueType {
    let mut fields: Vec<(String, ValueType)> = Vec::new();
    for column in columns.into_iter().flatten() {
        let value = match (column.not_null, &column.value) {
            (true, known) if *known != ValueType::Any => known.clone(),
            (_, value) => ValueType::Column(Box::new(value.clone())),
        };
        // Of columns with the same name the last one is shown.
        fields.retain(|(name, _)| *name != column.name);
        fields.push((column.name.clone(), value));
    }
    ValueType::Object(fields)
}
