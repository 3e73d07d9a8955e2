//! The program that the bench of databases asks.

rover::app!("database/routes.lua");
