//! Rows as they come from a database: their values in one buffer, until they become Lua's or JSON.

use std::sync::Arc;

use rover_model::json::write::string;

/// Integers up to this a number of Lua's holds exactly; others are texts.
pub(crate) const EXACT: u64 = 1 << 53;

/// The columns of a result. The same statement gives the same ones each time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) names: Box<[Box<str>]>,
    /// The names as JSON writes them: `"name":`.
    pub(crate) keys: Box<[Box<[u8]>]>,
    /// The columns that a row shows: of those with the same name the last one.
    pub(crate) shown: Box<[usize]>,
}

impl Columns {
    pub(crate) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let names: Box<[Box<str>]> = names.map(Into::into).collect();
        let keys = names.iter().map(|name| {
            let mut key = Vec::new();
            string(name.as_bytes(), &mut key);
            key.push(b':');
            key.into()
        });
        let is_last = |at: &usize| !names[at + 1..].contains(&names[*at]);
        Columns {
            keys: keys.collect(),
            shown: (0..names.len()).filter(is_last).collect(),
            names,
        }
    }
}

/// A value, whose bytes are in the rows' buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    Null,
    Boolean(bool),
    Integer(i64),
    Real(f64),
    /// A text or bytes: where it begins, and its length.
    Text(usize, usize),
    /// A text that stands for a value in JSON.
    Json(usize, usize),
}

/// A result.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) columns: Arc<Columns>,
    cells: Vec<Cell>,
    bytes: Vec<u8>,
    /// Bytes that are left for more.
    room: usize,
    /// How many rows the statement changed.
    pub(crate) changed: u64,
    /// The number of the row that it added last.
    pub(crate) last_id: Option<i64>,
}

/// The rows take more memory than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

impl Rows {
    pub(crate) fn new(columns: Arc<Columns>, room: usize) -> Self {
        Rows {
            columns,
            cells: Vec::new(),
            bytes: Vec::new(),
            room,
            changed: 0,
            last_id: None,
        }
    }

    /// How many rows there are.
    pub(crate) fn count(&self) -> usize {
        match self.columns.names.len() {
            0 => 0,
            columns => self.cells.len() / columns,
        }
    }

    /// How many bytes they take.
    pub(crate) fn size(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>() + self.bytes.capacity()
    }

    /// A row's values.
    pub(crate) fn row(&self, index: usize) -> &[Cell] {
        let columns = self.columns.names.len();
        &self.cells[index * columns..(index + 1) * columns]
    }

    /// The number of a column among a row's values, by its name: of those with the same name the
    /// last one.
    pub(crate) fn column(&self, name: &[u8]) -> Option<usize> {
        let mut names = self.columns.names.iter();
        names.rposition(|known| known.as_bytes() == name)
    }

    /// A value by its number among those of all rows.
    pub(crate) fn cell(&self, number: usize) -> Option<Cell> {
        self.cells.get(number).copied()
    }

    /// About how many bytes so many of the rows take as JSON.
    pub(crate) fn json_bytes(&self, rows: usize) -> usize {
        const NUMBER: usize = 8;
        let keys = self.columns.keys.iter().map(|key| key.len() + NUMBER);
        let row = keys.sum::<usize>() + 2;
        let texts = self.bytes.len() / self.count().max(1);
        rows.saturating_mul(row + texts)
    }

    /// The bytes of a text.
    pub(crate) fn text(&self, start: usize, length: usize) -> &[u8] {
        &self.bytes[start..start + length]
    }

    fn take(&mut self, bytes: usize) -> Result<(), TooLarge> {
        self.room = self.room.checked_sub(bytes).ok_or(TooLarge)?;
        Ok(())
    }

    /// Adds a value that has no bytes.
    pub(crate) fn push(&mut self, cell: Cell) -> Result<(), TooLarge> {
        self.take(size_of::<Cell>())?;
        self.cells.push(cell);
        Ok(())
    }

    /// Adds a text.
    pub(crate) fn push_text(&mut self, text: &[u8]) -> Result<(), TooLarge> {
        self.take(text.len())?;
        let start = self.bytes.len();
        self.bytes.extend_from_slice(text);
        self.push(Cell::Text(start, text.len()))
    }

    /// Adds a value in JSON; where the text is none, the text.
    pub(crate) fn push_json(&mut self, text: &[u8]) -> Result<(), TooLarge> {
        self.push_text(text)?;
        if let Some(Cell::Text(start, length)) = self.cells.last().copied()
            && is_json(text)
        {
            self.cells.pop();
            self.cells.push(Cell::Json(start, length));
        }
        Ok(())
    }
}

fn is_json(text: &[u8]) -> bool {
    let mut reader = rover_model::json::Reader::new(text);
    reader.skip().is_ok() && reader.end().is_ok()
}
