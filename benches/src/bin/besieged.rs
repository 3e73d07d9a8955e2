//! The server that `siege` besieges.

rover::app!("siege/routes.lua");
