//! A whole program, for the tests of its command line.

rover::app!("program/routes.lua");
