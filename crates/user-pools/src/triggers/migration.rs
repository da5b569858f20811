//! UserMigration: a function that looks for an unknown user elsewhere.
use super::invoke::{Call, metadata, validation};
use super::{Trigger, config};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::ClientId;
use crate::messages;
use crate::pool::{PoolSettings, UserPool};
use crate::service::UserPools;
use events::user_pools::{UserMigrationAnswer, UserMigrationRequest};

/// Why somebody is looked for.
#[derive(Clone, Copy)]
pub(crate) enum Sought<'a> {
    /// A password came.
    Authentication { password: &'a str },
    /// A password was forgotten.
    ForgotPassword,
}

/// Whether the pool looks elsewhere at all.
pub(crate) fn migrates(settings: &PoolSettings) -> bool {
    config::function(settings, Trigger::UserMigration).is_some()
}

impl UserPools {
    /// Asks the function about a name as it was entered. UserNotFound ("Exception during user migration") whatever went wrong, and when it
    /// found nobody: the private reason tells which.
    pub(crate) async fn look_elsewhere(
        &self,
        cx: &RequestContext,
        pool: &UserPool,
        client: &ClientId,
        name: &str,
        sought: Sought<'_>,
    ) -> Result<UserMigrationAnswer> {
        let (source, password) = match sought {
            Sought::Authentication { password } => ("Authentication", Some(password)),
            Sought::ForgotPassword => ("ForgotPassword", None),
        };
        let request = UserMigrationRequest { password, validation_data: validation(cx), client_metadata: metadata(cx) };
        let trigger = Trigger::UserMigration;
        let call = Call { pool, client: Some(client), user_name: name, trigger, source, request };
        let answer: Option<UserMigrationAnswer> =
            self.call(cx, call).await.map_err(|error| messages::MIGRATION_FAILED.because(reason(&error)))?;
        answer
            .filter(|answer| answer.user_attributes.as_ref().is_some_and(|attributes| !attributes.is_empty()))
            .ok_or_else(|| messages::MIGRATION_FAILED.because("the function knows nobody of that name"))
    }
}

fn reason(error: &crate::Error) -> String {
    let why = error.reason.as_deref().unwrap_or_default();
    format!("{} ({why})", error.message)
}
