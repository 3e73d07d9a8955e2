//! A program that asks the Redis of its environment.

rover::app!("program/redis/routes.lua");
