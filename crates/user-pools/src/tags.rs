//! Tags of user pools, named by ARN: TagResource, UntagResource, ListTagsForResource. A pool is the only taggable thing of this service.
use crate::error::{Error, Result};
use crate::ids::{Millis, PoolId, Scope};
use crate::messages;
use crate::service::UserPools;
use std::collections::BTreeMap;

/// A pool holds so many tags (AWS's limit for every taggable thing).
const MOST: usize = 50;

impl UserPools {
    /// ListTagsForResource. ResourceNotFound for a pool that the caller does not have, InvalidParameter for an ARN of something else.
    pub async fn tags(&self, scope: &Scope, arn: &str) -> Result<BTreeMap<String, String>> {
        let id = named(scope, arn)?;
        Ok(self.pool_in(scope, &id).await?.settings.tags)
    }

    /// TagResource: adds tags and overwrites those of the same key.
    pub async fn tag(&self, now: Millis, scope: &Scope, arn: &str, tags: BTreeMap<String, String>) -> Result<()> {
        let id = named(scope, arn)?;
        if let Some(key) = tags.keys().find(|key| key.to_ascii_lowercase().starts_with("aws:")) {
            return Err(Error::invalid(format!("Tag key {key} is reserved: keys must not begin with aws:")));
        }
        let change = |settings: &mut crate::pool::PoolSettings| {
            settings.tags.extend(tags.clone());
            if settings.tags.len() > MOST {
                Err(Error::invalid("A resource cannot have more than 50 tags."))
            } else {
                Ok(())
            }
        };
        self.update_pool(now, scope, &id, change).await.map(drop)
    }

    /// UntagResource: keys that are not there are no mistake.
    pub async fn untag(&self, now: Millis, scope: &Scope, arn: &str, keys: &[String]) -> Result<()> {
        let id = named(scope, arn)?;
        let change = |settings: &mut crate::pool::PoolSettings| {
            settings.tags.retain(|key, _| !keys.contains(key));
            Ok(())
        };
        self.update_pool(now, scope, &id, change).await.map(drop)
    }
}

/// The pool in `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`. One of another account or region does not exist for the caller.
fn named(scope: &Scope, arn: &str) -> Result<PoolId> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _partition, "cognito-idp", region, account, resource] = parts.as_slice() else {
        return Err(Error::invalid(format!("Invalid resource ARN: {arn}")));
    };
    let Some(id) = resource.strip_prefix("userpool/").filter(|id| !id.is_empty() && !id.contains('/')) else {
        return Err(Error::invalid(format!("Invalid resource ARN: {arn}")));
    };
    let id = PoolId(id.to_owned());
    if *region == scope.region && *account == scope.account {
        Ok(id)
    } else {
        Err(messages::pool_does_not_exist(&id).because("the ARN names another account or region"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn scope() -> Scope {
        Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() }
    }

    #[test]
    fn only_an_arn_of_a_user_pool_names_one() {
        let arn = PoolId("us-east-1_AbCdEf123".to_owned()).arn("000000000000");
        assert_eq!(named(&scope(), &arn).unwrap().0, "us-east-1_AbCdEf123");
        for other in [
            "us-east-1_AbCdEf123",
            "arn:aws:s3:::bucket",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool/",
            "arn:aws:cognito-idp:us-east-1:000000000000:userpool/a/client/b",
        ] {
            assert_eq!(named(&scope(), other).unwrap_err().kind, ErrorKind::InvalidParameter, "{other}");
        }
    }

    #[test]
    fn a_pool_of_another_account_or_region_does_not_exist() {
        for other in [
            "arn:aws:cognito-idp:eu-west-1:000000000000:userpool/x",
            "arn:aws:cognito-idp:us-east-1:111111111111:userpool/x",
        ] {
            assert_eq!(named(&scope(), other).unwrap_err().kind, ErrorKind::ResourceNotFound, "{other}");
        }
    }
}
