pub(crate) mod chunks;
pub(crate) mod handlers;
pub(crate) mod load;
pub(crate) mod options;
#[cfg(test)]
pub(crate) mod testing;
