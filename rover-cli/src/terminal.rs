//! What is told in the terminal: lines with colours, where it has colours.

use std::io::Write;

use anstyle::{AnsiColor, Style};

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Good,
    Warning,
    Bad,
}

impl Tone {
    pub(crate) fn style(self) -> Style {
        match self {
            Tone::Plain => Style::new(),
            Tone::Good => AnsiColor::Green.on_default().bold(),
            Tone::Warning => AnsiColor::Yellow.on_default(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
        }
    }
}

/// Tells a line. Nobody is left to be told where standard error is closed.
pub(crate) fn say(tone: Tone, text: &str) {
    let style = tone.style();
    let name = AnsiColor::BrightBlack.on_default();
    print(&format!("{name}rover{name:#} {style}{text}{style:#}"));
}

/// Prints a text of lines as it is.
pub(crate) fn print(text: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}
