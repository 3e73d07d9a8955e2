use std::env;
use std::thread;

use rover_model::{LEAST_HEARTBEAT, Limits, LogLevel, parse_duration, parse_log_level};

use crate::error::Error;
use crate::program::Options;

/// The options in force: the program's, overridden by environment and flags.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) workers: usize,
    pub(crate) log_level: LogLevel,
    pub(crate) health: bool,
    pub(crate) limits: Limits,
}

impl Settings {
    pub(crate) fn new(options: &Options) -> Self {
        let workers = match options.workers {
            0 => thread::available_parallelism().map_or(1, usize::from),
            n => n,
        };
        Settings {
            host: options.host.to_owned(),
            port: options.port,
            workers,
            log_level: options.log_level,
            health: options.health,
            limits: options.limits,
        }
    }

    /// Takes what variables of the environment say.
    pub(crate) fn read_environment(&mut self) -> Result<(), Error> {
        const NAMES: [&str; 7] = [
            "ROVER_HOST",
            "ROVER_PORT",
            "ROVER_WORKERS",
            "ROVER_LOG",
            "ROVER_DRAIN",
            "ROVER_MAX_CONNECTIONS",
            "ROVER_HEARTBEAT",
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

    /// Sets what a flag or variable names.
    pub(crate) fn set(&mut self, name: &'static str, value: &str) -> Result<(), Error> {
        let wrong = |reason: String| Error::Setting { name, reason };
        match name {
            "--host" | "ROVER_HOST" if value.is_empty() => {
                return Err(wrong("a host name or address is needed".to_owned()));
            }
            "--host" | "ROVER_HOST" => self.host = value.to_owned(),
            "--port" | "ROVER_PORT" => {
                self.port = value
                    .parse()
                    .map_err(|_| wrong(format!("`{value}` is not a port: use 0 to 65535")))?;
            }
            "--workers" | "ROVER_WORKERS" => {
                self.workers = match value.parse() {
                    Ok(n @ 1..=1024) => n,
                    _ => {
                        return Err(wrong(format!(
                            "`{value}` is not a number of workers: use 1 to 1024"
                        )));
                    }
                };
            }
            "--drain" | "ROVER_DRAIN" => {
                let millis = parse_duration(value).map_err(|e| wrong(e.to_string()))?;
                self.limits.drain = millis.into();
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
            }
            "--max-connections" | "ROVER_MAX_CONNECTIONS" => {
                self.limits.max_connections = match value.parse() {
                    Ok(n @ 0..=10_000_000) => n,
                    _ => {
                        return Err(wrong(format!(
                            "`{value}` is not a number of connections: use 0 to 10000000"
                        )));
                    }
                };
            }
            _ => self.log_level = parse_log_level(value).map_err(|e| wrong(e.to_string()))?,
        }
        Ok(())
    }
}
