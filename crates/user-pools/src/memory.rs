//! What this process remembers between calls. All of it can be rebuilt from storage; nothing here is the truth.
use crate::custom_domains::CustomDomains;
use crate::federation::Documents;
use crate::keys::{Issuers, KeyCache};
use crate::lockout::Turns;
use tokio::sync::OnceCell;

/// Signing keys by pool, local issuers' public keys, custom login domains, and the hash that unknown users are measured against.
#[derive(Default)]
pub struct Memory {
    pub(crate) pool_keys: KeyCache,
    pub(crate) absent_password: OnceCell<String>,
    pub(crate) turns: Turns,
    pub(crate) documents: Documents,
    /// Public keys of the pools of this server, by issuer. The gateway reads them here.
    pub issuers: Issuers,
    /// Host names of custom login domains. The listener reads them here.
    pub custom_domains: CustomDomains,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}
