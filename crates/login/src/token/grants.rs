//! The grants: what each needs, who may use it, how it issues. Everything else is the pipeline's.
use crate::routes::Call;
use std::collections::BTreeMap;
use user_pools::Carried;
use user_pools::client::AppClient;
use user_pools::oauth::{ErrorCode, Redemption, Refusal};
use user_pools::token::Tokens;

/// `grant_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    Code,
    Refresh,
    Machine,
}

impl Grant {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "authorization_code" => Some(Self::Code),
            "refresh_token" => Some(Self::Refresh),
            "client_credentials" => Some(Self::Machine),
            _ => None,
        }
    }

    /// Parameters that must be there.
    pub const fn needs(self) -> &'static [&'static str] {
        match self {
            Self::Code => &["code"],
            Self::Refresh => &["refresh_token"],
            Self::Machine => &[],
        }
    }

    /// The value of `AllowedOAuthFlows` that opens it; refreshing has a rule of its own in the pool.
    const fn flow(self) -> Option<&'static str> {
        match self {
            Self::Code => Some("code"),
            Self::Refresh => None,
            Self::Machine => Some("client_credentials"),
        }
    }

    pub fn allowed_to(self, client: &AppClient) -> Result<(), Refusal> {
        let Some(flow) = self.flow() else { return Ok(()) };
        let settings = &client.settings;
        let allowed = settings.oauth_enabled && settings.oauth_flows.iter().any(|allowed| allowed == flow);
        if allowed {
            return Ok(());
        }
        Err(Refusal::new(ErrorCode::UnauthorizedClient, "client.flow")
            .expected(flow)
            .got(settings.oauth_flows.join(" ")))
    }

    pub async fn issue(self, call: &Call<'_>, client: &AppClient) -> Result<Tokens, Refusal> {
        let (pools, form) = (&call.login.pools, &call.form);
        let cx = &call.cx.carrying(Carried { metadata: metadata(call)?, validation: None, ..Carried::default() });
        match self {
            Self::Code => {
                let redemption = Redemption {
                    code: form.text("code"),
                    redirect_uri: form.get("redirect_uri"),
                    verifier: form.get("code_verifier"),
                };
                pools.redeem_code(cx, client, redemption).await
            }
            Self::Refresh => pools.refresh_grant(cx, client, form.text("refresh_token")).await,
            Self::Machine => {
                check_machine(call)?;
                pools.issue_to_machine(cx, client, form.get("scope")).await
            }
        }
    }
}

/// `aws_client_metadata`: texts for the pool's token trigger.
fn metadata(call: &Call<'_>) -> Result<Option<BTreeMap<String, String>>, Refusal> {
    let Some(text) = call.form.get("aws_client_metadata") else { return Ok(None) };
    let refused = || Refusal::new(ErrorCode::InvalidRequest, "aws_client_metadata").expected("a JSON object of texts");
    serde_json::from_str(text).map(Some).map_err(|_| refused())
}

/// A token for another audience than was asked for would be a wrong success.
fn check_machine(call: &Call<'_>) -> Result<(), Refusal> {
    match call.form.get("resource") {
        Some(resource) => Err(Refusal::new(ErrorCode::InvalidRequest, "resource")
            .saying("resource is not supported yet")
            .got(resource.to_owned())),
        None => Ok(()),
    }
}
