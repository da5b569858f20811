//! RespondToAuthChallenge: the answer to a challenge.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::shown;
use user_pools::sign_in::{Answer, ChallengeName, Door};
use wire::{RespondToAuthChallengeRequest as Input, RespondToAuthChallengeResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = for_user(cx.with_metadata(input.client_metadata), input.user_context_data);
    let request = Answer {
        door: Door::Api,
        client: ClientId(input.client_id),
        challenge: ChallengeName::from_name(input.challenge_name.as_str()),
        session: input.session,
        responses: shown::parameters(input.challenge_responses),
    };
    Ok(shown::answer!(cx.pools.respond_to_auth_challenge(&carried, &request).await?))
}
