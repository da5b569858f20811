//! Randomness from the operating system.
use rand::TryRng;
use rand::rngs::SysRng;

/// `getrandom(2)`, each time: nothing is kept in memory that could be guessed from.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl SystemRandom {
    /// Fills the buffer, or ends the process: a server without randomness must not go on issuing secrets.
    pub fn fill(buffer: &mut [u8]) {
        if SysRng.try_fill_bytes(buffer).is_err() {
            tracing::error!("the operating system gives no randomness; ending the process");
            std::process::abort();
        }
    }
}

impl user_pools::ports::Random for SystemRandom {
    fn fill(&self, buffer: &mut [u8]) {
        Self::fill(buffer);
    }
}
