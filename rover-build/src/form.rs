//! The two forms of a program, which answer alike.

/// Which program is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Form {
    /// Handlers are specialised for what they do.
    #[default]
    Specialised,
    /// The program as it is written. It answers like the specialised one.
    Reference,
}

/// The environment variable that asks for the reference form.
pub(crate) const REFERENCE: &str = "ROVER_REFERENCE";

impl Form {
    /// The reference form where `ROVER_REFERENCE` is set to anything but nothing or `0`.
    pub fn from_environment() -> Self {
        match std::env::var_os(REFERENCE) {
            Some(value) if !value.is_empty() && value != "0" => Form::Reference,
            _ => Form::Specialised,
        }
    }
}
