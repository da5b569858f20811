//! The listeners and the hall: who asks, which door, and the way there. Rooms answer; this only leads.
mod body;
mod context;
mod guard;
mod hall;
mod handshake;
mod hosts;
mod listener;
mod names;
mod own;
mod path_form;
mod signatures;
mod watch;

pub use body::{Body, full};
pub use context::{Network, uuid};
pub use hall::{Hall, HallWorker, authority, plain};
pub use hosts::is_region;
pub use listener::{Bound, Ends, Threads, Worker, run};
pub use names::{Names, host_of};
pub use signatures::{AnyKey, KnownKeys};
