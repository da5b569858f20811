//! Users who do not exist. Where the client hides users (spec C.16), they cost the same time, are counted and locked like others, and answer
//! SRP with a salt and an id that are stable per name; nothing they send is ever right.
use super::trail::Trail;
use super::{Door, Place, Start};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::PoolId;
use crate::lockout::{self, Guess};
use crate::messages;
use crate::names;
use crate::pool::{AliasKind, PoolSettings};
use crate::random;
use crate::sealing::KeyRing;
use crate::service::UserPools;
use crate::srp;

/// Bytes of a made-up v: as wide as N.
const V_BYTES: usize = 384;

impl Place {
    /// Whether answers at this door must not tell an unknown user from a known one.
    pub(super) fn hides_users(&self, door: &Door) -> bool {
        self.client.settings.hides_users() && !door.reveals_users()
    }

    /// The key under which guesses at a name that nobody has are counted: by the made-up user, so that a name and the id it answers with
    /// share one count, as those of a real user do.
    pub(super) fn guesses_at(&self, ring: &KeyRing, name: &str) -> String {
        let id = username(ring, &self.pool.settings, &self.pool.id, name);
        lockout::key(Guess::Password, &self.pool.id, &names::fold(&self.pool.settings, &id))
    }
}

impl UserPools {
    /// Refuses a password for a name that nobody has.
    pub(super) async fn refuse_absent<T>(
        &self,
        cx: &RequestContext,
        place: &Place,
        start: &Start,
        password: &str,
        trail: &mut Trail,
    ) -> Result<T> {
        if !place.hides_users(&start.door) {
            return Err(messages::USER_DOES_NOT_EXIST);
        }
        let name = start.parameters.require("USERNAME")?;
        let _counted = self.begin_guess(cx, place.guesses_at(&self.keys, name)).await?;
        trail.at("user.exists");
        self.pretend_to_verify(password).await?;
        Err(messages::INCORRECT_CREDENTIALS.because("no user answers to this name"))
    }
}

/// What SRP shows of a user who does not exist, or who has no verifier: always the same for the same name.
pub(super) struct Fake {
    /// The salt, as sent.
    pub salt: String,
    /// Stands in for v; nobody knows a password for it.
    pub v: Vec<u8>,
}

impl Fake {
    /// For a folded name.
    pub(super) fn of(ring: &KeyRing, pool: &PoolId, folded: &str) -> Self {
        let draw =
            |what: &str, count: u8| ring.peppered(&[what.as_bytes(), pool.0.as_bytes(), folded.as_bytes(), &[count]]);
        let block = |what: &str, count: u8| draw(what, count).into_iter().next().unwrap_or_default();
        let mut v: Vec<u8> = (0..=u8::MAX).take(V_BYTES / 32).flat_map(|count| block("absent v", count)).collect();
        // Below N, whose first byte is 0xff, like every real v.
        v[0] &= 0x7f;
        Self { salt: srp::to_hex(&block("absent salt", 0)[..16]), v }
    }
}

/// The internal username a made-up user shows. In pools whose usernames are ids, and for an alias, it is a made-up id; a plain name echoes.
pub(super) fn username(ring: &KeyRing, settings: &PoolSettings, pool: &PoolId, name: &str) -> String {
    if is_internal_already(settings, name) { name.to_owned() } else { sub(ring, settings, pool, name) }
}

/// The sub a made-up user has.
pub(super) fn sub(ring: &KeyRing, settings: &PoolSettings, pool: &PoolId, name: &str) -> String {
    let folded = names::fold(settings, name);
    let hash =
        ring.peppered(&[b"absent sub", pool.0.as_bytes(), folded.as_bytes()]).into_iter().next().unwrap_or_default();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    random::uuid_of(bytes)
}

fn is_internal_already(settings: &PoolSettings, name: &str) -> bool {
    if !settings.username_attributes.is_empty() {
        return uuid::Uuid::try_parse(name).is_ok();
    }
    let is_alias = |kind: &AliasKind| match kind {
        AliasKind::Email => names::is_email(name),
        AliasKind::Phone => names::is_phone(name),
        AliasKind::PreferredUsername => false,
    };
    !settings.alias_attributes.iter().any(is_alias)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::settings;
    use zeroize::Zeroizing;

    fn ring() -> KeyRing {
        KeyRing::new(&[(1, Zeroizing::new([7; 32]))], 1).unwrap()
    }

    fn pool() -> PoolId {
        PoolId("us-east-1_Example01".into())
    }

    #[test]
    fn a_made_up_user_is_the_same_each_time_and_another_for_each_name() {
        let (one, again) = (Fake::of(&ring(), &pool(), "a@b"), Fake::of(&ring(), &pool(), "a@b"));
        assert_eq!((&one.salt, &one.v), (&again.salt, &again.v));
        assert_ne!(one.salt, Fake::of(&ring(), &pool(), "c@d").salt);
        assert_eq!(one.v.len(), V_BYTES);
        assert!(one.salt.len() <= 32 && one.salt.len() > 24, "{}", one.salt);
    }

    #[test]
    fn an_email_pool_shows_an_id_and_a_plain_pool_the_name() {
        let mut settings = settings();
        assert_eq!(username(&ring(), &settings, &pool(), "bob"), "bob");
        settings.alias_attributes = vec![AliasKind::Email];
        assert_eq!(username(&ring(), &settings, &pool(), "bob"), "bob");
        assert!(uuid::Uuid::try_parse(&username(&ring(), &settings, &pool(), "bob@example.com")).is_ok());
        settings.alias_attributes.clear();
        settings.username_attributes = vec![AliasKind::Email];
        let id = username(&ring(), &settings, &pool(), "bob@example.com");
        assert!(uuid::Uuid::try_parse(&id).is_ok());
        assert_eq!(username(&ring(), &settings, &pool(), &id), id);
    }
}
