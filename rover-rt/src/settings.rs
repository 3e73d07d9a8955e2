//! The options in force, and who may change them.

use std::env;
use std::sync::Arc;
use std::thread;

use rover_model::cors::CorsRule;
use rover_model::{
    LEAST_HEARTBEAT, Limits, LogLevel, Network, SecurityHeaders, ServerOptions, StateOptions,
    parse_duration, parse_log_level,
};

use crate::development::Development;
use crate::environment::Environment;
use crate::error::Error;
use crate::program::Options;

/// The options in force: the program's, overridden by flags, by variables of the environment
/// and by who starts it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) workers: usize,
    pub(crate) log_level: LogLevel,
    pub(crate) health: bool,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) cors: Vec<CorsRule>,
    pub(crate) security_headers: SecurityHeaders,
    pub(crate) limits: Limits,
    /// Where the state is that all workers have in common; nothing where the program cannot wait for it.
    pub(crate) state: Option<StateOptions>,
    /// What the program sees beside the variables of the process.
    pub(crate) environment: Environment,
    /// What a person at work is shown.
    pub(crate) development: Option<Arc<dyn Development>>,
    /// What is set by others than the program.
    overridden: Overridden,
}

#[derive(Clone, Copy, Debug, Default)]
struct Overridden {
    address: Address,
    workers: bool,
    log_level: bool,
    drain: bool,
    max_connections: bool,
    heartbeat: bool,
    state: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Address {
    host: bool,
    port: bool,
}

impl Settings {
    pub(crate) fn new(options: &Options) -> Self {
        Settings {
            host: options.host.to_string(),
            port: options.port,
            workers: workers(options.workers),
            log_level: options.log_level,
            health: options.health,
            trusted_proxies: options.trusted_proxies.to_vec(),
            cors: options.cors.to_vec(),
            security_headers: options.security_headers.clone(),
            limits: options.limits,
            state: options.state.clone(),
            environment: Environment::default(),
            development: None,
            overridden: Overridden::default(),
        }
    }

    /// Takes what the program gives at the start, where nobody else says otherwise.
    pub(crate) fn take(&mut self, options: ServerOptions) {
        let overridden = self.overridden;
        let ServerOptions {
            host,
            port,
            log_level,
            health,
            trusted_proxies,
            cors,
            security_headers,
            mut limits,
            state,
            ..
        } = options;
        if overridden.drain {
            limits.drain = self.limits.drain;
        }
        if overridden.max_connections {
            limits.max_connections = self.limits.max_connections;
        }
        if overridden.heartbeat {
            limits.heartbeat = self.limits.heartbeat;
        }
        if self.state.is_some() {
            let mut state = state.unwrap_or(StateOptions::MEMORY);
            if let (true, Some(own)) = (overridden.state, self.state.take()) {
                state.url = own.url;
            }
            self.state = Some(state);
        }
        if !overridden.address.host {
            self.host = host;
        }
        if !overridden.address.port {
            self.port = port;
        }
        if !overridden.workers {
            self.workers = workers(options.workers);
        }
        if !overridden.log_level {
            self.log_level = log_level;
        }
        (self.health, self.limits) = (health, limits);
        self.trusted_proxies = trusted_proxies;
        (self.cors, self.security_headers) = (cors, security_headers);
    }

    pub(crate) fn set_address(&mut self, host: &str, port: u16) {
        host.clone_into(&mut self.host);
        self.port = port;
        self.overridden.address = Address {
            host: true,
            port: true,
        };
    }

    pub(crate) fn set_workers(&mut self, count: usize) {
        self.workers = count.max(1);
        self.overridden.workers = true;
    }

    pub(crate) fn set_log_level(&mut self, level: LogLevel) {
        self.log_level = level;
        self.overridden.log_level = true;
    }

    /// Takes what variables of the environment say.
    pub(crate) fn read_environment(&mut self) -> Result<(), Error> {
        const NAMES: [&str; 8] = [
            "ROVER_HOST",
            "ROVER_PORT",
            "ROVER_WORKERS",
            "ROVER_LOG",
            "ROVER_DRAIN",
            "ROVER_MAX_CONNECTIONS",
            "ROVER_HEARTBEAT",
            "ROVER_STATE",
        ];
        for name in NAMES {
            let Some(value) = env::var_os(name) else {
                continue;
            };
            let Some(value) = value.to_str() else {
                return Err(Error::Setting {
                    name,
                    reason: "not UTF-8".to_owned(),
                });
            };
            self.set(name, value)?;
        }
        Ok(())
    }

    /// Sets where the state is: an address, or `memory`.
    pub(crate) fn set_state(&mut self, address: &str) -> Result<(), String> {
        let Some(state) = self.state.take() else {
            let reason = "the program has no option `state`, so that its handlers cannot wait for a server: \
                          write `rover.server { state = \"memory\" }`, and build it anew";
            return Err(reason.to_owned());
        };
        let state = state.at(address).map_err(|wrong| wrong.to_string())?;
        self.state = Some(state);
        self.overridden.state = true;
        Ok(())
    }

    /// Sets what a flag or variable names.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) -> Result<(), Error> {
        let wrong = |reason: String| Error::Setting { name, reason };
        match name {
            "--host" | "ROVER_HOST" if value.is_empty() => {
                return Err(wrong("a host name or address is needed".to_owned()));
            }
            "--host" | "ROVER_HOST" => {
                self.host = value.to_owned();
                self.overridden.address.host = true;
            }
            "--port" | "ROVER_PORT" => {
                self.overridden.address.port = true;
                self.port = value
                    .parse()
                    .map_err(|_| wrong(format!("`{value}` is not a port: use 0 to 65535")))?;
            }
            "--workers" | "ROVER_WORKERS" => {
                let count = match value.parse() {
                    Ok(n @ 1..=1024) => n,
                    _ => {
                        return Err(wrong(format!(
                            "`{value}` is not a number of workers: use 1 to 1024"
                        )));
                    }
                };
                self.set_workers(count);
            }
            "--drain" | "ROVER_DRAIN" => {
                let millis = parse_duration(value).map_err(|e| wrong(e.to_string()))?;
                self.limits.drain = millis.into();
                self.overridden.drain = true;
            }
            "--heartbeat" | "ROVER_HEARTBEAT" => {
                let millis = parse_duration(value)
                    .map_err(|e| wrong(e.to_string()))?
                    .into();
                if (1..LEAST_HEARTBEAT).contains(&millis) {
                    return Err(wrong(format!(
                        "`{value}` is too short: use 0 or at least 1s"
                    )));
                }
                self.limits.heartbeat = millis;
                self.overridden.heartbeat = true;
            }
            "--max-connections" | "ROVER_MAX_CONNECTIONS" => {
                self.overridden.max_connections = true;
                self.limits.max_connections = match value.parse() {
                    Ok(n @ 0..=10_000_000) => n,
                    _ => {
                        return Err(wrong(format!(
                            "`{value}` is not a number of connections: use 0 to 10000000"
                        )));
                    }
                };
            }
            "ROVER_STATE" => self.set_state(value).map_err(wrong)?,
            _ => {
                let level = parse_log_level(value).map_err(|e| wrong(e.to_string()))?;
                self.set_log_level(level);
            }
        }
        Ok(())
    }
}

/// A number of workers, of which 0 is one per core.
fn workers(count: usize) -> usize {
    match count {
        0 => thread::available_parallelism().map_or(1, usize::from),
        count => count,
    }
}
