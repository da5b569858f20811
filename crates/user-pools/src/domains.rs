//! What operators do with login domains (spec B 3, E, F).
use crate::domain::Domain;
use crate::error::{Error, Result};
use crate::ids::{Millis, PoolId, Scope};
use crate::ports::{StoreError, Taken};
use crate::service::UserPools;

/// Words AWS keeps for itself.
const RESERVED: [&str; 3] = ["aws", "amazon", "cognito"];

impl UserPools {
    /// CreateUserPoolDomain; the host is served when this returns. InvalidParameter when the name is bad, taken, or the pool has one already.
    pub async fn create_domain(&self, now: Millis, domain: Domain) -> Result<Domain> {
        check_name(&domain)?;
        match self.store.insert_domain(now, domain.clone()).await {
            Ok(()) => {
                self.make_domains_live().await;
                Ok(domain)
            }
            Err(StoreError::Exists(Taken::Owner)) => Err(Error::invalid("User pool already has a domain configured.")),
            Err(StoreError::Exists(_)) => Err(Error::invalid("Domain already associated with another user pool.")),
            Err(StoreError::NotFound) => Err(crate::messages::pool_does_not_exist(&domain.pool)),
            Err(error) => Err(error.into()),
        }
    }

    /// DescribeUserPoolDomain: `None` for an unknown domain, which AWS answers as an empty description (spec B 3).
    pub async fn domain(&self, scope: &Scope, name: String) -> Result<Option<Domain>> {
        match self.store.domain(name).await {
            Ok(domain) if domain.scope == *scope => Ok(Some(domain)),
            Ok(_) | Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// UpdateUserPoolDomain: the members given replace the old ones.
    pub async fn update_domain(
        &self,
        now: Millis,
        pool: &PoolId,
        name: String,
        change: impl Fn(&mut Domain) + Send + Sync,
    ) -> Result<Domain> {
        loop {
            let mut domain = self.store.domain(name.clone()).await.map_err(missing)?;
            if domain.pool != *pool {
                return Err(missing(StoreError::NotFound));
            }
            change(&mut domain);
            match self.store.replace_domain(now, domain.clone()).await {
                Ok(version) => {
                    self.make_domains_live().await;
                    return Ok(Domain { version, ..domain });
                }
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(missing(error)),
            }
        }
    }

    /// DeleteUserPoolDomain. InvalidParameter when the pool has no such domain.
    pub async fn delete_domain(&self, now: Millis, pool: PoolId, name: String) -> Result<()> {
        self.store.delete_domain(now, pool, name).await.map_err(missing)?;
        self.make_domains_live().await;
        Ok(())
    }

    /// The domains of a pool: at most one prefix and a few custom ones.
    pub async fn domains_of(&self, pool: PoolId) -> Result<Vec<Domain>> {
        Ok(self.store.domains_of(pool).await?)
    }
}

fn missing(error: StoreError) -> Error {
    if error == StoreError::NotFound { Error::invalid("No such domain or user pool exists.") } else { error.into() }
}

/// A prefix is one DNS label without AWS's words; a custom domain is a whole host name.
fn check_name(domain: &Domain) -> Result<()> {
    let name = domain.name.as_str();
    if domain.custom.is_some() {
        let whole = name.len() <= 253 && name.contains('.') && name.split('.').all(is_label);
        return if whole { Ok(()) } else { Err(Error::invalid(format!("{name} is not a valid custom domain name."))) };
    }
    if !is_label(name) {
        return Err(Error::invalid(format!(
            "Domain prefix {name} must be 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end."
        )));
    }
    match RESERVED.iter().find(|word| name.contains(**word)) {
        Some(word) => Err(Error::invalid(format!("Domain cannot contain reserved word: {word}"))),
        None => Ok(()),
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(name: &str, custom: bool) -> Domain {
        Domain {
            scope: Scope { account: "000000000000".into(), region: "us-east-1".into() },
            name: name.into(),
            pool: PoolId("us-east-1_AbCdEf123".into()),
            version: 1,
            managed_login_version: 2,
            custom: custom.then(|| serde_json::json!({})),
            routing: None,
            created: 0,
        }
    }

    #[test]
    fn a_prefix_is_one_label_without_reserved_words() {
        assert!(check_name(&domain("dashboard-1", false)).is_ok());
        for bad in ["", "-a", "a-", "Upper", "a.b", "my-aws-login", "amazonia", "cognito1"] {
            assert!(check_name(&domain(bad, false)).is_err(), "{bad}");
        }
        assert!(check_name(&domain("auth.example.com", true)).is_ok());
        assert!(check_name(&domain("auth", true)).is_err());
    }
}
