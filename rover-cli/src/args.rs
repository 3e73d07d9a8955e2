//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

const AFTER_HELP: &str = "\
Examples:
  rover new shop                    a crate with a server in Lua
  rover dev                         serve the program in this folder
  rover check                       tell every mistake in it
  rover build hello.lua -o hello    one file that serves it

Exit codes:
  0  done
  1  the program has mistakes, or something could not be done
  2  the command line names what there is not

NO_COLOR=1 turns colours off, CLICOLOR_FORCE=1 on.";

/// Write a server in Lua, see it run, ship one file.
#[derive(Debug, Parser)]
#[command(name = "rover", version, about, propagate_version = true, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a crate with a program, its tests and what an editor needs
    New(New),
    /// Serve a program, and serve it anew whenever its files change
    Dev(Dev),
    /// Tell every mistake in a program's files
    Check(Check),
    /// List the routes
    Routes(Routes),
    /// Print the OpenAPI document
    #[command(
        name = "openapi",
        after_help = "Examples:\n  rover openapi > openapi.json"
    )]
    OpenApi(OpenApi),
    /// Tell what the compiler understood of a route, and what it made of it
    Explain(Explain),
    /// Print what the program is compiled to
    Expand(Expand),
    /// Make one file of a program that serves it, without a crate
    Build(Build),
    /// Print a script by which a shell completes the commands
    Completions(Completions),
}

/// Where a program begins.
#[derive(Debug, Args)]
pub(crate) struct Manifest {
    /// The manifest, or the folder that holds `routes.lua`
    #[arg(default_value = ".")]
    pub(crate) file: PathBuf,
}

/// What crates that are written depend on.
#[derive(Debug, Args)]
pub(crate) struct Rover {
    /// A checkout of Rover to depend on. Without it, the one that this program was built from,
    /// or the version in the registry where there is none
    #[arg(long, value_name = "DIR")]
    pub(crate) rover: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rover new shop
  rover new shop --template api     JSON in several files, with tests
  rover new blog --template site    pages with a form and a style")]
pub(crate) struct New {
    /// The crate's name, or a path that ends with it
    pub(crate) name: PathBuf,
    /// What it begins with
    #[arg(long, value_enum, default_value_t = Template::Minimal)]
    pub(crate) template: Template,
    #[command(flatten)]
    pub(crate) rover: Rover,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Template {
    /// JSON: a library with a `main`, modules and tests
    Api,
    /// Pages: templates of HTML, a form, a style
    Site,
    /// One route and one test
    Minimal,
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
#[command(after_help = "\
Examples:
  rover check
  rover check --json shop/routes.lua

The JSON is a list, a mistake or a warning each:
  {\"severity\": \"error\" or \"warning\", \"code\", \"message\", \"help\",
   \"file\", \"line\", \"column\", \"end_line\", \"end_column\",
   \"labels\": [{\"text\", \"file\", \"line\", ...}]}
Lines and columns count from 1, columns in characters; the end is behind the last one.")]
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

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  rover routes\n  rover routes --json | jq -r '.[].path'")]
pub(crate) struct Routes {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
    /// Print them as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct OpenApi {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rover explain 'GET /users/{id}'
  rover explain users.p_id.get shop/routes.lua
  rover explain /users              every method of the path")]
pub(crate) struct Explain {
    /// `GET /users/{id}`, `/users/{id}`, or as Lua has it: `users.p_id.get`
    pub(crate) route: String,
    #[command(flatten)]
    pub(crate) manifest: Manifest,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rover expand                      the generated Rust
  rover expand --lua                the Lua that becomes bytecode, file by file
  rover expand --lua --form reference")]
pub(crate) struct Expand {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
    /// Print the Lua files as the compiler has rewritten them
    #[arg(long)]
    pub(crate) lua: bool,
    /// Which of the program's forms; without it, as ROVER_REFERENCE says
    #[arg(long, value_enum)]
    pub(crate) form: Option<Form>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Rewritten for what each handler does
    Specialised,
    /// As it is written
    Reference,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rover build hello.lua -o hello
  ./hello --port 8080

It needs cargo and a C compiler. What is built once is kept in the user's cache folder
(ROVER_CACHE names another), so that the next program takes seconds. Where CARGO_TARGET_DIR is
set, cargo builds there.")]
pub(crate) struct Build {
    #[command(flatten)]
    pub(crate) manifest: Manifest,
    /// The file to write; without it, the program's name in this folder
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Build quickly: a program that is larger and slower
    #[arg(long)]
    pub(crate) debug: bool,
    #[command(flatten)]
    pub(crate) rover: Rover,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  rover completions bash > ~/.local/share/bash-completion/completions/rover
  rover completions zsh > ~/.zfunc/_rover
  rover completions fish > ~/.config/fish/completions/rover.fish")]
pub(crate) struct Completions {
    pub(crate) shell: Shell,
}
