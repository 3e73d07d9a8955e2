//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Write a server in Lua, see it run, ship one file.
#[derive(Debug, Parser)]
#[command(name = "rover", version, about, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve a program, and serve it anew whenever its files change
    Dev(Dev),
    /// Tell every mistake in a program's files
    Check(Check),
}

/// Where a program begins.
#[derive(Debug, Args)]
pub(crate) struct Manifest {
    /// The manifest, or the folder that holds `routes.lua`
    #[arg(default_value = ".")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Dev {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
    /// TCP port; 0 for any free one. Without it, the manifest's
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Open the program's address in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
    /// Print the mistakes as JSON on standard output, for editors
    #[arg(long)]
    pub(crate) json: bool,
    /// Explain a code that a mistake is told with, such as R0302, with examples
    #[arg(long, value_name = "CODE", conflicts_with_all = ["file", "json"])]
    pub(crate) explain: Option<String>,
}
