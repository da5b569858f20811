//! What a client sends along for the pool's triggers, put where the operation says (spec G.4).
use super::Cx;
use super::prelude::wire;
use std::collections::BTreeMap;
use user_pools::{Carried, RequestContext, Told};

type Metadata = Option<BTreeMap<String, String>>;

impl Cx {
    /// The request of a call whose `ClientMetadata` its triggers get as `clientMetadata`.
    pub(crate) fn with_metadata(&self, metadata: Metadata) -> RequestContext {
        self.with(metadata, None)
    }

    /// The request of the call that begins a sign-in: its `ClientMetadata` comes as `validationData`.
    pub(crate) fn beginning(&self, metadata: Metadata) -> RequestContext {
        self.with(None, metadata)
    }

    /// The request of a call that makes a user.
    pub(crate) fn with_validation(
        &self,
        metadata: Metadata,
        validation: Option<Vec<wire::AttributeType>>,
    ) -> RequestContext {
        let pair = |data: wire::AttributeType| (data.name, data.value.unwrap_or_default());
        self.with(metadata, validation.map(|list| list.into_iter().map(pair).collect()))
    }

    fn with(&self, metadata: Metadata, validation: Metadata) -> RequestContext {
        self.request.carrying(Carried { metadata, validation, ..Carried::default() })
    }
}

/// What a call says about the user it speaks for.
pub(crate) trait Telling {
    /// As the ground floor reads it.
    fn told(self) -> Told;
}

impl Telling for Option<wire::UserContextDataType> {
    fn told(self) -> Told {
        Told { address: self.and_then(|data| data.ip_address), user_agent: None }
    }
}

impl Telling for Option<wire::ContextDataType> {
    fn told(self) -> Told {
        let Some(data) = self else { return Told::default() };
        let is_agent = |name: &Option<String>| name.as_deref().is_some_and(|n| n.eq_ignore_ascii_case("user-agent"));
        let agent = data.http_headers.into_iter().find(|header| is_agent(&header.header_name));
        let user_agent = agent.and_then(|header| header.header_value).map(|text| text.chars().take(256).collect());
        Told { address: Some(data.ip_address), user_agent }
    }
}

/// The same request, speaking for that user.
pub(crate) fn for_user(mut request: RequestContext, data: impl Telling) -> RequestContext {
    request.carried.told = data.told();
    request
}
