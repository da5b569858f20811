//! The bearer of a verified token, kept small: thousands of them stay in memory per worker. Claims are kept as text and
//! taken apart only for those who want to see them (functions, mappings), once per token.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use jose::Claims;
use serde_json::{Map, Value};

use super::Issuer;
use crate::snapshot::JwtRule;

/// Bytes of a bearer beside its texts, allocations included.
const BASE_BYTES: usize = 200;
/// How much larger claims are when they have been printed for functions.
const PRINTED_FACTOR: usize = 4;

/// Whose token it was.
#[derive(Debug)]
pub(crate) struct Bearer {
    issuer: Arc<Issuer>,
    /// `aud`; without one, `client_id`.
    audience: Box<[Box<str>]>,
    scopes: Box<[Box<str>]>,
    /// All claims, JSON.
    claims: Box<str>,
    printed: OnceLock<BTreeMap<String, String>>,
}

impl Bearer {
    /// Out of verified claims. `printed`: a function is going to see them, so print them at once.
    pub(super) fn new(issuer: &Arc<Issuer>, claims: &Claims, printed: bool) -> Self {
        let boxed = |list: Vec<&str>| list.into_iter().map(Into::into).collect();
        let client = || claims.str("client_id").into_iter().collect();
        let bearer = Self {
            issuer: Arc::clone(issuer),
            audience: boxed(claims.audience().unwrap_or_else(client)),
            scopes: boxed(claims.scopes()),
            claims: serde_json::to_string(claims.as_map()).unwrap_or_default().into(),
            printed: OnceLock::new(),
        };
        if printed {
            drop(bearer.printed.set(events::print_claims(claims.as_map())));
        }
        bearer
    }

    /// Whether a route's rule would take this bearer's token: the same issuer, and an audience it lists.
    pub(super) fn suits(&self, rule: &JwtRule) -> bool {
        Arc::ptr_eq(&self.issuer, &rule.issuer) && self.audience.iter().any(|one| rule.audiences.contains(one))
    }

    /// The claims as functions see them.
    pub(crate) fn printed(&self) -> &BTreeMap<String, String> {
        self.printed.get_or_init(|| {
            let claims: Map<String, Value> = serde_json::from_str(&self.claims).unwrap_or_default();
            events::print_claims(&claims)
        })
    }

    /// The token's scopes.
    pub(crate) fn scopes(&self) -> &[Box<str>] {
        &self.scopes
    }

    /// What it weighs in the cache.
    pub(super) fn bytes(&self) -> usize {
        let factor = if self.printed.get().is_some() { PRINTED_FACTOR } else { 1 };
        BASE_BYTES + factor * self.claims.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_print_the_same_early_and_late() {
        let text = r#"{"sub":"u","exp":1787996002,"f":1.5,"g":["a","b"],"o":{"a":1},"n":null,"big":1.7e9}"#;
        let claims: Claims = serde_json::from_str(text).unwrap();
        let issuer = super::super::issuers::unreachable("https://i.example");
        let (early, late) = (Bearer::new(&issuer, &claims, true), Bearer::new(&issuer, &claims, false));
        assert!(early.bytes() > late.bytes());
        assert_eq!(early.printed(), late.printed());
        assert_eq!(early.printed()["exp"], "1787996002");
    }
}
