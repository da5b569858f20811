//! The listeners and the hall: who asks, which door, and the way there. Rooms answer; this only leads.
mod body;
mod context;
mod guard;
mod hosts;
mod listener;

pub use body::{Body, BoxError, TooLarge, collect, full};
pub use context::{Client, Network, client, context, plain_ip, uuid};
pub use guard::own_origin;
pub use hosts::{ForeignHost, Known, Room, Wanted, region_of, room, signed_region};
pub use listener::{Bound, Worker, run};
