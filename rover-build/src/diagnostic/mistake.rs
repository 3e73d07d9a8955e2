//! What is wrong with a text that Lua refuses.

/// The message of a mistake that is of no usual kind.
pub(crate) const UNKNOWN: &str = "Lua syntax error";

/// A mistake, by bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) at: usize,
    pub(crate) message: String,
    pub(crate) label: String,
    /// Another place, and what stands there.
    pub(crate) also: Option<(usize, String)>,
    pub(crate) help: Option<String>,
    /// What follows cannot be told from what this one causes.
    pub(crate) upsets: bool,
}

impl Mistake {
    pub(crate) fn new(at: usize, message: impl Into<String>, label: impl Into<String>) -> Self {
        Mistake {
            at,
            message: message.into(),
            label: label.into(),
            also: None,
            help: None,
            upsets: false,
        }
    }

    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    pub(crate) fn also(mut self, at: usize, label: impl Into<String>) -> Self {
        self.also = Some((at, label.into()));
        self
    }

    pub(crate) fn upsets(mut self) -> Self {
        self.upsets = true;
        self
    }

    /// Whether the blocks that follow cannot be told from it.
    pub(crate) fn hides_blocks(&self) -> bool {
        self.upsets
    }
}
