//! The program of the README: `routes.lua` is all there is to it.

rover::app!("examples/hello/routes.lua");
