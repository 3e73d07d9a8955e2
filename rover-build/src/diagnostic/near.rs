//! Help for a name that there is none of.

use crate::vocabulary::nearest;

pub(super) fn did_you_mean(near: &str) -> String {
    format!("did you mean `{near}`?")
}

/// The nearest name that there is, or all of them.
pub(super) fn nearest_or_all<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(name, known.iter().copied()) {
        Some(near) => did_you_mean(near),
        None => format!("there is: {}", known.join(", ")),
    }
}
