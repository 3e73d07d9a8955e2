//! `rover`: write a server in Lua, see it run, ship one file.

mod args;
mod commands;
mod dev;
mod error;
mod manifest;
mod output;
mod source;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use args::Arguments;

/// As compiled programs have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::run(Arguments::parse()) {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to be told where standard error is closed.
            let _ = error.print();
            error.code()
        }
    }
}
