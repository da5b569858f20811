//! Remembered devices (spec C.13): the row, what a pool tracks, confirming and managing them. Proving one at sign-in is the sign-in's business.
//! A device that was offered and never confirmed is not stored.
mod confirm;
mod manage;

pub use confirm::ConfirmDevice;

use crate::ids::{Millis, PoolId};
use crate::pool::PoolSettings;
use crate::ports::Random;
use crate::random;
use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

/// A confirmed device.
#[derive(Clone, Serialize, Deserialize)]
pub struct Device {
    /// The pool.
    pub pool: PoolId,
    /// Whose.
    pub sub: String,
    /// `DeviceKey`: `<region>_<uuid>`; with pool and sub the key of the row.
    pub key: String,
    /// `device_name`.
    pub name: Option<String>,
    /// The salt integer of its verifier, lower-case hex without leading zeros.
    pub salt: String,
    /// v, sealed by the key ring with (pool, sub, key, "device") as associated data.
    #[serde(with = "crate::base64_bytes")]
    pub sealed: Vec<u8>,
    /// Whether it may stand in for a second factor.
    pub remembered: bool,
    /// When it was confirmed.
    pub created: Millis,
    /// Last change.
    pub modified: Millis,
    /// Last sign-in from it.
    pub authenticated: Millis,
    /// The address of that sign-in.
    pub last_ip: String,
}

impl std::fmt::Debug for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Device").field("pool", &self.pool).field("key", &self.key).finish_non_exhaustive()
    }
}

/// What changes about a device, each in one act.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceChange {
    /// UpdateDeviceStatus.
    Remembered(bool),
    /// It has just proven itself, from this address.
    Authenticated(String),
}

/// `NewDeviceMetadata`: a device that a client may confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// `DeviceKey`.
    pub key: String,
    /// `DeviceGroupKey`.
    pub group: String,
}

/// `DeviceConfiguration` of a pool that tracks devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tracking {
    /// `ChallengeRequiredOnNewDevice`: a remembered device stands in for the second factor.
    pub stands_in: bool,
    /// `DeviceOnlyRememberedOnUserPrompt`: a confirmed device is remembered only when the user says so.
    pub on_prompt: bool,
}

/// Whether and how the pool tracks devices.
pub fn tracking(settings: &PoolSettings) -> Option<Tracking> {
    let document = settings.documents.get("DeviceConfiguration")?;
    let flag = |name: &str| document.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
    Some(Tracking {
        stands_in: flag("ChallengeRequiredOnNewDevice"),
        on_prompt: flag("DeviceOnlyRememberedOnUserPrompt"),
    })
}

/// A key for a device that has just been seen.
pub(crate) fn fresh_key(random: &dyn Random, region: &str) -> String {
    format!("{region}_{}", random::uuid(random))
}

/// The pool's `DeviceGroupKey`: clients hash it into their verifiers, so it never changes. It is no secret.
pub fn group_key(pool: &PoolId) -> String {
    let hash = digest::digest(&digest::SHA256, format!("device group {pool}").as_bytes());
    format!("-{}", hex::encode(&hash.as_ref()[..4]))
}

/// How long a forgotten key stays forgotten: no token that names it lives longer (refresh tokens end after ten years).
pub(crate) const FORGOTTEN: Millis = 3_660 * 24 * 60 * 60 * 1000;

/// The mark of a forgotten device: its user cannot confirm that key again.
pub(crate) fn forgotten_mark(pool: &PoolId, sub: &str, key: &str) -> [u8; 32] {
    let mut mark = [0; 32];
    let text = ["forgotten device", &pool.0, sub, key].join("\n");
    mark.copy_from_slice(digest::digest(&digest::SHA256, text.as_bytes()).as_ref());
    mark
}

/// Where a verifier is sealed for.
pub(crate) fn place(device: &Device) -> [&str; 4] {
    [&device.pool.0, &device.sub, &device.key, "device"]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::settings;

    #[test]
    fn a_pool_tracks_devices_once_it_has_a_configuration_even_an_empty_one() {
        let mut pool = settings();
        assert_eq!(tracking(&pool), None);
        pool.documents.insert("DeviceConfiguration".into(), serde_json::json!({}));
        assert_eq!(tracking(&pool), Some(Tracking { stands_in: false, on_prompt: false }));
        let both = serde_json::json!({"ChallengeRequiredOnNewDevice": true, "DeviceOnlyRememberedOnUserPrompt": true});
        pool.documents.insert("DeviceConfiguration".into(), both);
        assert_eq!(tracking(&pool), Some(Tracking { stands_in: true, on_prompt: true }));
    }

    #[test]
    fn the_group_key_is_the_pools_own_and_stays() {
        let of = |id: &str| group_key(&PoolId(id.into()));
        assert_eq!(of("us-east-1_A"), of("us-east-1_A"));
        assert_ne!(of("us-east-1_A"), of("us-east-1_B"));
        assert_eq!(of("us-east-1_A").len(), 9);
    }
}
