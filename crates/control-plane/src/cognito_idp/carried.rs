//! What a client sends along for the pool's triggers, put where the operation says (spec G.4).
use super::Cx;
use super::prelude::wire;
use std::collections::BTreeMap;
use user_pools::{Carried, RequestContext};

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
        self.request.carrying(Carried { metadata, validation })
    }
}
