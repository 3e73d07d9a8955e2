//! Why a program does not start, or stops.

use std::any::Any;
use std::fmt;
use std::io;

use rover_model::guard::WrongVariable;
use rover_model::plan::Variable;

/// Why a program did not start or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {reason}")]
    Bind {
        /// Host and port as given.
        address: String,
        /// What the system said.
        reason: String,
    },
    /// An option, flag or environment variable has a value that does not parse.
    #[error("{name}: {reason}")]
    Setting {
        /// The flag or variable.
        name: &'static str,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// The command line was not understood.
    #[error("{0} (see --help)")]
    Usage(String),
    /// The Lua program failed while it loaded.
    #[error("the program failed to load: {0}")]
    Load(String),
    /// The program's routes are not those it had when it was compiled.
    #[error("the routes differ from those at build: {0}")]
    Routes(String),
    /// An option of the manifest has another value than in the build, and is compiled in; or it
    /// takes no such value.
    #[error("the options of rover.server: {0}")]
    Option(String),
    /// Variables of the environment are not as `rover.env { ... }` says.
    #[error("{0}")]
    Environment(WrongVariables),
    /// The server that has the program's state is not there, or refuses.
    #[error("{0}")]
    State(String),
    /// A worker's event loop could not be made, or ended.
    #[error("worker: {0}")]
    Worker(String),
    /// The sockets that the process was started with cannot be used.
    #[error("the sockets passed to this process: {0}")]
    Inherited(String),
    /// A second signal, or the end of the time there was, ended running requests.
    #[error("stopped before every request was finished")]
    Cut,
    /// The operating system refused something else.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a panic said.
pub(crate) fn panic_reason(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no reason known")
}

/// Every variable of the environment that is missing or wrong, where the program declares it, and
/// never what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongVariables(Vec<String>);

impl WrongVariables {
    pub(crate) fn new(known: &[Variable], wrong: &[WrongVariable]) -> Self {
        let mut lines: Vec<String> = Vec::new();
        for wrong in wrong {
            let known = known.iter().find(|known| known.name == *wrong.name);
            let line = match known {
                Some(known) => format!("{wrong} ({})", known.source),
                None => wrong.to_string(),
            };
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        WrongVariables(lines)
    }
}

impl fmt::Display for WrongVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the environment is not as the program needs it:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl Error {
    /// The status that a process ends with: 78, `EX_CONFIG` of sysexits.h, where its environment
    /// must be changed before another start can be of use, and else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Environment(_) => 78,
            _ => 1,
        }
    }
}
