//! Times of five fields, as in crontab(5): minute, hour, day of the month, month, day of the
//! week. They are in UTC.
//!
//! A field is `*`, or a list of numbers, names and ranges with commas between; behind `*` and
//! behind a range may stand a step: `*/15`, `mon-fri`, `1-31/2`. Where neither of the fields of
//! days begins with `*`, a day is right that one of them has; else one that both have.

use std::fmt;

/// When something happens, again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    minutes: Set,
    hours: Set,
    days: Set,
    months: Set,
    weekdays: Set,
    /// A day is right that one of the fields of days has.
    either: bool,
}

/// Why a text is no schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CronError(String);

impl fmt::Display for CronError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CronError {}

/// Numbers up to 63.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Set(u64);

impl Set {
    fn has(self, number: u32) -> bool {
        self.0 >> number & 1 == 1
    }

    /// The first number that is no less than another.
    fn from(self, least: u32) -> Option<u32> {
        (least..64).find(|number| self.has(*number))
    }
}

/// One of the fields.
struct Field {
    name: &'static str,
    first: u32,
    last: u32,
    /// From `first` on.
    names: &'static [&'static str],
}

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        first: 0,
        last: 59,
        names: &[],
    },
    Field {
        name: "hour",
        first: 0,
        last: 23,
        names: &[],
    },
    Field {
        name: "day of the month",
        first: 1,
        last: 31,
        names: &[],
    },
    Field {
        name: "month",
        first: 1,
        last: 12,
        names: &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    },
    Field {
        name: "day of the week",
        first: 0,
        // Sunday is 0 and 7.
        last: 7,
        names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
    },
];

impl Field {
    fn number(&self, text: &str) -> Result<u32, CronError> {
        let lower = text.to_ascii_lowercase();
        if let Some(at) = self.names.iter().position(|name| *name == lower) {
            return Ok(self.first + at as u32);
        }
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        let inside = number.filter(|number| (self.first..=self.last).contains(number));
        inside.ok_or_else(|| {
            let names = match self.names {
                [first, .., last] => format!(", or {first} to {last}"),
                _ => String::new(),
            };
            CronError(format!(
                "`{text}` is no {}: write {} to {}{names}",
                self.name, self.first, self.last
            ))
        })
    }

    fn set(&self, text: &str) -> Result<Set, CronError> {
        let mut set = 0_u64;
        for item in text.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(self.step(item, step)?)),
                None => (item, None),
            };
            let (first, last) = match (range, range.split_once('-')) {
                ("*", _) => (self.first, self.last),
                (_, Some((first, last))) => (self.number(first)?, self.number(last)?),
                (single, None) => {
                    let number = self.number(single)?;
                    if step.is_some() {
                        return Err(CronError(format!(
                            "a step follows `*` or a range: write `{single}-{}/...` for `{item}`",
                            self.last
                        )));
                    }
                    (number, number)
                }
            };
            if first > last {
                return Err(CronError(format!(
                    "the range `{range}` ends before it begins"
                )));
            }
            let numbers = (first..=last).step_by(step.unwrap_or(1));
            numbers.for_each(|number| set |= 1 << number);
        }
        Ok(Set(set))
    }

    fn step(&self, item: &str, step: &str) -> Result<usize, CronError> {
        let digits = !step.is_empty() && step.bytes().all(|b| b.is_ascii_digit());
        let number = digits.then(|| step.parse().ok()).flatten();
        let inside = number.filter(|step| (1..=self.last as usize).contains(step));
        inside.ok_or_else(|| {
            CronError(format!(
                "the step of `{item}` is a number from 1 to {}",
                self.last
            ))
        })
    }
}

