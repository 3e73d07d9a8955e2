//! The options of `rover.server`, read from what a manifest gives: in the build, and at every
//! start.

use std::cmp::Ordering::Equal;

use crate::cors::{self, CorsRule};
use crate::elsewhere::StateOptions;
use crate::sessions::SessionOptions;
use crate::{
    Limits, LogLevel, Network, NetworkError, OptionError, SecurityHeaders, Unit, WrongField,
    parse_duration, parse_log_level, parse_size,
};

/// What a manifest gives for an option.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A table with 1, 2 and so on as keys.
    List(Vec<OptionValue>),
    /// Any other table, by its keys as texts.
    Table(Vec<(String, OptionValue)>),
    /// What `rover.db` gave.
    Database,
    /// Anything else.
    Other,
}

impl OptionValue {
    /// So many tables may be inside of each other.
    pub const LEVELS: usize = 3;

    /// What a table is, by its pairs.
    pub fn of_pairs(mut pairs: Vec<(OptionValue, OptionValue)>) -> Self {
        let number = |key: &OptionValue| match key {
            OptionValue::Number(number) => Some(*number),
            _ => None,
        };
        if pairs.iter().all(|(key, _)| number(key).is_some()) {
            pairs.sort_by(|(a, _), (b, _)| number(a).partial_cmp(&number(b)).unwrap_or(Equal));
        }
        let mut keys = pairs.iter().enumerate();
        if !pairs.is_empty() && keys.all(|(at, (key, _))| number(key) == Some(at as f64 + 1.0)) {
            return OptionValue::List(pairs.into_iter().map(|(_, value)| value).collect());
        }
        let named = pairs.into_iter().map(|(key, value)| match key {
            OptionValue::Text(key) => Some((key, value)),
            OptionValue::Number(key) => Some((key.to_string(), value)),
            _ => None,
        });
        match named.collect::<Option<Vec<_>>>() {
            Some(mut fields) => {
                fields.sort_by(|(a, _), (b, _)| a.cmp(b));
                OptionValue::Table(fields)
            }
            None => OptionValue::Other,
        }
    }
}

/// The options of `rover.server`, with defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerOptions {
    /// Where to listen.
    pub host: String,
    /// Port; 0 for any free one.
    pub port: u16,
    /// Workers; 0 for one per core.
    pub workers: usize,
    /// Log level.
    pub log_level: LogLevel,
    /// Whether documentation is served.
    pub docs: bool,
    /// Whether `/healthz` and `/readyz` are served.
    pub health: bool,
    /// The proxies whose word is taken for who asks for what.
    pub trusted_proxies: Vec<Network>,
    /// What pages of other sites may ask, for paths and all below them.
    pub cors: Vec<CorsRule>,
    /// What protects pages.
    pub security_headers: SecurityHeaders,
    /// How clients' data is kept from one request to the next, if it is.
    pub sessions: Option<SessionOptions>,
    /// Where the state is that all workers have in common, if the program says so.
    pub state: Option<StateOptions>,
    /// That data is kept in a database: requests wait for it.
    pub sessions_in_database: bool,
    /// What bounds requests and connections.
    pub limits: Limits,
    /// The largest body for some routes, as `GET /users/{id}`.
    pub body_limits: Vec<(String, u64)>,
    /// Milliseconds of CPU time that a handler has; 0 for any.
    pub deadline: u32,
    /// The same for some routes, as `GET /users/{id}`.
    pub deadlines: Vec<(String, u32)>,
    /// Milliseconds that a handler has, waiting included; 0 for any.
    pub timeout: u32,
    /// The same for some routes, as `GET /users/{id}`.
    pub timeouts: Vec<(String, u32)>,
    /// Functions that run in the background of a worker at one time.
    pub max_background: u32,
    /// The folders that programs may read and write.
    pub files: Vec<String>,
    /// Bytes that a VM may take; 0 for any.
    pub memory_limit: u64,
    /// Whether a write to a global that the program does not declare is an error.
    pub strict_globals: bool,
    /// Title, if given.
    pub title: Option<String>,
    /// Version, if given.
    pub version: Option<String>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        ServerOptions {
            host: "127.0.0.1".to_owned(),
            port: 4242,
            workers: 0,
            log_level: LogLevel::Info,
            docs: true,
            health: false,
            trusted_proxies: Vec::new(),
            cors: Vec::new(),
            security_headers: SecurityHeaders::DEFAULT,
            sessions: None,
            state: None,
            sessions_in_database: false,
            limits: Limits::DEFAULT,
            body_limits: Vec::new(),
            deadline: 1000,
            deadlines: Vec::new(),
            timeout: 60_000,
            timeouts: Vec::new(),
            max_background: 1000,
            files: Vec::new(),
            memory_limit: 128 << 20,
            strict_globals: false,
            title: None,
            version: None,
        }
    }
}

