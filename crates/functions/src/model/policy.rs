//! The resource policy of a function: statements as AddPermission makes them, and which services' calls they permit.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use user_pools::Scope;

/// What AddPermission is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStatement {
    /// `StatementId`.
    pub id: String,
    /// `Action`, such as `lambda:InvokeFunction`.
    pub action: String,
    /// `Principal`: a service (`apigateway.amazonaws.com`), an account, an ARN, or `*`.
    pub principal: String,
    /// `SourceArn`.
    pub source_arn: Option<String>,
    /// `SourceAccount`.
    pub source_account: Option<String>,
    /// `PrincipalOrgID`.
    pub organization: Option<String>,
    /// `EventSourceToken`.
    pub event_source_token: Option<String>,
    /// `FunctionUrlAuthType`.
    pub url_auth: Option<String>,
}

/// One statement as it is kept: its id and its JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// `Sid`.
    pub id: String,
    /// The whole statement.
    pub json: Value,
}

impl Statement {
    /// The statement for a function, in the words and the order of AWS.
    pub fn new(arn: &str, asked: &NewStatement) -> Self {
        let mut statement = Map::new();
        statement.insert("Sid".to_owned(), asked.id.clone().into());
        statement.insert("Effect".to_owned(), "Allow".into());
        statement.insert("Principal".to_owned(), principal(&asked.principal));
        statement.insert("Action".to_owned(), asked.action.clone().into());
        statement.insert("Resource".to_owned(), arn.into());
        if let Some(condition) = condition(asked) {
            statement.insert("Condition".to_owned(), condition);
        }
        Self { id: asked.id.clone(), json: Value::Object(statement) }
    }
}

/// A service that calls a function, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// Such as `apigateway.amazonaws.com`.
    pub service: &'a str,
    /// Account and region of what calls: the API, the user pool.
    pub scope: &'a Scope,
    /// Its ARN (`aws:SourceArn`).
    pub source_arn: &'a str,
    /// It calls under a role of the account, so that no policy of the function is needed.
    pub by_role: bool,
}

/// Whether a statement permits the call. Statements are AddPermission's: all of them allow, none denies.
pub(crate) fn permits(statements: &[Statement], by: &Caller<'_>) -> bool {
    by.by_role || statements.iter().any(|statement| statement.permits(by))
}

impl Statement {
    fn permits(&self, by: &Caller<'_>) -> bool {
        let action = matches!(self.json["Action"].as_str(), Some("lambda:InvokeFunction" | "lambda:*" | "*"));
        let principal = &self.json["Principal"];
        let named = principal == "*" || principal["Service"] == by.service;
        let conditions = self.json.get("Condition").and_then(Value::as_object).into_iter().flatten();
        let mut conditions = conditions.flat_map(|(operator, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.map(move |(key, wanted)| holds(operator, key, wanted.as_str().unwrap_or_default(), by))
        });
        action && named && conditions.all(|held| held)
    }
}

/// What a service's call says nothing of (an organization, a token, a function URL) is never so.
fn holds(operator: &str, key: &str, wanted: &str, by: &Caller<'_>) -> bool {
    match (operator, key) {
        ("StringEquals", "AWS:SourceAccount") => wanted == by.scope.account,
        ("ArnLike", "AWS:SourceArn") => arn_like(wanted, by.source_arn),
        _ => false,
    }
}

/// AWS's ArnLike: each of an ARN's six parts by itself, `*` for any text and `?` for one character.
fn arn_like(pattern: &str, arn: &str) -> bool {
    let (patterns, parts): (Vec<&str>, Vec<&str>) = (pattern.splitn(6, ':').collect(), arn.splitn(6, ':').collect());
    patterns.len() == parts.len() && patterns.iter().zip(parts).all(|(pattern, part)| like(pattern, part))
}

