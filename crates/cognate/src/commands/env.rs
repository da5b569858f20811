//! `cognate env`: the values of a running server.
use super::say;
use crate::admin::{Ask, ask};
use crate::cli;
use crate::platform::quoted;
use serde_json::Value;

/// Prints them, as shell exports or as JSON.
pub fn run(args: &cli::Env) -> Result<(), String> {
    let values = ask(&args.server.data, &Ask::Env)?;
    if args.server.json {
        say(&format!("{values:#}\n"));
    } else {
        say(&exports(&values));
    }
    Ok(())
}

/// Lines a shell can evaluate.
pub fn exports(values: &Value) -> String {
    let names = [
        ("AWS_ENDPOINT_URL", "base"),
        ("AWS_ACCESS_KEY_ID", "accessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "secretAccessKey"),
        ("AWS_REGION", "region"),
        ("AWS_DEFAULT_REGION", "region"),
        ("AWS_CA_BUNDLE", "caBundle"),
        ("REQUESTS_CA_BUNDLE", "caBundle"),
        ("SSL_CERT_FILE", "caBundle"),
        ("NODE_EXTRA_CA_CERTS", "caFile"),
        ("COGNATE_USER_POOL_ID", "userPoolId"),
        ("COGNATE_CLIENT_ID", "clientId"),
        ("COGNATE_ISSUER", "issuer"),
        ("COGNATE_LOGIN_DOMAIN", "loginDomain"),
        ("COGNATE_API_URL", "apiUrl"),
        ("COGNATE_DASHBOARD_URL", "dashboardUrl"),
        ("COGNATE_MAILBOX_URL", "mailboxUrl"),
    ];
    let line = |(variable, key): &(&str, &str)| {
        values.get(*key).and_then(Value::as_str).map(|value| format!("export {variable}={}\n", quoted(value)))
    };
    names.iter().filter_map(line).collect()
}