/// Why an option cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetError {
    /// There is none of this name.
    Unknown,
    /// Its value is not one that it takes.
    Value(OptionError),
    /// What is wrong for some routes, by their names.
    Routes(Vec<(String, OptionError)>),
    /// What is wrong in its list.
    Items(Vec<WrongItem>),
    /// What is wrong with fields of its table.
    Fields(Vec<WrongField>),
}

/// An item of an option's list that is not one that it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongItem {
    /// Where it stands, from 0 on.
    pub at: usize,
    /// What is wrong.
    pub problem: String,
    /// What to write instead.
    pub help: String,
}

impl ServerOptions {
    /// Sets an option.
    ///
    /// # Errors
    /// When there is none of that name, or it does not take the value.
    pub fn set(&mut self, name: &str, value: &OptionValue) -> Result<(), SetError> {
        use OptionValue::{Boolean, List, Table, Text};
        let wrong = |rule: &str| {
            Err(SetError::Value(OptionError(format!(
                "`{name}` must be {rule}"
            ))))
        };
        match (name, value) {
            ("host", Text(host)) if !host.is_empty() && !host.contains([' ', '/']) => {
                self.host.clone_from(host);
            }
            ("host", _) => return wrong("an address or a host name"),
            ("port", value) => match whole(value, 65535.0) {
                Some(port) => self.port = port as u16,
                None => return wrong("an integer from 0 to 65535"),
            },
            ("workers", value) => match whole(value, 1024.0) {
                Some(count) if count >= 1.0 => self.workers = count as usize,
                _ => return wrong("an integer from 1 to 1024"),
            },
            ("log_level", Text(level)) => {
                self.log_level = parse_log_level(level).map_err(SetError::Value)?;
            }
            ("log_level", _) => return wrong("debug, info, warn, error or off"),
            ("docs", Boolean(docs)) => self.docs = *docs,
            ("health", Boolean(health)) => self.health = *health,
            ("strict_globals", Boolean(strict)) => self.strict_globals = *strict,
            ("docs" | "health" | "strict_globals", _) => return wrong("true or false"),
            ("body_limits", Table(routes)) => by_route(&mut self.body_limits, routes, size)?,
            ("body_limits", _) => return wrong("a table: { [\"POST /upload\"] = \"20MiB\" }"),
            ("trusted_proxies", List(items)) => self.trusted_proxies = networks(items)?,
            ("trusted_proxies", Table(none)) if none.is_empty() => self.trusted_proxies.clear(),
            ("trusted_proxies", _) => {
                return wrong("a list of addresses and networks: { \"loopback\", \"10.0.0.0/8\" }");
            }
            ("cors", value) => self.set_cors("/", value)?,
            ("security_headers", Boolean(true)) => {
                self.security_headers = SecurityHeaders::DEFAULT;
            }
            ("security_headers", Boolean(false)) => self.security_headers = SecurityHeaders::OFF,
            ("security_headers", Table(fields)) => {
                self.security_headers = SecurityHeaders::read(fields).map_err(SetError::Fields)?;
            }
            ("security_headers", _) => {
                return wrong("true, false or a table: { frame_ancestors = \"none\" }");
            }
            ("sessions", Table(fields)) => {
                self.sessions_in_database = SessionOptions::are_in_database(fields);
                self.sessions = Some(SessionOptions::read(fields).map_err(SetError::Fields)?);
            }
            ("sessions", _) => return wrong("a table: { secret = rover.env.SESSION_SECRET }"),
            ("state", value) => self.state = Some(StateOptions::read(value)?),
            ("memory_limit", value) => self.memory_limit = memory_limit(value)?,
            ("deadline", value) => {
                self.deadline = duration(value).map_err(|error| named(name, &error))?;
            }
            ("deadlines", Table(routes)) => by_route(&mut self.deadlines, routes, duration)?,
            ("deadlines", _) => return wrong("a table: { [\"GET /reports/{id}\"] = \"10s\" }"),
            ("timeout", value) => {
                self.timeout = duration(value).map_err(|error| named(name, &error))?;
            }
            ("timeouts", Table(routes)) => by_route(&mut self.timeouts, routes, duration)?,
            ("timeouts", _) => return wrong("a table: { [\"GET /reports/{id}\"] = \"5m\" }"),
            ("max_background", value) => match whole(value, 1e6) {
                Some(count) => self.max_background = count as u32,
                None => return wrong("an integer from 0 to 1000000"),
            },
            ("files", List(items)) => self.files = folders(items)?,
            ("files", Table(none)) if none.is_empty() => self.files.clear(),
            ("files", _) => return wrong("a list of folders: { \"data\" }"),
            ("title", Text(text)) => self.title = Some(text.clone()),
            ("version", Text(text)) => self.version = Some(text.clone()),
            ("title" | "version", _) => return wrong("a string"),
            (name, value) => return set_limit(&mut self.limits, name, value),
        }
        Ok(())
    }

