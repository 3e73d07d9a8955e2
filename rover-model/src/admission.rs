//! The options of `rover.rate_limit` and `rover.idempotent`, for the compiler, which refuses wrong ones, and the
//! runtime.

use crate::state::{LIFETIME, lifetime_of_seconds, parse_lifetime};
use crate::{OptionError, OptionValue};

/// What a rate is.
pub const RATE: &str = "a number for a time: \"10/s\", \"100/min\", \"1000/h\" or \"5000/day\"";

/// Nobody is let in more often: so many nanoseconds lie between two.
const SHORTEST: u64 = 1_000;
/// A client may save up no more.
const MOST: u32 = 1_000_000_000;

/// How many requests are let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many ...
    pub count: u32,
    /// ... in so many seconds.
    pub window: u32,
}

impl Rate {
    /// Nanoseconds from one request to the next, at the rate.
    pub const fn interval(self) -> u64 {
        (self.window as u64 * 1_000_000_000).div_ceil(self.count as u64)
    }
}

/// Reads a rate: a number, a slash and a unit of time.
pub fn parse_rate(text: &str) -> Option<Rate> {
    let (count, unit) = text.split_once('/')?;
    let (count, unit) = (count.trim(), unit.trim());
    let window = match unit {
        "s" | "sec" | "second" => 1,
        "min" | "minute" => 60,
        "h" | "hour" => 3_600,
        "d" | "day" => 86_400,
        _ => return None,
    };
    let digits = !count.is_empty() && count.bytes().all(|b| b.is_ascii_digit());
    let count = count.parse().ok().filter(|count| digits && *count > 0)?;
    let rate = Rate { count, window };
    (rate.interval() >= SHORTEST).then_some(rate)
}

/// The options of `rover.rate_limit`, but for `by`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many requests are let in.
    pub rate: Rate,
    /// How many may come at once.
    pub burst: u32,
    /// What it is called: limits of one name count together.
    pub name: Option<String>,
    /// The rate as it is written.
    pub written: String,
    /// Whether requests are let in while the server that counts them does not answer.
    pub is_open: bool,
}

impl RateLimit {
    /// The options that it takes.
    pub const NAMES: [&'static str; 5] = ["rate", "burst", "by", "name", "on_error"];

    /// The options that a program gives, by their names, without `by`.
    ///
    /// # Errors
    /// When one is unknown or missing, or has a value that it does not take.
    pub fn read(given: &[(String, OptionValue)]) -> Result<Self, OptionError> {
        known(given, &Self::NAMES)?;
        let option = |name: &str| option(given, name);
        let wrong_rate = || OptionError(format!("`rate` must be {RATE}"));
        let (rate, written) = match option("rate") {
            Some(OptionValue::Text(text)) => {
                (parse_rate(text).ok_or_else(wrong_rate)?, text.clone())
            }
            _ => return Err(wrong_rate()),
        };
        let burst = match option("burst") {
            None => rate.count.min(MOST),
            Some(OptionValue::Number(burst))
                if burst.fract() == 0.0 && (1.0..=f64::from(MOST)).contains(burst) =>
            {
                *burst as u32
            }
            Some(_) => {
                let message = format!("`burst` must be a whole number from 1 to {MOST}");
                return Err(OptionError(message));
            }
        };
        let name = match option("name") {
            None => None,
            Some(OptionValue::Text(name)) if is_name(name) => Some(name.clone()),
            Some(_) => {
                let message =
                    "`name` must be a short text of letters, digits, `-`, `_`, `.` and spaces";
                return Err(OptionError(message.to_owned()));
            }
        };
        let is_open = match option("on_error") {
            None => true,
            Some(OptionValue::Text(text)) if text == "allow" => true,
            Some(OptionValue::Text(text)) if text == "refuse" => false,
            Some(_) => {
                let message = "`on_error` must be \"allow\" or \"refuse\"";
                return Err(OptionError(message.to_owned()));
            }
        };
        Ok(RateLimit {
            rate,
            burst,
            name,
            is_open,
            written: written.split_whitespace().collect(),
        })
    }

    /// What clients are told that it is called.
    pub fn shown(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.written)
    }
}

/// Clients are told it, in quotes.
fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_. /".contains(&b);
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}

/// The options of `rover.idempotent`, but for `by`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// Milliseconds for which an answer is kept.
    pub ttl: u64,
    /// A request without a key is refused.
    pub required: bool,
}

impl Default for Idempotency {
    fn default() -> Self {
        Idempotency {
            ttl: 86_400_000,
            required: false,
        }
    }
}

