//! A program that keeps sessions in the database of its environment.

rover::app!("program/sessions/routes.lua");
