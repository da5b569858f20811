//! PreTokenGeneration: asked before each issue of tokens. What it may change is decided in [`crate::token`].
use super::invoke::{Call, attributes, metadata};
use super::{TokenVersion, Trigger, config};
use crate::context::RequestContext;
use crate::error::Result;
use crate::ids::ClientId;
use crate::pool::UserPool;
use crate::service::UserPools;
use crate::user::User;
use events::user_pools::{
    ClaimsAndScopeOverride, ClaimsOverride, GroupConfiguration, PreTokenAnswerV1, PreTokenAnswerV2, PreTokenRequest,
};
use serde::{Deserialize, Serialize};

/// On what occasion tokens are issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub enum TokenSource {
    /// A sign-in at the API.
    #[default]
    Authentication,
    /// A sign-in in which a temporary password was replaced.
    NewPasswordChallenge,
    /// A sign-in in which a remembered device proved itself.
    AuthenticateDevice,
    /// The login pages.
    HostedAuth,
    /// A refresh.
    RefreshTokens,
    /// A machine.
    ClientCredentials,
}

impl TokenSource {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Authentication => "Authentication",
            Self::NewPasswordChallenge => "NewPasswordChallenge",
            Self::AuthenticateDevice => "AuthenticateDevice",
            Self::HostedAuth => "HostedAuth",
            Self::RefreshTokens => "RefreshTokens",
            Self::ClientCredentials => "ClientCredentials",
        }
    }
}

/// What the function is told.
pub(crate) struct Issue<'a> {
    pub pool: &'a UserPool,
    pub client: &'a ClientId,
    /// None for a machine.
    pub user: Option<&'a User>,
    pub groups: GroupConfiguration<'a>,
    pub scopes: &'a [String],
    pub source: TokenSource,
}

/// What the function wants changed.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// Nothing.
    Nothing,
    /// By the rules of version 1.
    Claims(Box<ClaimsOverride>),
    /// By the rules of versions 2 and 3.
    ClaimsAndScopes(Box<ClaimsAndScopeOverride>),
}

impl UserPools {
    /// Asks the function. Machines' tokens are asked about in version 3 only.
    pub(crate) async fn pre_token(&self, cx: &RequestContext, issue: Issue<'_>) -> Result<Wanted> {
        let Some((_, version)) = config::token_function(&issue.pool.settings) else { return Ok(Wanted::Nothing) };
        if issue.user.is_none() && version != TokenVersion::V3 {
            return Ok(Wanted::Nothing);
        }
        let user_attributes = issue.user.map(|user| attributes(issue.pool, user)).unwrap_or_default();
        let request = PreTokenRequest {
            user_attributes: &user_attributes,
            group_configuration: issue.groups,
            scopes: (version != TokenVersion::V1).then_some(issue.scopes),
            client_metadata: metadata(cx),
        };
        let call = Call {
            pool: issue.pool,
            client: Some(issue.client),
            user_name: issue.user.map_or(&issue.client.0, |user| &user.username),
            trigger: Trigger::PreTokenGeneration(version),
            source: issue.source.as_str(),
            request,
        };
        let wanted = match version {
            TokenVersion::V1 => {
                let answer: Option<PreTokenAnswerV1> = self.call(cx, call).await?;
                answer
                    .and_then(|answer| answer.claims_override_details)
                    .map(|details| Wanted::Claims(Box::new(details)))
            }
            TokenVersion::V2 | TokenVersion::V3 => {
                let answer: Option<PreTokenAnswerV2> = self.call(cx, call).await?;
                answer
                    .and_then(|answer| answer.claims_and_scope_override_details)
                    .map(|details| Wanted::ClaimsAndScopes(Box::new(details)))
            }
        };
        Ok(wanted.unwrap_or(Wanted::Nothing))
    }
}
