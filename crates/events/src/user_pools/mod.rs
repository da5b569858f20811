//! The events of user pools' triggers, version 1 to 3: the envelope, what each trigger is told, and what it may answer.
//! A member that AWS always sends is always here, null where it has no value; `clientMetadata` comes only when a client sent some.
mod answer;
mod requests;
mod tokens;

pub use answer::{BadTriggerAnswer, read_trigger_answer};
pub use requests::{
    AuthChallengeAnswer, AuthChallengeRequest, AuthChallengeResult, CreateAuthChallengeAnswer, CustomMessageAnswer,
    CustomMessageRequest, CustomSenderRequest, DefineAuthChallengeAnswer, InboundFederationAnswer,
    InboundFederationRequest, NoAnswer, PostAuthenticationRequest, PostConfirmationRequest, PreAuthenticationRequest,
    PreSignUpAnswer, PreSignUpRequest, UserMigrationAnswer, UserMigrationRequest,
};
pub use tokens::{
    ClaimsAndScopeOverride, ClaimsOverride, GroupConfiguration, GroupOverride, PreTokenAnswerV1, PreTokenAnswerV2,
    PreTokenRequest, TokenOverride,
};

use serde::Serialize;
use std::collections::BTreeMap;

/// Names and values, as triggers see attributes and metadata: text only.
pub type Texts = BTreeMap<String, String>;

/// `callerContext.clientId` where an operator called and no client was named.
pub const NO_CLIENT: &str = "CLIENT_ID_NOT_APPLICABLE";

/// The whole event.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TriggerEvent<'a, Q, A> {
    /// "1"; "2" and "3" for the later pre token generation events.
    pub version: &'a str,
    /// What happened: `PreSignUp_SignUp` and so on.
    pub trigger_source: &'a str,
    /// The pool's region.
    pub region: &'a str,
    /// The pool.
    pub user_pool_id: &'a str,
    /// The internal username; for machines the client's id.
    pub user_name: &'a str,
    /// Who called.
    pub caller_context: CallerContext<'a>,
    /// What the trigger is told.
    pub request: Q,
    /// What it may fill in, preset.
    pub response: A,
}

/// `callerContext`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallerContext<'a> {
    /// The caller's SDK; Cognito itself mostly does not know it.
    pub aws_sdk_version: &'a str,
    /// The app client, or [`NO_CLIENT`].
    pub client_id: &'a str,
}

impl<'a> CallerContext<'a> {
    /// Of a client, or of none.
    pub fn of(client: Option<&'a str>) -> Self {
        Self { aws_sdk_version: "aws-sdk-unknown-unknown", client_id: client.unwrap_or(NO_CLIENT) }
    }
}
