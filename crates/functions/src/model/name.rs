//! Function names, partial and whole ARNs, qualifiers: every form the API and other rooms name a function by.

use serde::{Deserialize, Serialize};
use user_pools::Scope;

/// The only version there is: the code and configuration as they are now.
pub const LATEST: &str = "$LATEST";

/// Names one function in the whole store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FunctionKey {
    /// Owner.
    pub account: String,
    /// Region.
    pub region: String,
    /// 1 to 64 letters, digits, hyphens, underscores.
    pub name: String,
}

impl FunctionKey {
    /// The function of this name in an account and region.
    pub fn new(scope: &Scope, name: &str) -> Self {
        Self { account: scope.account.clone(), region: scope.region.clone(), name: name.to_owned() }
    }

    /// The unqualified ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:lambda:{}:{}:function:{}", self.region, self.account, self.name)
    }
}

/// What a client or another room calls a function: a name, a partial ARN or an ARN, perhaps with a qualifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionRef {
    /// The function.
    pub key: FunctionKey,
    /// Version or alias, as given.
    pub qualifier: Option<String>,
}

impl FunctionRef {
    /// Reads a name in any of its forms; what it leaves open is the caller's own (`scope`). `None` when it is no name.
    pub fn parse(scope: &Scope, text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let (region, account, rest) = match parts.as_slice() {
            ["arn", partition, "lambda", region, account, "function", rest @ ..] if is_partition(partition) => {
                (*region, *account, rest)
            }
            [account, "function", rest @ ..] => (scope.region.as_str(), *account, rest),
            ["function", rest @ ..] | rest => (scope.region.as_str(), scope.account.as_str(), rest),
        };
        let (name, qualifier) = match rest {
            [name] => (*name, None),
            [name, qualifier] => (*name, Some(*qualifier)),
            _ => return None,
        };
        let good = is_account(account) && is_name(name) && qualifier.is_none_or(is_qualifier) && !region.is_empty();
        let key = FunctionKey { account: account.to_owned(), region: region.to_owned(), name: name.to_owned() };
        good.then(|| Self { key, qualifier: qualifier.map(str::to_owned) })
    }

    /// Reads a whole ARN only.
    pub fn parse_arn(text: &str) -> Option<Self> {
        let nowhere = Scope { account: String::new(), region: String::new() };
        text.starts_with("arn:").then(|| Self::parse(&nowhere, text)).flatten()
    }

    /// Whether the qualifier, if any, names the one version there is.
    pub fn is_latest(&self) -> bool {
        self.qualifier.as_deref().is_none_or(|qualifier| qualifier == LATEST)
    }
}

fn is_partition(text: &str) -> bool {
    text.strip_prefix("aws").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Whether a text may name a function.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && is_word(text)
}

fn is_qualifier(text: &str) -> bool {
    text == LATEST || (1..=128).contains(&text.len()) && is_word(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here() -> Scope {
        Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() }
    }

    #[test]
    fn a_function_is_named_in_four_forms() {
        let read = |text: &str| FunctionRef::parse(&here(), text).map(|it| (it.key.arn(), it.qualifier));
        let own = "arn:aws:lambda:us-east-1:000000000000:function:app".to_owned();
        assert_eq!(read("app"), Some((own.clone(), None)));
        assert_eq!(read("function:app"), Some((own.clone(), None)));
        assert_eq!(read("000000000000:function:app"), Some((own.clone(), None)));
        assert_eq!(read("app:$LATEST"), Some((own.clone(), Some("$LATEST".to_owned()))));
        assert_eq!(read(&format!("{own}:live")), Some((own, Some("live".to_owned()))));
        let other = "arn:aws:lambda:eu-west-1:111111111111:function:x";
        assert_eq!(read(other), Some((other.to_owned(), None)));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "a".repeat(65);
        for text in ["", "a b", "a/b", "..", "a:b:c", "arn:aws:s3:::x", "arn:aws:lambda:r:1:function:x", "ä", &long] {
            assert_eq!(FunctionRef::parse(&here(), text), None, "{text}");
        }
        assert_eq!(FunctionRef::parse_arn("app"), None);
    }
}
