//! A guestbook: pages of HTML, a form, templates with components and files.

rover::app!("examples/guestbook/routes.lua");
