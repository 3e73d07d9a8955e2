//! A program whose state is where ROVER_STATE says.

rover::app!("program/state/routes.lua");
