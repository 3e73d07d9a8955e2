//! What fuzzing reaches that programs do not.

use crate::pattern::{Capture, Clock, Compiled, Matcher, PatternError};

/// A clock that runs out.
struct Steps(u32);

impl Clock for Steps {
    fn spend(&mut self, steps: u32) -> bool {
        let left = self.0.checked_sub(steps);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// What `string.find` gives for a pattern: start, end, captures, positions as numbers.
/// Nothing where it takes more than some steps.
pub fn find(subject: &[u8], pattern: &[u8]) -> Option<Result<Vec<Vec<u8>>, &'static str>> {
    let mut clock = Steps(200_000);
    let mut matcher = Matcher::new(subject, &mut clock);
    let found = match matcher.search(&Compiled::new(pattern), 0) {
        Err(PatternError::Stopped) => return None,
        Err(error) => return Some(Err(error.message())),
        Ok(None) => return Some(Ok(Vec::new())),
        Ok(Some(found)) => found,
    };
    let number = |at: usize| at.to_string().into_bytes();
    let mut values = vec![number(found.0 + 1), number(found.1)];
    for index in 0..matcher.captures() {
        match matcher.capture(index, found) {
            Ok(Capture::Text(start, end)) => values.push(subject[start..end].to_vec()),
            Ok(Capture::Position(at)) => values.push(number(at + 1)),
            Err(error) => return Some(Err(error.message())),
        }
    }
    Some(Ok(values))
}
