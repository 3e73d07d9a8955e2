//! Says back what it is told: the program that the load tests ask.

rover::app!("examples/echo/routes.lua");
