//! SignUp: a person makes their own account.
use super::super::carried::for_user;
use super::super::prelude::*;
use super::{given, shown};
use user_pools::users::SignUp;
use wire::{SignUpRequest as Input, SignUpResponse as Output};

pub(crate) async fn run(cx: &Cx, _by: Permit<Public>, input: Input) -> Result<Output> {
    let carried = for_user(cx.with_validation(input.client_metadata, input.validation_data), input.user_context_data);
    let request = SignUp {
        asking: given::asking(input.client_id, input.secret_hash, input.username),
        password: input.password,
        attributes: given::attributes(input.user_attributes.unwrap_or_default()),
    };
    let done = cx.pools.sign_up(&carried, request).await?;
    Ok(Output {
        user_confirmed: done.confirmed,
        user_sub: done.sub,
        code_delivery_details: done.delivery.map(shown::delivery),
        session: done.session,
    })
}
