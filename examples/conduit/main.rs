//! The back end of RealWorld: a blog with users, articles and comments.

rover::app!("examples/conduit/routes.lua");
