use std::fmt;

/// How much the server's log tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum LogLevel {
    /// Everything.
    Debug,
    /// Requests and what is worth knowing.
    Info,
    /// What may need attention.
    Warn,
    /// What went wrong.
    Error,
    /// Nothing.
    Off,
}

impl LogLevel {
    /// The level's name as options and log lines spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            LogLevel::Debug => "debug",
            LogLevel::Info => "info",
            LogLevel::Warn => "warn",
            LogLevel::Error => "error",
            LogLevel::Off => "off",
        }
    }
}

/// An option's value that does not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionError(pub(crate) String);

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OptionError {}

/// Reads a log level. `nope` is an old spelling of `off`.
///
/// # Errors
/// When the text names no level.
pub fn parse_log_level(text: &str) -> Result<LogLevel, OptionError> {
    match text {
        "debug" => Ok(LogLevel::Debug),
        "info" => Ok(LogLevel::Info),
        "warn" => Ok(LogLevel::Warn),
        "error" => Ok(LogLevel::Error),
        "off" | "nope" => Ok(LogLevel::Off),
        other => Err(OptionError(format!(
            "`{other}` is not a log level: use debug, info, warn, error or off"
        ))),
    }
}

/// Reads a size in bytes: digits and an optional unit (`B`, `kB`, `KiB`, `MB`,
/// `MiB`, `GB`, `GiB`), in any case.
///
/// # Errors
/// When the number or the unit is not understood, or the size does not fit 64 bits.
pub fn parse_size(text: &str) -> Result<u64, OptionError> {
    let error = || {
        OptionError(format!(
            "`{text}` is not a size: use bytes or a text such as \"512KiB\" or \"1MiB\""
        ))
    };
    let trimmed = text.trim();
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = trimmed.split_at(digits);
    let number: u64 = number.parse().map_err(|_| error())?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1_000,
        "kib" => 1 << 10,
        "mb" => 1_000_000,
        "mib" => 1 << 20,
        "gb" => 1_000_000_000,
        "gib" => 1 << 30,
        _ => return Err(error()),
    };
    number.checked_mul(factor).ok_or_else(error)
}

/// Reads a time in milliseconds: digits with at most one point and a unit (`ms`, `s`, `m`).
///
/// # Errors
/// When the text is not a time, or more than a day.
pub fn parse_duration(text: &str) -> Result<u32, OptionError> {
    const DAY: f64 = 86_400_000.0;
    let error = || {
        OptionError(format!(
            "`{text}` is not a time: use seconds or a text such as \"250ms\" or \"5s\", up to a day"
        ))
    };
    let trimmed = text.trim();
    let digits = trimmed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &trimmed[digits.len()..] {
        "ms" => 1.0,
        "" | "s" => 1_000.0,
        "m" | "min" => 60_000.0,
        _ => return Err(error()),
    };
    let digits = digits.trim_end();
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = digits.parse().map_err(|_| error())?;
    let millis = (number * factor).ceil();
    match plain && millis <= DAY {
        true => Ok(millis as u32),
        false => Err(error()),
    }
}

/// What a time is after which something is gone.
pub const LIFETIME: &str =
    "a time in seconds, or a text such as \"30s\", \"15m\", \"24h\" or \"7d\"";

/// No time is longer: 100 years.
const LONGEST: f64 = 100.0 * 365.25 * 86_400_000.0;

/// A time in milliseconds, of seconds; none for what is no time. It is at least a millisecond.
pub fn lifetime_of_seconds(seconds: f64) -> Option<u64> {
    let milliseconds = (seconds * 1000.0).ceil();
    (seconds > 0.0 && milliseconds <= LONGEST).then_some(milliseconds as u64)
}

/// Reads a time: digits with at most one point, and a unit (`ms`, `s`, `m`, `h`, `d`).
pub fn parse_lifetime(text: &str) -> Option<u64> {
    let trimmed = text.trim();
    let digits = trimmed.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match &trimmed[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    let digits = digits.trim_end();
    let plain = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = digits.parse().ok().filter(|_| plain)?;
    lifetime_of_seconds(number * seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("250ms"), Ok(250));
        assert_eq!(parse_duration("1.5 s"), Ok(1500));
        assert_eq!(parse_duration("2"), Ok(2000));
        assert_eq!(parse_duration("0"), Ok(0));
        assert_eq!(parse_duration("0.0001s"), Ok(1));
        for bad in ["", "s", "-1s", "1h", "1e3", "inf", "2 days", "100000"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(parse_size("1MiB"), Ok(1 << 20));
        assert_eq!(parse_size("10 kb"), Ok(10_000));
        assert_eq!(parse_size("17"), Ok(17));
        for bad in ["", "MiB", "1XB", "-1", "99999999999GiB", "1.5MiB"] {
            assert!(parse_size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_read() {
        assert_eq!(parse_lifetime("250ms"), Some(250));
        assert_eq!(parse_lifetime("1.5h"), Some(5_400_000));
        assert_eq!(parse_lifetime("7d"), Some(604_800_000));
        assert_eq!(lifetime_of_seconds(0.0001), Some(1));
        for wrong in ["", "0", "-1s", "1w", "1e3s", "d", "40000d"] {
            assert_eq!(parse_lifetime(wrong), None, "{wrong}");
        }
        for wrong in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(lifetime_of_seconds(wrong), None, "{wrong}");
        }
    }
}
