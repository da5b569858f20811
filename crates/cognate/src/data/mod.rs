//! The data folder: one process at a time, a key file that never leaves it, the demo users' passwords.
//!
//! ```text
//! .cognate/  cognate.lock  keys.json (0600)  cognate.db  objects/  imports/  functions/  tls/ (ca.key 0600)  demo.json (0600)  admin.sock (0600)
//! ```
mod demo;
mod folder;
mod key_file;
pub mod private_file;

pub use demo::{Demo, Login};
pub use folder::DataFolder;
pub use key_file::KeyFile;

/// The data folder cannot be used; the text says what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DataError(pub String);