impl Idempotency {
    /// The options that it takes.
    pub const NAMES: [&'static str; 3] = ["ttl", "required", "by"];

    /// The options that a program gives, by their names, without `by`.
    ///
    /// # Errors
    /// When one is unknown, or has a value that it does not take.
    pub fn read(given: &[(String, OptionValue)]) -> Result<Self, OptionError> {
        known(given, &Self::NAMES)?;
        let mut options = Idempotency::default();
        let ttl = match option(given, "ttl") {
            None => Some(options.ttl),
            Some(OptionValue::Number(seconds)) => lifetime_of_seconds(*seconds),
            Some(OptionValue::Text(text)) => parse_lifetime(text),
            Some(_) => None,
        };
        options.ttl = ttl.ok_or_else(|| OptionError(format!("`ttl` must be {LIFETIME}")))?;
        options.required = match option(given, "required") {
            None => false,
            Some(OptionValue::Boolean(required)) => *required,
            Some(_) => {
                return Err(OptionError("`required` must be true or false".to_owned()));
            }
        };
        Ok(options)
    }
}

fn option<'g>(given: &'g [(String, OptionValue)], name: &str) -> Option<&'g OptionValue> {
    let mut given = given.iter();
    given
        .find(|(known, _)| known == name)
        .map(|(_, value)| value)
}

fn known(given: &[(String, OptionValue)], names: &[&str]) -> Result<(), OptionError> {
    let mut given = given.iter().map(|(name, _)| name.as_str());
    match given.find(|name| !names.contains(name)) {
        None => Ok(()),
        Some(name) => {
            let names = names.join(", ");
            Err(OptionError(format!(
                "unknown option `{name}`: there are {names}"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OptionValue::{Boolean, Number, Text};

    fn limit(given: &[(&str, OptionValue)]) -> Result<RateLimit, String> {
        let given = given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let given: Vec<_> = given.collect();
        RateLimit::read(&given).map_err(|wrong| wrong.to_string())
    }

    #[test]
    fn rates_are_read() {
        let rate = |count, window| Some(Rate { count, window });
        assert_eq!(parse_rate("10/s"), rate(10, 1));
        assert_eq!(parse_rate(" 100 / min "), rate(100, 60));
        assert_eq!(parse_rate("1000/h"), rate(1000, 3600));
        assert_eq!(parse_rate("5000/day"), rate(5000, 86_400));
        assert_eq!(parse_rate("3/s").map(Rate::interval), Some(333_333_334));
        for wrong in [
            "",
            "/",
            "10",
            "10/",
            "/s",
            "0/s",
            "-1/s",
            "1.5/s",
            "10/week",
            "10/m",
            "2000000/s",
            "1e3/s",
        ] {
            assert_eq!(parse_rate(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn options_of_limits_are_read() {
        let rate = ("rate", Text("100 / min".into()));
        let read = limit(std::slice::from_ref(&rate)).expect("is right");
        assert_eq!((read.burst, read.shown()), (100, "100/min"));
        let read = limit(&[
            rate.clone(),
            ("burst", Number(5.0)),
            ("name", Text("login".into())),
        ]);
        let read = read.expect("is right");
        assert_eq!((read.burst, read.shown()), (5, "login"));
        for wrong in [Number(0.0), Number(1.5), Number(f64::NAN), Text("5".into())] {
            let told = limit(&[rate.clone(), ("burst", wrong)]).expect_err("is refused");
            assert!(told.starts_with("`burst` must be"), "{told}");
        }
        let told = limit(&[]).expect_err("is refused");
        assert!(told.contains("\"100/min\""), "{told}");
        let told = limit(&[rate.clone(), ("brust", Number(5.0))]).expect_err("is refused");
        assert!(
            told.ends_with("there are rate, burst, by, name, on_error"),
            "{told}"
        );
        for wrong in ["", "a\"b", "a\r\nb", "\u{e9}"] {
            assert!(limit(&[rate.clone(), ("name", Text(wrong.into()))]).is_err());
        }
    }

    #[test]
    fn options_of_idempotency_are_read() {
        let read = |name: &str, value| Idempotency::read(&[(name.to_owned(), value)]);
        assert_eq!(Idempotency::read(&[]), Ok(Idempotency::default()));
        assert_eq!(
            read("ttl", Text("7d".into())).map(|o| o.ttl),
            Ok(604_800_000)
        );
        assert_eq!(
            read("required", Boolean(true)).map(|o| o.required),
            Ok(true)
        );
        for (name, wrong) in [
            ("ttl", Text("soon".into())),
            ("required", Number(1.0)),
            ("tll", Number(1.0)),
        ] {
            assert!(read(name, wrong).is_err());
        }
    }
}
