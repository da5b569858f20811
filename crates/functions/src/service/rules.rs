//! Rules on what a client gives, beyond those of AWS's model.

use std::collections::BTreeMap;

use super::{MAX_TAGS, Result};
use crate::errors::FunctionsError;
use crate::model::{MAX_ENVIRONMENT, MAX_TIMEOUT, Runtime, Settings, is_name};

/// Variables that are Lambda's own.
const RESERVED: [&str; 17] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_DEFAULT_REGION",
    "AWS_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "LAMBDA_TASK_ROOT",
    "LAMBDA_RUNTIME_DIR",
];

pub(super) fn name(name: &str) -> Result<()> {
    if is_name(name) {
        return Ok(());
    }
    Err(FunctionsError::parameter(format!(
        "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64"
    )))
}

pub(super) fn settings(settings: &Settings) -> Result<()> {
    let Some(runtime) = Runtime::parse(&settings.runtime) else {
        return Err(FunctionsError::parameter(format!(
            "The runtime parameter of {} does not run here: Cognate runs python3.x, nodejs12.x and newer, and provided.*.",
            settings.runtime
        )));
    };
    if runtime.needs_handler() && settings.handler.is_empty() {
        return Err(FunctionsError::parameter(
            "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
        ));
    }
    if settings.timeout == 0 || settings.timeout > MAX_TIMEOUT {
        return Err(FunctionsError::parameter(format!(
            "1 validation error detected: Value '{}' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to {MAX_TIMEOUT}",
            settings.timeout
        )));
    }
    Ok(())
}

pub(super) fn environment(variables: &BTreeMap<String, String>) -> Result<()> {
    let unable =
        "Lambda was unable to configure your environment variables because the environment variables you have provided";
    let reserved: Vec<&str> = variables.keys().map(String::as_str).filter(|key| RESERVED.contains(key)).collect();
    if !reserved.is_empty() {
        return Err(FunctionsError::parameter(format!(
            "{unable} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    let size: usize = variables.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > MAX_ENVIRONMENT {
        return Err(FunctionsError::parameter(format!(
            "{unable} exceeded the 4KB limit. String measured: {size} bytes"
        )));
    }
    if variables.iter().any(|(key, value)| key.contains(['=', '\0']) || value.contains('\0')) {
        return Err(FunctionsError::parameter(format!("{unable} hold a character that no environment can hold.")));
    }
    Ok(())
}

pub(super) fn tags(tags: &BTreeMap<String, String>) -> Result<()> {
    let fits = |key: &str, value: &str| (1..=128).contains(&key.chars().count()) && value.chars().count() <= 256;
    if tags.len() > MAX_TAGS {
        return Err(FunctionsError::parameter(format!("A function may have at most {MAX_TAGS} tags.")));
    }
    match tags.iter().find(|(key, value)| !fits(key, value) || key.to_ascii_lowercase().starts_with("aws:")) {
        None => Ok(()),
        Some((key, _)) => Err(FunctionsError::parameter(format!(
            "The tag {key:?} breaks a rule: a key has 1 to 128 characters and does not begin with aws:, a value at most 256."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(result: Result<()>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn reserved_and_oversized_variables_are_refused_in_awss_words() {
        let one = |key: &str, value: String| BTreeMap::from([(key.to_owned(), value)]);
        assert!(said(environment(&one("AWS_REGION", "x".into()))).ends_with("used in this request: AWS_REGION"));
        assert!(said(environment(&one("BIG", "x".repeat(5000)))).contains("4KB limit"));
        assert!(environment(&one("TABLE", "x".into())).is_ok());
    }

    #[test]
    fn settings_need_a_runtime_that_runs_here_and_a_handler() {
        let of = |runtime, handler| settings(&Settings::new(runtime, handler, "r"));
        assert!(of("python3.12", "a.b").is_ok() && of("provided.al2023", "").is_ok());
        assert!(said(of("java21", "a.b")).contains("does not run here"));
        assert!(said(of("nodejs22.x", "")).contains("Runtime and Handler are mandatory"));
        assert!(said(settings(&Settings { timeout: 901, ..Settings::new("python3.12", "a.b", "r") })).contains("900"));
    }
}
