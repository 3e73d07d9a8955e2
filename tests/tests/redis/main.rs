//! Programs against a real Redis, which `.ci/redis` starts: without it these tests are ignored.

mod base;
mod cluster;
mod commands;
mod connections;
mod outages;
mod processes;
mod state;
mod state_outages;
mod subscriptions;
