//! The command line of a compiled program.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use lexopt::prelude::{Long, Short};

use crate::error::Error;
#[cfg(unix)]
use crate::files::pool;
use crate::log::{self, Log};
use crate::process::app::App;
#[cfg(unix)]
use crate::process::supervise::is_supervised;
use crate::program::Program;
use crate::resources::Resources;
use crate::vm::Vm;

const FLAGS: &str = "\
Options:
      --host <HOST>        address or name to listen on   [env: ROVER_HOST]
      --port <PORT>        TCP port, 0 for any free one   [env: ROVER_PORT]
      --workers <N>        threads with a VM each         [env: ROVER_WORKERS]
      --log-level <LEVEL>  debug info warn error off      [env: ROVER_LOG]
      --drain <TIME>       for requests after a stop      [env: ROVER_DRAIN]
      --max-connections <N>  open at one time             [env: ROVER_MAX_CONNECTIONS]
      --heartbeat <TIME>   signs of life, supervised      [env: ROVER_HEARTBEAT]
                           where the state is            [env: ROVER_STATE]
      --supervise          keep a server process running, replace it on SIGHUP
      --routes             print the routes and exit
      --openapi            print the OpenAPI document and exit
      --env                print the variables that the program reads and exit
      --check              load the program, then exit
      --migrations         print the databases' migrations and exit
      --migrate            apply the migrations that are missing, then exit
  -h, --help               print this help
  -V, --version            print the version
";

/// For the last bytes of files to be written, at the end of the process.
#[cfg(unix)]
const LAST_WRITES: std::time::Duration = std::time::Duration::from_secs(5);

enum Command {
    Serve,
    #[cfg(unix)]
    Supervise,
    Check,
    #[cfg(feature = "database")]
    Migrate,
    #[cfg(feature = "database")]
    Migrations,
    Routes,
    OpenApi,
    Environment,
    Help,
    Version,
}

/// Runs a program as a command: reads environment and arguments, serves, and turns
/// an error into one line on standard error.
pub fn main(app: App) -> ExitCode {
    log::report_panics();
    let code = match run(app) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            log::say(&format!("error: {error}\n"));
            ExitCode::from(error.exit_code())
        }
    };
    #[cfg(unix)]
    pool::finish(LAST_WRITES);
    log::finish();
    code
}

fn run(mut app: App) -> Result<(), Error> {
    app.settings.read_environment()?;
    let program = app.program;
    match parse(&mut app, std::env::args_os().skip(1))? {
        Command::Serve => app.run(),
        #[cfg(unix)]
        Command::Supervise => match is_supervised() {
            true => app.run(),
            false => app.supervise(),
        },
        Command::Check => {
            load(&app)?;
            print(&format!(
                "{}: {} routes, ok\n",
                program.name,
                program.routes.len()
            ))
        }
        #[cfg(feature = "database")]
        Command::Migrate => {
            let vm = load(&app)?;
            let applied = vm.migrate()?.names;
            let lines = applied.iter().map(|name| format!("{name}: applied\n"));
            match applied.is_empty() {
                true => print("nothing is missing\n"),
                false => print(&lines.collect::<String>()),
            }
        }
        #[cfg(feature = "database")]
        Command::Migrations => {
            let vm = load(&app)?;
            let states = vm.migration_states()?.into_iter();
            let lines = states.map(|(name, state)| format!("{name}: {state}\n"));
            print(&lines.collect::<String>())
        }
        Command::Routes => print(&routes(program)),
        Command::OpenApi => match &program.docs {
            Some(docs) => print(&format!("{}\n", docs.document)),
            None => Err(Error::Usage(
                "--openapi: the program was built with `docs = false`".to_owned(),
            )),
        },
        Command::Environment => print(&environment(program)),
        Command::Help => print(&format!(
            "{} {}\n\nUsage: {} [OPTIONS]\n\n{FLAGS}",
            program.name,
            program.version,
            called(program)
        )),
        Command::Version => print(&format!("{} {}\n", program.name, program.version)),
    }
}

/// The program in a VM, as its workers load it.
fn load(app: &App) -> Result<Vm, Error> {
    let log = Log::new(app.settings.log_level);
    let resources = Resources::with(app.settings.environment.clone());
    Vm::new(app.program, log.into(), Arc::default(), resources.into())
}

/// What the binary is called: by its file, which may have another name than the program.
fn called(program: &Program) -> String {
    let file = std::env::args_os().next().map(PathBuf::from);
    let name = file.as_deref().and_then(Path::file_name);
    name.map_or_else(
        || program.name.to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Prints to standard output; a reader that went away early is no error.
fn print(text: &str) -> Result<(), Error> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn parse(app: &mut App, arguments: impl Iterator<Item = OsString>) -> Result<Command, Error> {
    let usage = |e: lexopt::Error| Error::Usage(e.to_string());
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut command = Command::Serve;
    while let Some(argument) = parser.next().map_err(usage)? {
        let flag = match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("routes") => {
                command = Command::Routes;
                continue;
            }
            Long("openapi") => {
                command = Command::OpenApi;
                continue;
            }
            Long("env") => {
                command = Command::Environment;
                continue;
            }
            #[cfg(feature = "database")]
            Long("migrate") => {
                command = Command::Migrate;
                continue;
            }
            #[cfg(feature = "database")]
            Long("migrations") => {
                command = Command::Migrations;
                continue;
            }
            Long("check") => {
                command = Command::Check;
                continue;
            }
            #[cfg(unix)]
            Long("supervise") => {
                command = Command::Supervise;
                continue;
            }
            Long("drain") => "--drain",
            Long("heartbeat") => "--heartbeat",
            Long("max-connections") => "--max-connections",
            Long("host") => "--host",
            Long("port") => "--port",
            Long("workers") => "--workers",
            Long("log-level") => "--log-level",
            other => return Err(usage(other.unexpected())),
        };
        let value = parser.value().map_err(usage)?;
        app.settings.set(flag, &value.to_string_lossy())?;
    }
    Ok(command)
}

fn routes(program: &Program) -> String {
    let width = program.routes.iter().map(|r| r.pattern.len()).max();
    let width = width.unwrap_or_default();
    program
        .routes
        .iter()
        .map(|r| {
            format!(
                "{:<7} {:<width$}  {}\n",
                r.method.as_str(),
                r.pattern,
                r.source
            )
        })
        .collect()
}

/// A line for each variable of the environment that the program reads.
fn environment(program: &Program) -> String {
    let rows = program.environment.iter().map(|variable| {
        let presence = match (&variable.default, variable.required) {
            (Some(default), _) => format!("default {default}"),
            (None, true) => "required".to_owned(),
            (None, false) => "optional".to_owned(),
        };
        [
            variable.name.to_string(),
            variable.kind.to_string(),
            presence,
            variable.source.to_string(),
            variable.about.to_string(),
        ]
    });
    let rows: Vec<[String; 5]> = rows.collect();
    let width = |column: usize| {
        let lengths = rows.iter().map(|row| row[column].chars().count());
        lengths.max().unwrap_or_default()
    };
    let widths: [usize; 4] = std::array::from_fn(width);
    let line = |row: &[String; 5]| {
        let columns = row.iter().zip(widths);
        let mut line: String = columns
            .map(|(text, width)| format!("{text:<width$}  "))
            .collect();
        line += &row[4];
        format!("{}\n", line.trim_end())
    };
    rows.iter().map(line).collect()
}
