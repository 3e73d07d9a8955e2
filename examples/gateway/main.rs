//! Asks three services at once, merges and caches what they say, and does without those that fail. It needs
//! the feature `client`: `cargo run --example gateway --features client`.

rover::app!("examples/gateway/routes.lua");
