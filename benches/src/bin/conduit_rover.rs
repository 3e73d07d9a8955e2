//! The example `conduit`, for the bench of a back end's parts.

rover::app!("../examples/conduit/routes.lua");
