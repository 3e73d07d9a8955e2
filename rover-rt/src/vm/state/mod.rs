pub(crate) mod deadline;
pub(crate) mod memory;
pub(crate) mod shapes;
pub(crate) mod vm;
