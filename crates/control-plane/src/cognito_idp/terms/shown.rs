//! How terms documents are shown.
use super::super::prelude::*;
use user_pools::terms::Terms;

/// `TermsType`.
pub(super) fn terms(terms: Terms) -> wire::TermsType {
    wire::TermsType {
        terms_id: terms.id,
        user_pool_id: terms.pool.0,
        client_id: terms.client.0,
        terms_name: terms.name,
        terms_source: wire::TermsSourceType::Link,
        enforcement: wire::TermsEnforcementType::None,
        links: terms.links,
        creation_date: terms.created.into(),
        last_modified_date: terms.modified.into(),
    }
}

/// `TermsDescriptionType`.
pub(super) fn description(terms: Terms) -> wire::TermsDescriptionType {
    wire::TermsDescriptionType {
        terms_id: terms.id,
        terms_name: terms.name,
        enforcement: wire::TermsEnforcementType::None,
        creation_date: terms.created.into(),
        last_modified_date: terms.modified.into(),
    }
}
