//! The program that the bench of a back end's parts asks.

rover::app!("backend/routes.lua");
