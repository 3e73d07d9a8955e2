//! The program as a library: `main.rs` serves it, `tests/` asks it.

rover::app!(pub mod routes = "routes.lua");
