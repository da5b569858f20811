//! The first request of a sign-in. The order of the checks (spec C.4) is the table below; flows begin after it.
use super::trail::Trail;
use super::witnessed::{asked_by_start, watch};
use super::{Door, Flow, Outcome, Place, Start, flow};
use crate::context::RequestContext;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::ClientId;
use crate::service::UserPools;

type Check = fn(&UserPools, &Place, &Start) -> Result<()>;

/// Steps 3 to 5 of spec C.4, in order, each under the name that `explain` shows. Nothing has been looked up or counted yet, and nothing here
/// depends on the user. Then, in each flow: user.exists, lockout, the credential, and `next::AFTER_THE_PASSWORD`.
const BEFORE_THE_USER: [(&str, Check); 4] = [
    ("flow.door", |_, _, start| flow::check_door(&start.door, start.flow)),
    ("flow.client", |_, place, start| flow::check_client(&start.door, &place.client.settings, start.flow)),
    ("client.secret_hash", check_secret_hash),
    ("parameters", check_parameters),
];

impl UserPools {
    /// Begins a sign-in with a password, in plain or by SRP. Refreshing is not a sign-in: see [`UserPools::initiate_auth`].
    pub async fn start(&self, cx: &RequestContext, request: &Start) -> Result<Outcome> {
        let mut trail = Trail::at_client(action(&request.door), &request.client);
        // Every flow's state is in this future: on the heap, it does not make those of all its callers large.
        let result = Box::pin(self.started(cx, request, &mut trail)).await;
        let result = self.after_authentication(cx, result).await;
        self.witnessed(cx, &mut trail, asked_by_start(request), &result);
        self.conclude(cx, &trail, result)
    }

    async fn started(&self, cx: &RequestContext, request: &Start, trail: &mut Trail) -> Result<Outcome> {
        let place = self.check_start(request, trail).await?;
        if let Err(error) = watch(cx, &request.door, &place, trail) {
            // Whose event it is, nothing more.
            if let Some(user) = self.find_user(&place.pool, request.parameters.require("USERNAME")?).await? {
                trail.of(&user.sub);
            }
            return Err(error);
        }
        if let Some(key) = request.parameters.get("DEVICE_KEY") {
            trail.at("device");
            let user = self.find_user(&place.pool, request.parameters.require("USERNAME")?).await?;
            self.check_device(&place, user.as_ref(), key).await?;
        }
        match request.flow {
            Flow::UserPassword | Flow::AdminUserPassword => self.start_with_password(cx, &place, request, trail).await,
            Flow::UserSrp => self.start_with_srp(cx, &place, request, trail).await,
            Flow::Custom => self.start_custom(cx, &place, request, trail).await,
            Flow::UserAuth => self.start_user_auth(cx, &place, request, trail).await,
            Flow::RefreshToken => {
                Err(Error::new(ErrorKind::InternalError, "Internal error").because("this flow does not begin here"))
            }
        }
    }

    /// Steps 2 to 5: the client, then the table.
    pub(super) async fn check_start(&self, request: &Start, trail: &mut Trail) -> Result<Place> {
        let place = self.place(&request.door, &request.client).await?;
        trail.within(&place.pool.id);
        for (rule, check) in BEFORE_THE_USER {
            trail.at(rule);
            check(self, &place, request)?;
        }
        Ok(place)
    }

    /// The client and its pool. An operator's client must be in the pool that they name.
    pub(super) async fn place(&self, door: &Door, client: &ClientId) -> Result<Place> {
        if let Door::Admin(pool) = door {
            let pool = self.pool_by_id(pool).await?;
            return Ok(Place { client: self.client_of(&pool.id, client).await?, pool });
        }
        let client = self.client(client).await?;
        Ok(Place { pool: self.pool_by_id(&client.pool).await?, client })
    }
}

/// The name under which a first request is noted.
pub(super) const fn action(door: &Door) -> &'static str {
    match door {
        Door::Api => "InitiateAuth",
        Door::Admin(_) => "AdminInitiateAuth",
        Door::ManagedLogin => "/login",
    }
}

/// A refresh has no name to compute the hash over yet; it is checked once the user is known.
fn check_secret_hash(users: &UserPools, place: &Place, start: &Start) -> Result<()> {
    let hash = start.parameters.get("SECRET_HASH");
    match start.flow {
        _ if start.door == Door::ManagedLogin => Ok(()),
        Flow::RefreshToken => UserPools::check_secret_hash_presence(&place.client, hash),
        _ => {
            let name = start.parameters.require("USERNAME")?;
            users.check_secret_hash(&place.client, hash, &[name])
        }
    }
}

fn check_parameters(_: &UserPools, _: &Place, start: &Start) -> Result<()> {
    let required: &[&str] = match start.flow {
        Flow::UserPassword | Flow::AdminUserPassword => &["USERNAME", "PASSWORD"],
        Flow::UserSrp => &["USERNAME", "SRP_A"],
        Flow::RefreshToken => &["REFRESH_TOKEN"],
        Flow::Custom | Flow::UserAuth => &["USERNAME"],
    };
    required.iter().try_for_each(|name| start.parameters.require(name).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_the_checks_is_the_one_of_the_spec() {
        let rules: Vec<_> = BEFORE_THE_USER.iter().map(|(rule, _)| *rule).collect();
        assert_eq!(rules, ["flow.door", "flow.client", "client.secret_hash", "parameters"]);
    }
}
