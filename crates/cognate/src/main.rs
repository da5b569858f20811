//! The binary: configuration, listeners, wiring. The only room that names concrete types.
fn main() {}
