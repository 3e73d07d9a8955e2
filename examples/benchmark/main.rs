//! The works of TechEmpower's framework benchmarks, on SQLite or PostgreSQL.

rover::app!("examples/benchmark/routes.lua");
