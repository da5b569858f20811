//! Rules on what a client gives, beyond those of AWS's model.

use std::collections::BTreeMap;

use super::{MAX_TAGS, Result};
use crate::errors::FunctionsError;
use crate::model::{MAX_ENVIRONMENT, MAX_TIMEOUT, Runtime, RuntimeFamily, Settings, is_name};

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

/// The file that a handler names must be in the package: without it every call would fail, and the first one tells late.
pub(super) fn handler(runtime: &str, handler: &str, names: &[String]) -> Result<()> {
    let Some(family) = Runtime::parse(runtime).map(|runtime| runtime.family) else { return Ok(()) };
    let (wanted, there) = match family {
        RuntimeFamily::Provided => ("bootstrap".to_owned(), names.iter().any(|name| plain(name) == "bootstrap")),
        RuntimeFamily::Python => {
            let module = handler.rsplit_once('.').map_or(handler, |(module, _)| module).replace('.', "/");
            let (file, package) = (format!("{module}."), format!("{module}/"));
            let is = |name: &String| plain(name).starts_with(&file) || plain(name).starts_with(&package);
            (format!("{module}.py"), names.iter().any(is))
        }
        RuntimeFamily::Node => {
            let (folder, last) = handler.rsplit_once('/').map_or(("", handler), |(folder, last)| (folder, last));
            let file = last.split('.').next().unwrap_or_default();
            let file = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
            let endings = ["", ".js", ".mjs", ".cjs"].map(|ending| format!("{file}{ending}"));
            (format!("{file}.js"), names.iter().any(|name| endings.iter().any(|ending| plain(name) == ending)))
        }
    };
    if there {
        return Ok(());
    }
    let named = if family == RuntimeFamily::Provided {
        format!("The runtime {runtime} starts")
    } else {
        format!("The handler {handler} names")
    };
    let shown: Vec<&str> = names.iter().take(5).map(|name| plain(name)).collect();
    Err(FunctionsError::parameter(format!(
        "{named} the file {wanted}, which is not in the deployment package (it holds {}{}).",
        shown.join(", "),
        if names.len() > shown.len() { ", …" } else { "" }
    )))
}

fn plain(name: &str) -> &str {
    name.strip_prefix("./").unwrap_or(name)
}

/// Who a statement may name.
pub(super) fn principal(text: &str) -> Result<()> {
    let account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if text == "*" || account || text.starts_with("arn:") || text.ends_with(".amazonaws.com") {
        return Ok(());
    }
    Err(FunctionsError::parameter("The provided principal was invalid. Please check the principal and try again."))
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
    fn a_handlers_file_must_be_in_the_package() {
        let of = |runtime: &str, name: &str, files: &[&str]| {
            handler(runtime, name, &files.iter().map(|file| (*file).to_owned()).collect::<Vec<_>>())
        };
        for (runtime, name, file) in [
            ("python3.12", "app.handler", "app.py"),
            ("python3.12", "a.b.handler", "a/b/__init__.py"),
            ("python3.12", "src/app.handler", "./src/app.cpython-312-x86_64-linux-gnu.so"),
            ("nodejs22.x", "index.handler", "index.mjs"),
            ("nodejs22.x", "src/index.api.handler", "src/index.js"),
            ("provided.al2023", "", "bootstrap"),
        ] {
            assert!(of(runtime, name, &["other", file]).is_ok(), "{name} {file}");
            assert!(of(runtime, name, &["other", "src/other.py"]).is_err(), "{name}");
        }
        assert_eq!(
            said(of("python3.12", "app.handler", &["main.py"])),
            "The handler app.handler names the file app.py, which is not in the deployment package (it holds main.py)."
        );
    }

    #[test]
    fn a_statement_names_a_service_an_account_or_everybody() {
        for text in ["*", "123456789012", "arn:aws:iam::123456789012:role/r", "apigateway.amazonaws.com"] {
            assert!(principal(text).is_ok(), "{text}");
        }
        assert!(principal("apigateway").is_err() && principal("").is_err());
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
