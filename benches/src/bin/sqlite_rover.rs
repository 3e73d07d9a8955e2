//! The program that the bench of SQLite asks.

rover::app!("sqlite/routes.lua");
