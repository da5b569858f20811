//! Calls of functions by clients.

pub(super) mod invoke;
