//! How a risk configuration is shown, and how one is read from a request.
use super::super::errors::invalid;
use super::super::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use user_pools::threat::{RiskConfiguration, RiskExceptions};

/// `RiskConfigurationType`.
pub(super) fn configuration(
    pool: PoolId,
    client: Option<ClientId>,
    configuration: RiskConfiguration,
) -> Result<wire::RiskConfigurationType> {
    let exceptions = configuration.exceptions.map(|exceptions| wire::RiskExceptionConfigurationType {
        blocked_ip_range_list: exceptions.blocked,
        skipped_ip_range_list: exceptions.skipped,
    });
    Ok(wire::RiskConfigurationType {
        user_pool_id: Some(pool.0),
        client_id: client.map(|client| client.0),
        compromised_credentials_risk_configuration: read(configuration.compromised_credentials)?,
        account_takeover_risk_configuration: read(configuration.account_takeover)?,
        risk_exception_configuration: exceptions,
        last_modified_date: configuration.modified.map(Into::into),
    })
}

/// A configuration as it is asked for. Compromised credentials are looked for at every event unless told otherwise.
pub(super) fn given(
    compromised: Option<wire::CompromisedCredentialsRiskConfigurationType>,
    takeover: Option<wire::AccountTakeoverRiskConfigurationType>,
    exceptions: Option<wire::RiskExceptionConfigurationType>,
) -> Result<RiskConfiguration> {
    use wire::EventFilterType::{PasswordChange, SignIn, SignUp};
    let compromised = compromised.map(|mut given| {
        given.event_filter.get_or_insert_with(|| vec![SignIn, PasswordChange, SignUp]);
        given
    });
    Ok(RiskConfiguration {
        compromised_credentials: kept(compromised)?,
        account_takeover: kept(takeover)?,
        exceptions: exceptions
            .map(|given| RiskExceptions { blocked: given.blocked_ip_range_list, skipped: given.skipped_ip_range_list }),
        modified: None,
    })
}

fn kept(member: Option<impl Serialize>) -> Result<Option<Value>> {
    member.map(serde_json::to_value).transpose().map_err(|error| invalid(error.to_string()))
}

fn read<T: DeserializeOwned>(document: Option<Value>) -> Result<Option<T>> {
    document.map(serde_json::from_value).transpose().map_err(|error| invalid(error.to_string()))
}
