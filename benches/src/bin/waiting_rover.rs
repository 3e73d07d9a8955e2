//! The program that the benches of waiting ask.

rover::app!("waiting/routes.lua");
