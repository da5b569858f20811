//! The resource policy of a function: statements as AddPermission makes them. Kept and shown; calls are not held to them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

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
}
