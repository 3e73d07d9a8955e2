//! The fields of an option that is a table.

use std::borrow::Cow;

use crate::OptionValue;

/// A field of an option's table that is not one that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongField {
    /// Its name.
    pub field: String,
    /// Where in its list the item stands that is meant, from 0 on.
    pub at: Option<usize>,
    /// What is wrong.
    pub problem: FieldProblem,
}

/// What can be wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldProblem {
    /// There is none of this name, but these.
    Unknown(Vec<&'static str>),
    /// It is not there, and needed; what to write.
    Missing(String),
    /// Its value is another than it takes.
    Value {
        /// What is wrong.
        problem: String,
        /// What to write instead.
        help: String,
    },
}

impl FieldProblem {
    pub(crate) fn value(problem: impl Into<String>, help: impl Into<String>) -> Self {
        FieldProblem::Value {
            problem: problem.into(),
            help: help.into(),
        }
    }
}

/// Reads a table's fields, and keeps what is wrong with them.
pub(crate) struct Fields<'a> {
    fields: &'a [(String, OptionValue)],
    wrong: Vec<WrongField>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(fields: &'a [(String, OptionValue)], known: &[&'static str]) -> Self {
        let names = fields.iter().map(|(name, _)| name);
        let unknown = names.filter(|name| !known.contains(&name.as_str()));
        let wrong = unknown.map(|name| WrongField {
            field: name.clone(),
            at: None,
            problem: FieldProblem::Unknown(known.to_vec()),
        });
        Fields {
            fields,
            wrong: wrong.collect(),
        }
    }

    pub(crate) fn value(&self, name: &str) -> Option<&'a OptionValue> {
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| known == name)
            .map(|(_, value)| value)
    }

    /// Where a text stands in a list.
    pub(crate) fn place(&self, name: &str, text: &str) -> Option<usize> {
        let OptionValue::List(items) = self.value(name)? else {
            return None;
        };
        let is_text = |item: &OptionValue| matches!(item, OptionValue::Text(item) if item == text);
        items.iter().position(is_text)
    }

    pub(crate) fn wrong(&mut self, field: &str, at: Option<usize>, problem: FieldProblem) {
        self.wrong.push(WrongField {
            field: field.to_owned(),
            at,
            problem,
        });
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Option<bool> {
        match self.value(name)? {
            OptionValue::Boolean(value) => Some(*value),
            _ => {
                let problem =
                    FieldProblem::value("must be true or false", format!("write `{name} = true`"));
                self.wrong(name, None, problem);
                None
            }
        }
    }

    /// A list, each item read by itself.
    pub(crate) fn list<T: Clone>(
        &mut self,
        name: &str,
        read: impl Fn(&OptionValue) -> Result<T, FieldProblem>,
    ) -> Option<Cow<'static, [T]>> {
        match self.value(name)? {
            OptionValue::List(items) => Some(self.items(name, items, read)),
            OptionValue::Table(none) if none.is_empty() => Some(Cow::default()),
            _ => {
                let problem = FieldProblem::value(
                    "must be a list of texts",
                    format!("write `{name} = {{ \"...\", \"...\" }}`"),
                );
                self.wrong(name, None, problem);
                None
            }
        }
    }

    pub(crate) fn items<T: Clone>(
        &mut self,
        name: &str,
        items: &[OptionValue],
        read: impl Fn(&OptionValue) -> Result<T, FieldProblem>,
    ) -> Cow<'static, [T]> {
        let mut found = Vec::new();
        for (at, item) in items.iter().enumerate() {
            match read(item) {
                Ok(item) => found.push(item),
                Err(problem) => self.wrong(name, Some(at), problem),
            }
        }
        found.into()
    }

    pub(crate) fn finish<T>(self, read: T) -> Result<T, Vec<WrongField>> {
        match self.wrong.is_empty() {
            true => Ok(read),
            false => Err(self.wrong),
        }
    }
}
