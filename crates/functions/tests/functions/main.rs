//! Functions over a real store, with the real Python and Node.js of this machine and a custom runtime of our own.

mod bench;
mod calls;
mod failures;
mod limits;
mod service;
