pub(crate) mod budgets;
pub(crate) mod limits;
pub(crate) mod log;
pub(crate) mod patterns;
