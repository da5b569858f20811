//! The outside world as the ground rooms see it: the real clock, the system's randomness, the hashing threads, the limit of open files.
//! The only place in the house where time and chance are read from the air.
mod clock;
pub mod files;
mod foreign_hashes;
mod hashing;
mod random;
mod shell;
mod work_queue;

pub use clock::Clock;
pub use hashing::HashingPool;
pub use random::SystemRandom;
pub use shell::quoted;
