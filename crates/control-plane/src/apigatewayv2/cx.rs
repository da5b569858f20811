//! What an operation has at hand, and the one way to change an API: read, change, compare-and-swap, make live.

use std::sync::Arc;

use http_apis::ports::ApiKey;
use http_apis::{Act, Api, ApiError, Scope, StoreError};
use user_pools::RequestContext;

use super::errors::Refusal;
use super::{Options, Ports};
use crate::caller::{Permit, SigV4};

/// How often a change is tried again when somebody else changed the same API in between. Terraform makes ten calls at
/// a time on one API, so collisions are usual.
const TRIES: usize = 20;

/// What an operation has at hand.
pub(super) struct Cx {
    pub(super) ports: Ports,
    pub(super) request: RequestContext,
    pub(super) scope: Scope,
    options: Arc<Options>,
}

impl Cx {
    pub(super) fn new(ports: Ports, options: Arc<Options>, request: RequestContext, by: &Permit<SigV4>) -> Self {
        let scope = Scope { account: by.scope().account.clone(), region: by.scope().region.clone() };
        Self { ports, request, scope, options }
    }

    /// The time and the source of ids.
    pub(super) fn act(&self) -> Act<'_> {
        Act { now: self.request.now, random: &*self.ports.random }
    }

    /// Names an API of the caller's account and region.
    pub(super) fn key(&self, api_id: &str) -> ApiKey {
        ApiKey { scope: self.scope.clone(), id: api_id.to_owned() }
    }

    /// What `apiEndpoint` says.
    pub(super) fn endpoint(&self, api: &Api) -> String {
        self.options.endpoint.replace("{apiId}", &api.api_id).replace("{region}", &api.scope.region)
    }

    /// One API.
    pub(super) async fn api(&self, api_id: &str) -> Result<Api, Refusal> {
        self.ports.store.api(self.key(api_id)).await.map_err(|error| self.about(api_id, error))
    }

    /// Changes one API. `change` runs again on the fresh row when somebody else was quicker, so it must not keep
    /// anything of an earlier run. When this returns, the change is stored and served.
    pub(super) async fn change<T>(
        &self,
        api_id: &str,
        change: impl Fn(&mut Api, &Act<'_>) -> Result<T, ApiError>,
    ) -> Result<(T, Api), Refusal> {
        let mut tries = 0;
        loop {
            let mut api = self.api(api_id).await?;
            let made = change(&mut api, &self.act())?;
            match self.ports.store.replace_api(api.clone(), self.request.now).await {
                Ok(version) => {
                    api.version = version;
                    self.make_live().await;
                    return Ok((made, api));
                }
                Err(StoreError::Conflict) if tries < TRIES => tries += 1,
                Err(error) => return Err(self.about(api_id, error)),
            }
        }
    }

    /// Brings the change to the data plane before the answer. The change is stored already: if the data plane cannot
    /// read it now, it will when it next follows the store, and the answer stays a success.
    pub(super) async fn make_live(&self) {
        if let Err(error) = self.ports.gateway.refresh().await {
            tracing::error!(request_id = %self.request.request_id, %error, "a stored change of an API is not served yet");
        }
    }

    /// Reads an issuer's discovery document, unless that is switched off.
    pub(super) async fn check_issuer(&self, issuer: Option<&str>) -> Result<(), Refusal> {
        match issuer {
            Some(issuer) if self.options.check_issuers => Ok(self.ports.gateway.check_issuer(issuer).await?),
            _ => Ok(()),
        }
    }

    /// A store's failure, said of one API.
    pub(super) fn about(&self, api_id: &str, error: StoreError) -> Refusal {
        match error {
            StoreError::NotFound => {
                ApiError::NoApi { account: self.scope.account.clone(), id: api_id.to_owned() }.into()
            }
            other => other.into(),
        }
    }
}
