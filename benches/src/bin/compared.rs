//! The comparison's manifest as a program of this package, for `first`.

rover::app!("compare/routes.lua");
