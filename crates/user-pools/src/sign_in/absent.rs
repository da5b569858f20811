//! Users who do not exist. Where the client hides users (spec C.16), they cost the same time, are counted and locked like others, and answer
//! SRP with a salt and an id that are stable per name; nothing they send is ever right.
use super::trail::Trail;
use super::{Door, Place, Start};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::PoolId;
use crate::lockout::{self, Guess};
use crate::made_up;
use crate::messages;
use crate::names;
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
        let id = made_up::username(ring, &self.pool.settings, &self.pool.id, name);
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
        trail.at("trigger.pre_authentication");
        self.pre_authentication(cx, place, None, &shown_name(self, place, name)).await?;
        trail.at("lockout");
        let _counted = self.begin_guess(cx, place.guesses_at(&self.keys, name)).await?;
        trail.at("user.exists");
        self.pretend_to_verify(password).await?;
        Err(messages::INCORRECT_CREDENTIALS.because("no user answers to this name"))
    }
}

/// The internal username somebody made up shows at a place.
pub(super) fn shown_name(users: &UserPools, place: &Place, name: &str) -> String {
    made_up::username(&users.keys, &place.pool.settings, &place.pool.id, name)
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
        let block =
            |what: &str, count: u8| ring.steady(&[what.as_bytes(), pool.0.as_bytes(), folded.as_bytes(), &[count]]);
        let mut v: Vec<u8> = (0..=u8::MAX).take(V_BYTES / 32).flat_map(|count| block("absent v", count)).collect();
        // Below N, whose first byte is 0xff, like every real v.
        v[0] &= 0x7f;
        Self { salt: srp::to_hex(&block("absent salt", 0)[..16]), v }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users::fixtures::{pool, ring, rotated_ring};

    #[test]
    fn a_made_up_user_is_the_same_each_time_and_another_for_each_name() {
        let (one, again) = (Fake::of(&ring(), &pool(), "a@b"), Fake::of(&ring(), &pool(), "a@b"));
        assert_eq!((&one.salt, &one.v), (&again.salt, &again.v));
        assert_ne!(one.salt, Fake::of(&ring(), &pool(), "c@d").salt);
        assert_eq!(
            one.salt,
            Fake::of(&rotated_ring(), &pool(), "a@b").salt,
            "a real user's salt outlives a change of keys"
        );
        assert_eq!(one.v.len(), V_BYTES);
        assert!(one.salt.len() <= 32 && one.salt.len() > 24, "{}", one.salt);
    }
}