    /// Sets what pages of other sites may ask below a path, which is written as a route's is.
    ///
    /// # Errors
    /// When it is neither a policy nor `false`.
    pub fn set_cors(&mut self, path: &str, value: &OptionValue) -> Result<(), SetError> {
        let policy = match value {
            OptionValue::Boolean(false) => None,
            OptionValue::Table(fields) => Some(cors::policy(fields).map_err(SetError::Fields)?),
            _ => {
                let rule =
                    "`cors` must be a table, { origins = { \"https://app.example\" } }, or false";
                return Err(SetError::Value(OptionError(rule.to_owned())));
            }
        };
        let path = path.to_owned().into();
        self.cors.push(CorsRule { path, policy });
        Ok(())
    }

    /// The options that are part of the compiled program, as texts: a start cannot change them.
    pub fn compiled_in(&self) -> Vec<(&'static str, String)> {
        let given = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let sizes = self.body_limits.iter();
        let by_route = |times: &[(String, u32)]| {
            let times = times.iter();
            list(times.map(|(route, time)| (route, shown_time(*time))))
        };
        vec![
            ("body_limit", shown_size(self.limits.body_limit)),
            (
                "body_limits",
                list(sizes.map(|(route, size)| (route, shown_size(*size)))),
            ),
            ("deadline", shown_time(self.deadline)),
            ("deadlines", by_route(&self.deadlines)),
            ("docs", self.docs.to_string()),
            ("files", shown_list(self.files.clone())),
            ("max_background", self.max_background.to_string()),
            ("memory_limit", shown_size(self.memory_limit)),
            (
                "sessions.store",
                match self.sessions_in_database {
                    true => "a database".to_owned(),
                    false => "no database".to_owned(),
                },
            ),
            ("strict_globals", self.strict_globals.to_string()),
            ("timeout", shown_time(self.timeout)),
            ("timeouts", by_route(&self.timeouts)),
            ("title", given(&self.title)),
            ("version", given(&self.version)),
        ]
    }
}

fn list<'a>(items: impl Iterator<Item = (&'a String, String)>) -> String {
    let items = items.map(|(route, value)| format!("{route} = {value}"));
    shown_list(items.collect())
}

fn shown_list(items: Vec<String>) -> String {
    match items.is_empty() {
        true => "none".to_owned(),
        false => items.join(", "),
    }
}

fn shown_size(bytes: u64) -> String {
    match bytes {
        size if size > 0 && size % (1 << 20) == 0 => format!("{}MiB", size >> 20),
        size if size > 0 && size % (1 << 10) == 0 => format!("{}KiB", size >> 10),
        size => size.to_string(),
    }
}

fn shown_time(millis: u32) -> String {
    match millis {
        millis if millis % 1000 == 0 => format!("{}s", millis / 1000),
        millis => format!("{millis}ms"),
    }
}

/// An integer, which may be a text: variables of the environment are.
fn whole(value: &OptionValue, max: f64) -> Option<f64> {
    let number = match value {
        OptionValue::Number(number) => *number,
        OptionValue::Text(text) => {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()?
        }
        _ => return None,
    };
    (number.fract() == 0.0 && (0.0..=max).contains(&number)).then_some(number)
}

/// Sets what each route has of its own.
fn by_route<T>(
    set: &mut Vec<(String, T)>,
    routes: &[(String, OptionValue)],
    read: impl Fn(&OptionValue) -> Result<T, OptionError>,
) -> Result<(), SetError> {
    let mut wrong = Vec::new();
    for (route, value) in routes {
        match read(value) {
            Ok(value) => set.push((route.clone(), value)),
            Err(error) => wrong.push((route.clone(), error)),
        }
    }
    match wrong.is_empty() {
        true => Ok(()),
        false => Err(SetError::Routes(wrong)),
    }
}

fn named(name: &str, problem: &OptionError) -> SetError {
    SetError::Value(OptionError(format!("`{name}`: {problem}")))
}

