//! DeleteUser: the token's user removes their own account.
use super::super::prelude::*;
use wire::DeleteUserRequest as Input;

pub(crate) async fn run(cx: &Cx, by: Permit<AccessToken>, _input: Input) -> Result<Empty> {
    cx.pools.delete_user(&cx.request, &by.into_access()).await?;
    Ok(Empty {})
}
