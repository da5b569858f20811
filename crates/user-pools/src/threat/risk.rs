//! What operators set of threat protection: SetRiskConfiguration, for a pool or for one client of it. A client with a configuration of its own
//! takes nothing from the pool's. It lies in the documents of the row it concerns, which every sign-in has at hand anyway.
use super::{Mode, Source, mode};
use crate::client::AppClient;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{ClientId, Millis, PoolId, Scope};
use crate::messages;
use crate::network::Network;
use crate::pool::UserPool;
use crate::service::UserPools;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// The document's name.
pub(crate) const DOCUMENT: &str = "RiskConfiguration";

/// `RiskConfigurationType`. What has no effect here is kept as it came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RiskConfiguration {
    /// `CompromisedCredentialsRiskConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compromised_credentials: Option<Value>,
    /// `AccountTakeoverRiskConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_takeover: Option<Value>,
    /// `RiskExceptionConfiguration`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<RiskExceptions>,
    /// `LastModifiedDate`; `None` where nothing was ever set.
    pub modified: Option<Millis>,
}

/// `RiskExceptionConfigurationType`, as given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskExceptions {
    /// `BlockedIPRangeList`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked: Option<Vec<String>>,
    /// `SkippedIPRangeList`: their risk is not judged. Nobody's is, so they are let pass like everybody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Vec<String>>,
}

impl RiskConfiguration {
    fn is_empty(&self) -> bool {
        self.compromised_credentials.is_none() && self.account_takeover.is_none() && self.exceptions.is_none()
    }

    fn check(&self) -> Result<()> {
        let exceptions = self.exceptions.clone().unwrap_or_default();
        let ranges = exceptions.blocked.into_iter().chain(exceptions.skipped).flatten();
        for range in ranges {
            if !range.contains('/') || range.parse::<Network>().is_err() {
                return Err(messages::ip_range_invalid(range));
            }
        }
        Ok(())
    }

    /// Whether nobody from that address may sign in.
    fn blocks(&self, ip: IpAddr) -> bool {
        let blocked = self.exceptions.as_ref().and_then(|exceptions| exceptions.blocked.as_deref()).unwrap_or_default();
        blocked.iter().any(|range| range.parse::<Network>().is_ok_and(|network| network.holds(ip)))
    }

    /// Puts it in the place of the one before; one that says nothing leaves none.
    fn put(&self, documents: &mut BTreeMap<String, Value>) -> Result<()> {
        documents.remove(DOCUMENT);
        if !self.is_empty() {
            let value = serde_json::to_value(self)
                .map_err(|error| Error::new(ErrorKind::InternalError, "Internal error").because(error.to_string()))?;
            documents.insert(DOCUMENT.to_owned(), value);
        }
        Ok(())
    }

    fn of(documents: &BTreeMap<String, Value>) -> Option<Self> {
        Self::deserialize(documents.get(DOCUMENT)?).ok()
    }
}

impl UserPools {
    /// SetRiskConfiguration: replaces the pool's, or a client's, as a whole; an empty one goes back to the defaults.
    pub async fn set_risk_configuration(
        &self,
        now: Millis,
        scope: &Scope,
        pool: &PoolId,
        client: Option<&ClientId>,
        configuration: RiskConfiguration,
    ) -> Result<RiskConfiguration> {
        configuration.check()?;
        let next = RiskConfiguration { modified: Some(now), ..configuration };
        match client {
            None => drop(self.update_pool(now, scope, pool, |settings| next.put(&mut settings.documents)).await?),
            Some(client) => {
                let pool = self.pool_in(scope, pool).await?;
                self.change_client(now, &pool, client, |settings| next.put(&mut settings.documents)).await?;
            }
        }
        Ok(next)
    }

    /// DescribeRiskConfiguration: the pool's, or the client's own.
    pub async fn risk_configuration(
        &self,
        scope: &Scope,
        pool: &PoolId,
        client: Option<&ClientId>,
    ) -> Result<RiskConfiguration> {
        let pool = self.pool_in(scope, pool).await?;
        let found = match client {
            None => RiskConfiguration::of(&pool.settings.documents),
            Some(client) => RiskConfiguration::of(&self.client_of(&pool.id, client).await?.settings.documents),
        };
        Ok(found.unwrap_or_default())
    }
}

/// Refuses a sign-in from an address that pool or client block, where the pool enforces what it has configured. The address is looked at before
/// the user: the refusal tells nothing about them.
pub(crate) fn check_address(source: &Source, pool: &UserPool, client: &AppClient) -> Result<()> {
    if mode(&pool.settings) != Mode::Enforced {
        return Ok(());
    }
    let of = |documents| RiskConfiguration::of(documents);
    let found = of(&client.settings.documents).or_else(|| of(&pool.settings.documents));
    if found.is_some_and(|configuration| configuration.blocks(source.ip)) {
        return Err(messages::UNSAFE_SIGN_IN.because(format!("{} is in a blocked range", source.ip)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocking(ranges: &[&str]) -> RiskConfiguration {
        let blocked = Some(ranges.iter().map(|range| (*range).to_owned()).collect());
        RiskConfiguration {
            exceptions: Some(RiskExceptions { blocked, skipped: None }),
            ..RiskConfiguration::default()
        }
    }

    #[test]
    fn ranges_are_in_cidr_notation() {
        assert!(blocking(&["10.0.0.0/8", "2001:db8::/32"]).check().is_ok());
        for wrong in ["10.0.0.1", "10.0.0.0/33", "everybody/8", ""] {
            assert!(blocking(&[wrong]).check().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_blocked_by_any_of_the_ranges() {
        let configuration = blocking(&["10.0.0.0/8", "2001:db8::/32"]);
        for (address, blocked) in [("10.1.2.3", true), ("2001:db8::1", true), ("11.0.0.1", false), ("::1", false)] {
            assert_eq!(configuration.blocks(address.parse().unwrap()), blocked, "{address}");
        }
    }

    #[test]
    fn an_empty_configuration_leaves_none() {
        let mut documents = BTreeMap::new();
        blocking(&["10.0.0.0/8"]).put(&mut documents).unwrap();
        assert!(RiskConfiguration::of(&documents).is_some());
        RiskConfiguration { modified: Some(1), ..RiskConfiguration::default() }.put(&mut documents).unwrap();
        assert!(documents.is_empty());
    }
}
