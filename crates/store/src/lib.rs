//! Storage: SQLite behind the ground rooms' storage ports. One file, one writer thread with group commit, read connections beside it.
//! This room turns acts into statements and constraint violations into the ports' closed error sets. It decides nothing about users,
//! tokens or APIs, knows no clock, and leaves "one process per data folder" to the roof.
mod apis;
mod checkpoint;
mod error;
mod files;
mod functions;
mod migrations;
mod open;
mod readers;
mod row;
mod sqlite;
mod sweep;
mod user_pools;
mod writer;

pub use open::{OpenError, OpenOptions, Trouble};
pub use sqlite::SqliteStore;
