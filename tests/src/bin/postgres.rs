//! A program that asks the PostgreSQL of its environment.

rover::app!("program/postgres/routes.lua");
