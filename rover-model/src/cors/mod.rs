//! What pages of other sites may ask of a program (the Fetch standard, section 3.3): the policies
//! that manifests write, checked.
//!
//! What is answered by them is the runtime's.

mod origin;
mod policy;
mod read;

pub use origin::{OriginError, OriginPattern};
pub use policy::{CorsPolicy, CorsRule};
pub(crate) use read::policy;
