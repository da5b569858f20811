//! Users: signing up, confirming, recovering a password, attributes, and what operators do to users. One use per file.
//! A change is read-change-replace, tried again when somebody else was quicker ([`update`]); what comes with a code is one act with its
//! redemption. Signing in is not here.
pub mod admin;
mod change_password;
mod confirm_forgot_password;
mod confirm_sign_up;
mod delete;
mod filter;
mod forgot_password;
mod list;
mod migrate;
mod own_attributes;
mod resend;
mod sign_up;
mod simulated;
pub mod update;
mod visit;

pub use change_password::ChangePassword;
pub use confirm_forgot_password::ConfirmForgotPassword;
pub use confirm_sign_up::ConfirmSignUp;
pub use list::{ListUsers, UserPage};
pub(crate) use sign_up::new_attributes;
pub use sign_up::{SignUp, SignedUp};
pub use visit::{About, Asking};

#[cfg(test)]
pub(crate) mod fixtures {
    //! A plain pool, a plain user and a key ring for unit tests.
    use crate::ids::PoolId;
    use crate::pool::PoolSettings;
    use crate::sealing::KeyRing;
    use crate::user::{Credentials, User, UserStatus};
    use std::collections::BTreeMap;
    use zeroize::Zeroizing;

    pub(crate) fn ring() -> KeyRing {
        KeyRing::new(&[(1, Zeroizing::new([7; 32]))], 1).unwrap()
    }

    /// The same ring after a change of keys.
    pub(crate) fn rotated_ring() -> KeyRing {
        KeyRing::new(&[(1, Zeroizing::new([7; 32])), (2, Zeroizing::new([8; 32]))], 2).unwrap()
    }

    pub(crate) fn pool() -> PoolId {
        PoolId("us-east-1_Example01".into())
    }

    pub(crate) fn settings() -> PoolSettings {
        PoolSettings::named("test")
    }

    pub(crate) fn user() -> User {
        User {
            pool: pool(),
            sub: "11111111-1111-4111-8111-111111111111".into(),
            username: "ann".into(),
            username_folded: "ann".into(),
            aliases: vec![],
            version: 1,
            status: UserStatus::Confirmed,
            enabled: true,
            created: 0,
            modified: 0,
            attributes: BTreeMap::new(),
            pending_attributes: BTreeMap::new(),
            credentials: Credentials::default(),
            signed_out_at: None,
            identities: Vec::new(),
        }
    }
}
