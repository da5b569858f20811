//! AdminCreateUser: an account with a temporary password, or its invitation once more.
use super::super::prelude::*;
use super::{given, shown};
use user_pools::users::admin::{AdminCreateUser, MessageAction};
use wire::{AdminCreateUserRequest as Input, AdminCreateUserResponse as Output};

pub(crate) async fn run(cx: &Cx, by: Permit<SigV4>, input: Input) -> Result<Output> {
    let pool = cx.pools.pool_in(by.scope(), &PoolId(input.user_pool_id)).await?;
    let carried = cx.with_validation(input.client_metadata, input.validation_data);
    let request = AdminCreateUser {
        username: input.username,
        attributes: given::attributes(input.user_attributes.unwrap_or_default()),
        temporary_password: input.temporary_password.map(Into::into),
        action: input.message_action.map(action),
        mediums: input.desired_delivery_mediums.unwrap_or_default().into_iter().map(given::medium).collect(),
        force_alias: input.force_alias_creation.unwrap_or(false),
    };
    let user = cx.pools.admin_create_user(&carried, &pool, request).await?;
    Ok(Output { user: Some(shown::user(&pool.settings, &user)) })
}

const fn action(action: wire::MessageActionType) -> MessageAction {
    match action {
        wire::MessageActionType::Resend => MessageAction::Resend,
        wire::MessageActionType::Suppress => MessageAction::Suppress,
    }
}
