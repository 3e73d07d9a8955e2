//! A compiled program as plain data: what the compiler has found out, and all that the runtime
//! needs of it.
//!
//! A plan is owned or constant, by the same types: the compiler makes one, `emit` prints it as a
//! constant of the generated Rust, and with the feature `store` it is written to bytes and read
//! again. Nothing here computes: what a plan means is said by the runtime.

mod answer;
mod hook;
mod migration;
mod program;
mod route;
#[cfg(feature = "store")]
mod store;
mod tree;
mod value;
mod variable;

pub use answer::{HtmlStep, Part, Piece, Run, Step, Template};
pub use hook::PathHook;
pub use migration::{Migration, MigrationFolder};
pub use program::{Chunk, Docs, Options, Page, Plan};
pub use route::{Needs, Param, Precheck, Route, Segment};
#[cfg(feature = "store")]
pub use store::{PLAN_VERSION, PlanError};
pub use tree::{Ends, RouteTree, static_paths};
pub use value::{List, Text};
pub use variable::Variable;
