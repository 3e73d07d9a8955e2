//! What is wrong in a template.

/// A mistake in a template, by the byte of its text.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) label: String,
    pub(super) also: Option<(usize, &'static str)>,
    pub(super) help: Option<String>,
}

impl Problem {
    pub(super) fn new(at: usize, message: impl Into<String>, label: impl Into<String>) -> Self {
        Problem {
            at,
            message: message.into(),
            label: label.into(),
            also: None,
            help: None,
        }
    }

    pub(super) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    pub(super) fn also(mut self, at: usize, label: &'static str) -> Self {
        self.also = Some((at, label));
        self
    }
}
