//! Programs against a real Redis, which `.ci/redis` starts: without it these tests are ignored.

mod base;
mod commands;
mod connections;
mod outages;
mod subscriptions;