/// Linear in both: goes back to the last `*` only.
fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut seen, mut star) = (0, 0, None);
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[seen] => (at, seen) = (at + 1, seen + 1),
            _ => match star {
                Some((before, taken)) => {
                    star = Some((before, taken + 1));
                    (at, seen) = (before + 1, taken + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

/// The policy document; `None` without statements.
pub(crate) fn document(statements: &[Statement]) -> Option<String> {
    let list: Vec<&Value> = statements.iter().map(|statement| &statement.json).collect();
    (!list.is_empty()).then(|| json!({"Version": "2012-10-17", "Id": "default", "Statement": list}).to_string())
}

fn principal(text: &str) -> Value {
    if text == "*" {
        return "*".into();
    }
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return json!({"AWS": format!("arn:aws:iam::{text}:root")});
    }
    if text.starts_with("arn:") { json!({"AWS": text}) } else { json!({"Service": text}) }
}

fn condition(asked: &NewStatement) -> Option<Value> {
    let mut condition = Map::new();
    let mut put = |operator: &str, key: &str, value: &Option<String>| {
        if let Some(value) = value {
            let entry = condition.entry(operator).or_insert_with(|| json!({}));
            if let Some(entry) = entry.as_object_mut() {
                entry.insert(key.to_owned(), value.clone().into());
            }
        }
    };
    put("StringEquals", "AWS:SourceAccount", &asked.source_account);
    put("StringEquals", "aws:PrincipalOrgID", &asked.organization);
    put("StringEquals", "lambda:EventSourceToken", &asked.event_source_token);
    put("StringEquals", "lambda:FunctionUrlAuthType", &asked.url_auth);
    put("ArnLike", "AWS:SourceArn", &asked.source_arn);
    (!condition.is_empty()).then_some(Value::Object(condition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_reads_as_aws_writes_it() {
        let asked = NewStatement {
            id: "api".to_owned(),
            action: "lambda:InvokeFunction".to_owned(),
            principal: "apigateway.amazonaws.com".to_owned(),
            source_arn: Some("arn:aws:execute-api:us-east-1:000000000000:abc/*/*".to_owned()),
            source_account: None,
            organization: None,
            event_source_token: None,
            url_auth: None,
        };
        let made = Statement::new("arn:aws:lambda:us-east-1:000000000000:function:f", &asked);
        assert_eq!(
            made.json.to_string(),
            r#"{"Sid":"api","Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:000000000000:abc/*/*"}}}"#
        );
        assert_eq!(principal("123456789012"), json!({"AWS": "arn:aws:iam::123456789012:root"}));
        assert_eq!(principal("*"), json!("*"));
        assert_eq!(document(&[]), None);
    }

    fn asked(principal: &str, source_arn: Option<&str>, source_account: Option<&str>) -> NewStatement {
        NewStatement {
            id: "s".to_owned(),
            action: "lambda:InvokeFunction".to_owned(),
            principal: principal.to_owned(),
            source_arn: source_arn.map(str::to_owned),
            source_account: source_account.map(str::to_owned),
            organization: None,
            event_source_token: None,
            url_auth: None,
        }
    }

    fn permitted(asked: &NewStatement) -> bool {
        let scope = Scope { account: "000000000000".to_owned(), region: "us-east-1".to_owned() };
        let source_arn = "arn:aws:execute-api:us-east-1:000000000000:abc/$default/GET/files/{id}";
        let by = Caller { service: "apigateway.amazonaws.com", scope: &scope, source_arn, by_role: false };
        permits(&[Statement::new("arn:aws:lambda:us-east-1:000000000000:function:f", asked)], &by)
    }

    #[test]
    fn a_statement_permits_the_service_and_the_source_it_names() {
        let api = "apigateway.amazonaws.com";
        let source = |rest: &str| format!("arn:aws:execute-api:us-east-1:000000000000:{rest}");
        for rest in ["*", "abc/*", "abc/*/*", "abc/*/GET/files/{id}", "abc/$default/*/files/*", "ab?/*"] {
            assert!(permitted(&asked(api, Some(&source(rest)), None)), "{rest}");
        }
        for rest in ["abd/*", "abc/*/POST/*", "abc", "abc/live/*", ""] {
            assert!(!permitted(&asked(api, Some(&source(rest)), None)), "{rest}");
        }
        assert!(!permitted(&asked(api, Some("*"), None)), "one star is no ARN");
        assert!(permitted(&asked(api, None, Some("000000000000"))) && permitted(&asked("*", None, None)));
        assert!(!permitted(&asked(api, None, Some("111111111111"))));
        assert!(!permitted(&asked("cognito-idp.amazonaws.com", None, None)));
        assert!(!permitted(&asked("000000000000", None, None)), "an account's statement is for its own people");
    }

    #[test]
    fn what_a_service_does_not_say_is_not_met_and_other_actions_permit_nothing() {
        let open = asked("apigateway.amazonaws.com", None, None);
        assert!(permitted(&open));
        assert!(!permitted(&NewStatement { organization: Some("o-1".to_owned()), ..open.clone() }));
        assert!(!permitted(&NewStatement { url_auth: Some("NONE".to_owned()), ..open.clone() }));
        assert!(!permitted(&NewStatement { action: "lambda:GetFunction".to_owned(), ..open }));
    }

    #[test]
    fn many_stars_take_no_time() {
        let pattern = "*a".repeat(2000);
        assert!(!like(&pattern, &("a".repeat(1999) + "b")));
        assert!(like("a*b*c", "axxbxbc") && like("", "") && like("**", "") && !like("?", ""));
    }
}
