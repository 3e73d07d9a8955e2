//! A function of the program, as errors and the model name it.

use crate::front::ids::FunctionRef;

/// A function that the VM showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionPlace {
    /// The file, relative to the manifest's folder.
    pub file: String,
    /// The line with its `function`.
    pub line: usize,
    /// The line with its `end`.
    pub last_line: usize,
    /// The function itself, where the program's text has it.
    pub(crate) written: Option<FunctionRef>,
}
