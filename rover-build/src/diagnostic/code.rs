//! The code of a kind of mistake: what it is called, and the page that explains it.

use std::fmt;

/// What kind of mistake a diagnostic is of. A code never comes to mean something else.
#[derive(Clone, Copy)]
pub struct Code(&'static Kind);

pub(super) struct Kind {
    pub(super) id: &'static str,
    pub(super) severity: Severity,
    pub(super) title: &'static str,
    pub(super) page: &'static str,
}

/// Whether a program with the mistake compiles, where no option says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It does not.
    Error,
    /// It does.
    Warning,
}

/// A code, its title, and its page in `docs/errors/`, without which it does not compile.
macro_rules! code {
    ($severity:ident, $id:literal, $title:literal) => {
        $crate::diagnostic::code::Code::new(&$crate::diagnostic::code::Kind {
            id: $id,
            severity: $crate::diagnostic::code::Severity::$severity,
            title: $title,
            page: include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../docs/errors/",
                $id,
                ".md"
            )),
        })
    };
}
pub(super) use code;

impl Code {
    pub(super) const fn new(kind: &'static Kind) -> Self {
        Code(kind)
    }

    /// `R0302`
    pub fn id(self) -> &'static str {
        self.0.id
    }

    /// What it is where no option says otherwise: `strict_globals` makes an error of a warning.
    pub fn severity(self) -> Severity {
        self.0.severity
    }

    /// What is wrong, in a few words.
    pub fn title(self) -> &'static str {
        self.0.title
    }

    /// The page that explains it, as Markdown.
    pub fn page(self) -> &'static str {
        self.0.page
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for Code {}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}
