//! The functions that operators attach to a pool (spec G): which there are, what each is told, what its answer may change, and how its
//! failures read. Runs none itself: that is the port [`crate::ports::Triggers`]. A pool without a function pays nothing.
pub(crate) mod challenges;
mod config;
mod federation;
mod invoke;
mod message;
mod migration;
mod sender;
pub mod sender_code;
mod sign_in;
mod sign_up;
pub(crate) mod tokens;

pub(crate) use config::check;
pub use federation::{Inbound, NewcomerFromProvider};
pub(crate) use message::Written;
pub(crate) use migration::{Sought, migrates};
pub use sender::sender_key;
pub(crate) use sign_up::{Birth, Confirmed};
pub use tokens::TokenSource;

/// One kind of function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// Before a user is stored.
    PreSignUp,
    /// After a user has been confirmed, or has set a new password by a code.
    PostConfirmation,
    /// Before a credential is looked at.
    PreAuthentication,
    /// After the last factor.
    PostAuthentication,
    /// Before each issue of tokens, in the version of the event that the pool asks for.
    PreTokenGeneration(TokenVersion),
    /// Before each message.
    CustomMessage,
    /// Decides how a custom sign-in goes on.
    DefineAuthChallenge,
    /// Makes a custom challenge.
    CreateAuthChallenge,
    /// Judges the answer to it.
    VerifyAuthChallengeResponse,
    /// Looks elsewhere for a user who does not exist here.
    UserMigration,
    /// Sends mails instead of us.
    CustomEmailSender,
    /// Sends SMS instead of us.
    CustomSmsSender,
    /// Reads what an identity provider said before it is mapped.
    InboundFederation,
}

/// `PreTokenGenerationConfig.LambdaVersion`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenVersion {
    /// `V1_0`: ID tokens, texts only.
    V1,
    /// `V2_0`: both tokens, any values, scopes.
    V2,
    /// `V3_0`: as `V2_0`, and machines' tokens.
    V3,
}

impl Trigger {
    /// As sentences call it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PreSignUp => "PreSignUp",
            Self::PostConfirmation => "PostConfirmation",
            Self::PreAuthentication => "PreAuthentication",
            Self::PostAuthentication => "PostAuthentication",
            Self::PreTokenGeneration(TokenVersion::V1) => "PreTokenGeneration",
            Self::PreTokenGeneration(TokenVersion::V2) => "PreTokenGenerationV2",
            Self::PreTokenGeneration(TokenVersion::V3) => "PreTokenGenerationV3",
            Self::CustomMessage => "CustomMessage",
            Self::DefineAuthChallenge => "DefineAuthChallenge",
            Self::CreateAuthChallenge => "CreateAuthChallenge",
            Self::VerifyAuthChallengeResponse => "VerifyAuthChallengeResponse",
            Self::UserMigration => "UserMigration",
            Self::CustomEmailSender => "CustomEmailSender",
            Self::CustomSmsSender => "CustomSMSSender",
            Self::InboundFederation => "InboundFederation",
        }
    }

    /// The first word of `triggerSource`.
    const fn source(self) -> &'static str {
        match self {
            Self::PreTokenGeneration(_) => "TokenGeneration",
            other => other.as_str(),
        }
    }

    /// `version` of the event.
    const fn version(self) -> &'static str {
        match self {
            Self::PreTokenGeneration(TokenVersion::V2) => "2",
            Self::PreTokenGeneration(TokenVersion::V3) => "3",
            _ => "1",
        }
    }
}
