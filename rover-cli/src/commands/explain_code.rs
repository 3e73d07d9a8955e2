//! `rover check --explain R0302`: the page of a code.

use std::io::{self, Write};
use std::process::ExitCode;

use rover_build::Code;

/// For what the command line has wrong, as clap ends it.
const USAGE: u8 = 2;

/// Prints the page. Nobody is left to be told where the output is closed.
pub(crate) fn run(id: &str) -> ExitCode {
    let Some(code) = Code::find(id) else {
        let _ = writeln!(io::stderr(), "{}", unknown(id));
        return ExitCode::from(USAGE);
    };
    let _ = io::stdout().write_all(code.page().as_bytes());
    ExitCode::SUCCESS
}

fn unknown(id: &str) -> String {
    let (first, last) = (Code::all().next(), Code::all().last());
    let known = match (first, last) {
        (Some(first), Some(last)) => {
            format!(": codes are {first} to {last}, as mistakes show them")
        }
        _ => String::new(),
    };
    format!("error: there is no code `{id}`{known}")
}
