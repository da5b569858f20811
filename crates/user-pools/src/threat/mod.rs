//! Threat protection (spec J): how far a pool has it, what operators set, and what of it works: addresses that may not sign in, and a record of
//! what users do.
//! There is no risk engine here: nothing is ever judged by how likely it is.
mod events;
mod risk;
mod source;

pub use events::{
    Asked, AuthEvent, EventFeedback, EventKind, EventResponse, FAILURES_KEPT as EVENT_FAILURES_KEPT, Happened,
    KEPT as EVENTS_KEPT, LIFE as EVENTS_LIFE,
};
pub(crate) use events::{Witness, is_failure};
pub(crate) use risk::check_address;
pub use risk::{RiskConfiguration, RiskExceptions};
pub(crate) use source::Source;

use crate::pool::PoolSettings;

/// `AdvancedSecurityMode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Nothing is recorded, nothing refused.
    Off,
    /// Recorded only.
    Audit,
    /// Recorded, and refused where the configuration says so.
    Enforced,
}

/// How far a pool is protected.
pub fn mode(pool: &PoolSettings) -> Mode {
    let word = pool.documents.get("UserPoolAddOns").and_then(|document| document.get("AdvancedSecurityMode")?.as_str());
    match word {
        Some("AUDIT") => Mode::Audit,
        Some("ENFORCED") => Mode::Enforced,
        _ => Mode::Off,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pool_is_unprotected_until_its_add_ons_say_otherwise() {
        let mut pool = PoolSettings::named("p");
        assert_eq!(mode(&pool), Mode::Off);
        for (word, expected) in [("OFF", Mode::Off), ("AUDIT", Mode::Audit), ("ENFORCED", Mode::Enforced)] {
            pool.documents.insert("UserPoolAddOns".into(), json!({"AdvancedSecurityMode": word}));
            assert_eq!(mode(&pool), expected);
        }
    }
}
