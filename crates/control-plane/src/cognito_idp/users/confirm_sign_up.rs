//! ConfirmSignUp: the code of the sign-up mail makes the account usable.
use super::super::prelude::*;
use super::given;
use user_pools::users::ConfirmSignUp;
use wire::{ConfirmSignUpRequest as Input, ConfirmSignUpResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = cx.with_metadata(input.client_metadata);
    let request = ConfirmSignUp {
        asking: given::asking(input.client_id, input.secret_hash, input.username),
        code: input.confirmation_code,
        force_alias: input.force_alias_creation.unwrap_or(false),
    };
    let session = cx.pools.confirm_sign_up_within(&carried, request, input.session.as_deref()).await?;
    Ok(Output { session })
}