impl Schedule {
    /// Reads five fields.
    ///
    /// # Errors
    /// When the text has others, or no day has what it asks for.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(CronError(format!(
                "it has {} fields of 5: minute, hour, day of the month, month, day of the week",
                fields.len()
            )));
        };
        let weekdays = FIELDS[4].set(weekday)?;
        let schedule = Schedule {
            minutes: FIELDS[0].set(minute)?,
            hours: FIELDS[1].set(hour)?,
            days: FIELDS[2].set(day)?,
            months: FIELDS[3].set(month)?,
            weekdays: Set(weekdays.0 | weekdays.0 >> 7),
            either: !day.starts_with('*') && !weekday.starts_with('*'),
        };
        let lengths = (1..=12).map(|month| (month, days_of(2000, month)));
        let mut months = lengths.filter(|(month, _)| schedule.months.has(*month));
        let ever = months.any(|(_, length)| schedule.days.from(1).is_some_and(|d| d <= length));
        if !ever && !schedule.either {
            let why = "no month that it names has such a day";
            return Err(CronError(why.to_owned()));
        }
        Ok(schedule)
    }

    /// The first time behind another, both in Unix seconds.
    pub fn next(&self, after: i64) -> Option<i64> {
        // Leap days fall on the same weekdays again after 400 years.
        const MOST_DAYS: i64 = 146_097 + 366;
        let start = after.checked_div_euclid(60)?.checked_add(1)?;
        let (first_day, minute_of_day) = (start.div_euclid(1440), start.rem_euclid(1440));
        for day in first_day..first_day.checked_add(MOST_DAYS)? {
            if !self.has_day(day) {
                continue;
            }
            let least = if day == first_day { minute_of_day } else { 0 };
            if let Some(minute) = self.minute(least as u32) {
                return (day * 1440 + i64::from(minute)).checked_mul(60);
            }
        }
        None
    }

    /// Whether a day is right, counted from 1970.
    fn has_day(&self, day: i64) -> bool {
        let (_, month, day_of_month) = civil(day);
        if !self.months.has(month) {
            return false;
        }
        // 1 January 1970 was a Thursday.
        let weekday = (day + 4).rem_euclid(7) as u32;
        let right = [self.days.has(day_of_month), self.weekdays.has(weekday)];
        match self.either {
            true => right.contains(&true),
            false => !right.contains(&false),
        }
    }

    /// The first minute of a day that is no less than another.
    fn minute(&self, least: u32) -> Option<u32> {
        let (hour, minute) = (least / 60, least % 60);
        if let (true, Some(minute)) = (self.hours.has(hour), self.minutes.from(minute)) {
            return Some(hour * 60 + minute);
        }
        Some(self.hours.from(hour + 1)? * 60 + self.minutes.from(0)?)
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of(year: i64, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of a day that is counted from 1970.
fn civil(day: i64) -> (i64, u32, u32) {
    // Of 400 years, which begin on 1 March, so that a leap day is the last one.
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Unix seconds of `2026-02-28 12:30`.
    fn at(text: &str) -> i64 {
        let numbers: Vec<i64> = text
            .split(['-', ' ', ':'])
            .map(|part| part.parse().unwrap())
            .collect();
        let [year, month, day, hour, minute] = numbers[..] else {
            panic!("{text}");
        };
        let before = |year: i64| year * 365 + year / 4 - year / 100 + year / 400;
        let mut days = before(year - 1) - before(1969);
        days += (1..month as u32)
            .map(|m| i64::from(days_of(year, m)))
            .sum::<i64>();
        ((days + day - 1) * 24 + hour) * 3600 + minute * 60
    }

    fn shown(time: i64) -> String {
        let (year, month, day) = civil(time.div_euclid(86_400));
        let minute = time.rem_euclid(86_400) / 60;
        assert_eq!(time % 60, 0);
        format!(
            "{year}-{month:02}-{day:02} {:02}:{:02}",
            minute / 60,
            minute % 60
        )
    }

    #[test]
    fn days_are_counted() {
        assert_eq!(at("1970-01-01 00:00"), 0);
        assert_eq!(at("2026-11-29 15:30"), 1_795_966_200);
        for day in [-1, 0, 58, 59, 60, 11_016, 11_017, 47_540, 47_541] {
            let time = shown(day * 86_400);
            assert_eq!(at(&time), day * 86_400, "{time}");
        }
    }

    #[test]
    fn the_next_time() {
        for (schedule, after, next) in [
            ("* * * * *", "2026-11-29 15:30", "2026-11-29 15:31"),
            ("0 3 * * *", "2026-11-29 02:59", "2026-11-29 03:00"),
            ("0 3 * * *", "2026-11-29 03:00", "2026-11-30 03:00"),
            ("*/15 * * * *", "2026-12-31 23:46", "2027-01-01 00:00"),
            (
                "5-59/15 9-17 * * mon-fri",
                "2026-11-28 10:00",
                "2026-11-30 09:05",
            ),
            ("0,30 8,20 * * *", "2026-11-29 08:10", "2026-11-29 08:30"),
            ("0,30 8,20 * * *", "2026-11-29 08:30", "2026-11-29 20:00"),
            // Ends of months.
            ("0 0 31 * *", "2026-11-29 00:00", "2026-12-31 00:00"),
            ("0 0 31 * *", "2026-08-31 00:00", "2026-10-31 00:00"),
            ("59 23 30 apr,JUN *", "2026-04-30 23:59", "2026-06-30 23:59"),
            // Leap years; 2100 is none.
            ("0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"),
            ("0 0 29 2 *", "2096-02-29 00:00", "2104-02-29 00:00"),
            ("0 0 1 3 *", "2028-02-28 23:59", "2028-03-01 00:00"),
            // A day that one of both fields has, or that both have.
            ("0 0 13 * 5", "2026-11-01 00:00", "2026-11-06 00:00"),
            ("0 0 13 * 5", "2026-11-06 00:00", "2026-11-13 00:00"),
            ("0 0 13 * 1", "2026-11-09 00:00", "2026-11-13 00:00"),
            ("0 0 */2 * 1", "2026-11-01 00:00", "2026-11-09 00:00"),
            ("0 0 29 2 */7", "2026-01-01 00:00", "2032-02-29 00:00"),
            ("0 0 31 2 1", "2026-01-01 00:00", "2026-02-02 00:00"),
            // Sunday has two numbers.
            ("0 0 * * 7", "2026-11-28 00:00", "2026-11-29 00:00"),
            ("0 0 * * 0", "2026-11-28 00:00", "2026-11-29 00:00"),
            ("0 0 * * fri-7", "2026-11-28 00:00", "2026-11-29 00:00"),
            ("0 0 * * Sun", "2026-11-29 00:00", "2026-12-06 00:00"),
        ] {
            let schedule_read = Schedule::parse(schedule).unwrap();
            let found = schedule_read.next(at(after)).map(shown);
            assert_eq!(found.as_deref(), Some(next), "{schedule} after {after}");
            // Seconds within a minute belong to it.
            let found = schedule_read.next(at(next) - 1).map(shown);
            assert_eq!(found.as_deref(), Some(next), "{schedule} before {next}");
        }
    }

    /// Against what the fields say of each minute.
    #[test]
    fn no_time_is_left_out() {
        for text in [
            "*/7 3-5 1,15 * mon",
            "0 0 28-31 2 *",
            "30 */5 * jan-mar 2-4",
            "1 1 */9 * *",
        ] {
            let schedule = Schedule::parse(text).unwrap();
            let (mut time, end) = (at("2027-12-20 00:00"), at("2028-03-05 00:00"));
            let mut expected = schedule.next(time);
            while time < end {
                time += 60;
                let minute = (time.rem_euclid(86_400) / 60) as u32;
                let right = schedule.has_day(time.div_euclid(86_400))
                    && schedule.hours.has(minute / 60)
                    && schedule.minutes.has(minute % 60);
                assert_eq!(right, expected == Some(time), "{text}: {}", shown(time));
                if right {
                    expected = schedule.next(time);
                }
            }
        }
    }

    #[test]
    fn far_times_do_no_harm() {
        let daily = Schedule::parse("0 3 * * *").unwrap();
        assert_eq!(daily.next(i64::MAX), None);
        assert_eq!(daily.next(i64::MAX - 1), None);
        assert_eq!(
            daily.next(-1).map(shown).as_deref(),
            Some("1970-01-01 03:00")
        );
        assert!(daily.next(i64::MIN).is_some());
    }

    #[test]
    fn what_is_no_schedule_is_told() {
        let told = |text| Schedule::parse(text).unwrap_err().to_string();
        assert_eq!(
            told("0 3 * *"),
            "it has 4 fields of 5: minute, hour, day of the month, month, day of the week"
        );
        assert_eq!(told("60 * * * *"), "`60` is no minute: write 0 to 59");
        assert_eq!(told("* 24 * * *"), "`24` is no hour: write 0 to 23");
        assert_eq!(
            told("* * 0 * *"),
            "`0` is no day of the month: write 1 to 31"
        );
        assert_eq!(
            told("* * * foo *"),
            "`foo` is no month: write 1 to 12, or jan to dec"
        );
        assert_eq!(
            told("* * * * 8"),
            "`8` is no day of the week: write 0 to 7, or sun to sat"
        );
        assert_eq!(
            told("30-10 * * * *"),
            "the range `30-10` ends before it begins"
        );
        assert_eq!(
            told("*/0 * * * *"),
            "the step of `*/0` is a number from 1 to 59"
        );
        assert_eq!(
            told("5/15 * * * *"),
            "a step follows `*` or a range: write `5-59/...` for `5/15`"
        );
        assert_eq!(told("0 0 31 2 *"), "no month that it names has such a day");
        assert_eq!(
            told("0 0 31 4,6,9,11 *"),
            "no month that it names has such a day"
        );
        for text in [
            "",
            "@daily",
            "1, * * * *",
            "+1 * * * *",
            "1- * * * *",
            "* * * * * *",
            "1/ * * * *",
        ] {
            assert!(Schedule::parse(text).is_err(), "{text}");
        }
    }
}
