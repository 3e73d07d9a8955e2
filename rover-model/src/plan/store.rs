//! A plan as bytes.

use super::program::Plan;

/// The form of stored plans. It changes whenever a type of the plan or the bytecode does.
pub const PLAN_VERSION: u32 = 6;

/// What every stored plan begins with; the version follows, as four bytes from the low one on.
const MAGIC: &[u8; 12] = b"rover plan\r\n";

/// Why bytes are no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// They are something else.
    #[error("this is no plan of Rover's")]
    Other,
    /// They are one of another version.
    #[error("the plan has version {0}, this program reads version {PLAN_VERSION}")]
    Version(u32),
    /// They are damaged.
    #[error("the plan is damaged: {0}")]
    Damaged(#[from] postcard::Error),
}

impl Plan {
    /// The plan as bytes.
    ///
    /// # Errors
    /// When a part of it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PlanError> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&PLAN_VERSION.to_le_bytes());
        Ok(postcard::to_extend(self, bytes)?)
    }

    /// Reads a plan.
    ///
    /// # Errors
    /// When the bytes are no plan, one of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Plan, PlanError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(PlanError::Other)?;
        let (version, rest) = rest.split_first_chunk().ok_or(PlanError::Other)?;
        match u32::from_le_bytes(*version) {
            PLAN_VERSION => Ok(postcard::from_bytes(rest)?),
            other => Err(PlanError::Version(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plan_is_refused() {
        let told = |bytes: &[u8]| Plan::from_bytes(bytes).unwrap_err().to_string();
        assert_eq!(told(b""), "this is no plan of Rover's");
        assert_eq!(told(b"rover plan\r\n\x01"), "this is no plan of Rover's");
        let version = told(b"rover plan\r\n\xff\0\0\0");
        assert!(
            version.starts_with("the plan has version 255,"),
            "{version}"
        );
        let mut cut = MAGIC.to_vec();
        cut.extend_from_slice(&PLAN_VERSION.to_le_bytes());
        cut.extend_from_slice(&[9, b'x']);
        assert!(told(&cut).starts_with("the plan is damaged: "));
    }
}
