//! A guestbook: pages of HTML, a form, templates with components and files.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

rover::app!("examples/guestbook/routes.lua");
