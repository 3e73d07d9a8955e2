//! What of a program's state may be on a server at the start: by its options, whatever the start says.

use rover_model::OptionValue;
use rover_model::sessions::SessionOptions;

use crate::collect::Collected;
use crate::vocabulary::Elsewhere;

/// What may be waited for.
pub(crate) fn elsewhere(collected: &Collected) -> Elsewhere {
    let state = has_state(collected);
    let in_database = SessionOptions::are_in_database(collected.sessions());
    let sessions = collected.options.iter().any(|(name, value)| {
        name == "sessions"
            && match value {
                OptionValue::Table(fields) => keeps_nothing_in_cookies(fields),
                _ => true,
            }
    });
    Elsewhere {
        state,
        sessions: state && sessions || in_database,
    }
}

/// Whether the option `state` is given, in this environment or in another one.
pub(crate) fn has_state(collected: &Collected) -> bool {
    let given = collected.options.iter().any(|(name, _)| name == "state");
    given || collected.dependent.options.contains("state")
}

/// What the option's table says of where the data is; the start may say something else.
fn keeps_nothing_in_cookies(fields: &[(String, OptionValue)]) -> bool {
    let store = fields.iter().find(|(name, _)| name == "store");
    store.is_some_and(|(_, store)| !matches!(store, OptionValue::Text(text) if text == "cookie"))
}
