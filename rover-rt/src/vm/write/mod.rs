pub(crate) mod reserved;
pub(crate) mod scalar;