fn set_limit(limits: &mut Limits, name: &str, value: &OptionValue) -> Result<(), SetError> {
    let (unit, limit) = limits.get_mut(name).ok_or(SetError::Unknown)?;
    let named = |problem: OptionError| named(name, &problem);
    *limit = match unit {
        Unit::Bytes => size(value).map_err(named)?,
        Unit::Time => duration(value).map_err(named)?.into(),
        Unit::TimeFrom(least) => match duration(value).map_err(named)?.into() {
            time if time == 0 || time >= least => time,
            _ => {
                let seconds = least as f64 / 1e3;
                let rule = format!("`{name}` must be 0 or at least {seconds} seconds");
                return Err(SetError::Value(OptionError(rule)));
            }
        },
        Unit::Count(most) => match whole(value, most as f64) {
            Some(count) => count as u64,
            None => {
                let rule = format!("`{name}` must be an integer from 0 to {most}");
                return Err(SetError::Value(OptionError(rule)));
            }
        },
    };
    Ok(())
}

/// The networks that a list names.
fn networks(items: &[OptionValue]) -> Result<Vec<Network>, SetError> {
    let (mut networks, mut wrong) = (Vec::new(), Vec::new());
    for (at, item) in items.iter().enumerate() {
        let named = match item {
            OptionValue::Text(text) => Network::parse(text),
            _ => Err(NetworkError::not_a_network("this")),
        };
        match named {
            Ok(named) => networks.extend(named),
            Err(NetworkError { problem, help }) => wrong.push(WrongItem { at, problem, help }),
        }
    }
    match wrong.is_empty() {
        true => Ok(networks),
        false => Err(SetError::Items(wrong)),
    }
}

/// The folders that a list names.
fn folders(items: &[OptionValue]) -> Result<Vec<String>, SetError> {
    let (mut folders, mut wrong) = (Vec::new(), Vec::new());
    for (at, item) in items.iter().enumerate() {
        match item {
            OptionValue::Text(folder) if !folder.is_empty() && !folder.contains('\0') => {
                folders.push(folder.clone());
            }
            _ => wrong.push(WrongItem {
                at,
                problem: "this is not a folder".to_owned(),
                help: "write the name of a folder, such as \"data\" or \"/srv/data\"".to_owned(),
            }),
        }
    }
    match wrong.is_empty() {
        true => Ok(folders),
        false => Err(SetError::Items(wrong)),
    }
}

/// A number of bytes.
fn size(value: &OptionValue) -> Result<u64, OptionError> {
    let size = match value {
        OptionValue::Text(text) => return parse_size(text),
        value => whole(value, 9e15),
    };
    size.map(|size| size as u64).ok_or_else(|| {
        let rule = "a size is a whole number of bytes or a text such as \"1MiB\"";
        OptionError(rule.to_owned())
    })
}

/// The memory of a VM in bytes: no program runs in less than the least.
fn memory_limit(value: &OptionValue) -> Result<u64, SetError> {
    const LEAST: u64 = 16 << 20;
    let problem = match size(value) {
        Ok(size @ (0 | LEAST..)) => return Ok(size),
        Ok(_) => {
            "`memory_limit` must be a size of at least \"16MiB\", or 0 for no limit".to_owned()
        }
        Err(problem) => format!("`memory_limit`: {problem}"),
    };
    Err(SetError::Value(OptionError(problem)))
}

/// A time in milliseconds.
fn duration(value: &OptionValue) -> Result<u32, OptionError> {
    match value {
        OptionValue::Text(text) => parse_duration(text),
        OptionValue::Number(seconds) => parse_duration(&seconds.to_string()),
        _ => {
            let rule = "a time is a number of seconds or a text such as \"250ms\"";
            Err(OptionError(rule.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OptionValue::{self, Boolean, List, Number, Other, Table, Text};

    #[test]
    fn tables_are_lists_or_have_names() {
        let text = |text: &str| Text(text.to_owned());
        let table = |names: &[&str]| {
            let fields = names.iter().map(|name| (name.to_string(), Boolean(true)));
            Table(fields.collect())
        };
        let of_keys = |keys: Vec<OptionValue>| {
            let pairs = keys.into_iter().map(|key| (key, Boolean(true)));
            OptionValue::of_pairs(pairs.collect())
        };
        let pairs = vec![(Number(2.0), text("b")), (Number(1.0), text("a"))];
        assert_eq!(
            OptionValue::of_pairs(pairs),
            List(vec![text("a"), text("b")])
        );
        assert_eq!(of_keys(vec![]), table(&[]));
        assert_eq!(of_keys(vec![text("b"), text("a")]), table(&["a", "b"]));
        assert_eq!(of_keys(vec![Number(1.0), Number(3.0)]), table(&["1", "3"]));
        assert_eq!(of_keys(vec![Number(0.5)]), table(&["0.5"]));
        assert_eq!(of_keys(vec![text("a"), Number(1.0)]), table(&["1", "a"]));
        assert_eq!(of_keys(vec![Number(1.0), Boolean(true)]), Other);
    }
}
