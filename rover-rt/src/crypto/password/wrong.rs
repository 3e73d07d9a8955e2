//! What is wrong with a stored hash.

/// Why a stored hash cannot be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WrongHash {
    #[error("the hash is of no kind that is known here (Argon2, bcrypt, PBKDF2)")]
    Unknown,
    #[error("the hash is malformed")]
    Malformed,
    #[error("the hash asks for more work or memory than a check may take")]
    TooMuch,
}
