//! The variables of the environment that a program sees: the process's, and below those what
//! whoever starts it adds.

use std::sync::Arc;

/// Variables that are added to the process's. Where both have one, the process's counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(Arc<[(String, String)]>);

impl Environment {
    pub(crate) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        Environment(variables.into_iter().collect())
    }

    /// What is added, by name.
    pub(crate) fn added(&self) -> impl Iterator<Item = (&str, &str)> {
        let added = self.0.iter();
        added.map(|(name, value)| (name.as_str(), value.as_str()))
    }
}
