//! Rover's own server in `page`.

rover::app!("page/routes.lua");
