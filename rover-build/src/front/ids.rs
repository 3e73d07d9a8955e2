//! Which file, which function, which variable: each by an id of its own type, so that none is
//! taken for another.

use std::marker::PhantomData;
use std::ops::{Deref, Index, IndexMut};

/// A range of bytes in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A file of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FileId(usize);

/// A template in a file of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TemplateId(usize);

/// A variable of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct VarId(usize);

/// A function of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FunctionId(usize);

impl FileId {
    /// The manifest.
    pub(crate) const MANIFEST: FileId = FileId(0);
}

impl FunctionId {
    /// The file itself.
    pub(crate) const CHUNK: FunctionId = FunctionId(0);
}

/// A variable of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct VarRef {
    pub(crate) file: FileId,
    pub(crate) id: VarId,
}

/// A function of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FunctionRef {
    pub(crate) file: FileId,
    pub(crate) id: FunctionId,
}

/// A place in the program's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TextRange {
    pub(crate) file: FileId,
    pub(crate) span: Span,
}

impl FileId {
    pub(crate) fn var(self, id: VarId) -> VarRef {
        VarRef { file: self, id }
    }

    pub(crate) fn function(self, id: FunctionId) -> FunctionRef {
        FunctionRef { file: self, id }
    }

    pub(crate) fn range(self, span: Span) -> TextRange {
        TextRange { file: self, span }
    }

    /// The empty range at a byte.
    pub(crate) fn at(self, byte: usize) -> TextRange {
        self.range(Span {
            start: byte,
            end: byte,
        })
    }
}

/// What stands for something by its number.
pub(crate) trait Id: Copy {
    fn from_index(index: usize) -> Self;
    fn index(self) -> usize;
}

macro_rules! ids {
    ($($id:ident)*) => {
        $(impl Id for $id {
            fn from_index(index: usize) -> Self {
                $id(index)
            }

            fn index(self) -> usize {
                self.0
            }
        })*
    };
}

ids!(FileId TemplateId VarId FunctionId);

/// A row for each id.
#[derive(Clone, Debug)]
pub(crate) struct ById<I, T> {
    rows: Vec<T>,
    ids: PhantomData<I>,
}

impl<I: Id, T> ById<I, T> {
    /// The id of the next row.
    pub(crate) fn next(&self) -> I {
        I::from_index(self.rows.len())
    }

    /// The ids of the rows that are next.
    pub(crate) fn following(&self, count: usize) -> impl Iterator<Item = I> + use<I, T> {
        let next = self.rows.len();
        (next..next + count).map(I::from_index)
    }

    pub(crate) fn push(&mut self, row: T) -> I {
        let id = self.next();
        self.rows.push(row);
        id
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = I> + use<I, T> {
        (0..self.rows.len()).map(I::from_index)
    }

    /// The rows with their ids.
    pub(crate) fn numbered(&self) -> impl Iterator<Item = (I, &T)> {
        self.ids().zip(&self.rows)
    }

    /// The id of the first row that is right.
    pub(crate) fn find_id(&self, right: impl FnMut(&T) -> bool) -> Option<I> {
        self.rows.iter().position(right).map(I::from_index)
    }

    pub(crate) fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.rows.iter_mut()
    }
}

impl<I, T> Default for ById<I, T> {
    fn default() -> Self {
        ById {
            rows: Vec::new(),
            ids: PhantomData,
        }
    }
}

impl<I, T> Deref for ById<I, T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<I: Id, T> Index<I> for ById<I, T> {
    type Output = T;

    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for ById<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}

impl<I, T> FromIterator<T> for ById<I, T> {
    fn from_iter<R: IntoIterator<Item = T>>(rows: R) -> Self {
        ById {
            rows: rows.into_iter().collect(),
            ids: PhantomData,
        }
    }
}

impl<I, T> IntoIterator for ById<I, T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

impl<'t, I, T> IntoIterator for &'t ById<I, T> {
    type Item = &'t T;
    type IntoIter = std::slice::Iter<'t, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}
