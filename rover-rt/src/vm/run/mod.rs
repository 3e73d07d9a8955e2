pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod errors;
pub(crate) mod failure;
#[cfg(unix)]
pub(crate) mod machine_code;
pub(crate) mod thread;
pub(crate) mod vm;
