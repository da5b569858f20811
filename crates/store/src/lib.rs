//! Storage: SQLite behind the ground rooms' storage ports.
