pub(crate) mod call;
pub(crate) mod failure;
#[cfg(unix)]
pub(crate) mod machine_code;
pub(crate) mod vm;
