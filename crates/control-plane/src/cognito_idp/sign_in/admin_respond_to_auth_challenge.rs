//! AdminRespondToAuthChallenge: the same for an operator's server.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::shown;
use user_pools::sign_in::{Answer, ChallengeName, Door};
use wire::{AdminRespondToAuthChallengeRequest as Input, AdminRespondToAuthChallengeResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let carried = for_user(cx.with_metadata(input.client_metadata), input.context_data);
    let request = Answer {
        door: Door::Admin(pool.id),
        client: ClientId(input.client_id),
        challenge: ChallengeName::from_name(input.challenge_name.as_str()),
        session: input.session,
        responses: shown::parameters(input.challenge_responses),
    };
    Ok(shown::answer!(cx.pools.respond_to_auth_challenge(&carried, &request).await?))
}
