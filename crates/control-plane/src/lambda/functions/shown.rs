//! A function as the wire shows it: with all that tools read back as AWS gives it by default.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use functions::{CodeFacts, LATEST, Shown};

use crate::lambda::prelude::*;

/// The configuration. `qualified`: under the ARN of its one version.
pub(super) fn configuration(shown: &Shown, qualified: bool) -> wire::FunctionConfiguration {
    let settings = &shown.settings;
    let arn = shown.key.arn();
    let variables = (!shown.environment.is_empty()).then(|| shown.environment.clone());
    let architecture = shown.architecture.as_str().parse().ok();
    let whole = |number: u32| i32::try_from(number).ok();
    wire::FunctionConfiguration {
        function_name: Some(shown.key.name.clone()),
        function_arn: Some(if qualified { format!("{arn}:{LATEST}") } else { arn }),
        runtime: settings.runtime.parse().ok(),
        role: some(&settings.role),
        handler: some(&settings.handler),
        code_size: Some(shown.code.as_ref().and_then(|code| i64::try_from(code.size).ok()).unwrap_or(0)),
        description: Some(settings.description.clone()),
        timeout: whole(settings.timeout),
        memory_size: whole(settings.memory),
        last_modified: Some(moment(shown.modified)),
        code_sha256: shown.code.as_ref().map(sha256),
        version: Some(LATEST.to_owned()),
        environment: variables.map(|all| wire::EnvironmentResponse { variables: Some(all), error: None }),
        tracing_config: Some(wire::TracingConfigResponse { mode: settings.tracing.as_str().parse().ok() }),
        revision_id: Some(shown.revision.clone()),
        state: Some(wire::State::Active),
        last_update_status: Some(wire::LastUpdateStatus::Successful),
        package_type: Some(wire::PackageType::Zip),
        architectures: Some(architecture.into_iter().collect()),
        ephemeral_storage: Some(wire::EphemeralStorage { size: whole(settings.ephemeral_storage).unwrap_or(512) }),
        snap_start: Some(wire::SnapStartResponse {
            apply_on: Some(wire::SnapStartApplyOn::None),
            optimization_status: Some(wire::SnapStartOptimizationStatus::Off),
        }),
        logging_config: Some(logging(&shown.key.name, &settings.logging)),
        ..wire::FunctionConfiguration::default()
    }
}

/// An operator's function has no role, a custom runtime no handler.
fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn logging(name: &str, given: &BTreeMap<String, String>) -> wire::LoggingConfig {
    let text = |key: &str| given.get(key).map(String::as_str);
    wire::LoggingConfig {
        log_format: Some(text("LogFormat").and_then(|it| it.parse().ok()).unwrap_or(wire::LogFormat::Text)),
        application_log_level: text("ApplicationLogLevel").and_then(|it| it.parse().ok()),
        system_log_level: text("SystemLogLevel").and_then(|it| it.parse().ok()),
        log_group: Some(text("LogGroup").map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned)),
    }
}

fn sha256(code: &CodeFacts) -> String {
    let digits = code.sha256.as_bytes().chunks(2);
    let bytes = digits.filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
    STANDARD.encode(bytes.collect::<Vec<u8>>())
}

/// `2026-11-25T10:00:00.000+0000`, Lambda's own form.
fn moment(millis: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S.%3f+0000").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_and_the_time_are_in_lambdas_form() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let code = CodeFacts { sha256: empty.to_owned(), size: 0 };
        assert_eq!(sha256(&code), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(moment(1_800_000_000_120), "2027-01-15T08:00:00.120+0000");
    }

    #[test]
    fn logging_reads_back_its_defaults() {
        let shown = logging("f", &BTreeMap::new());
        assert_eq!(
            (shown.log_format, shown.log_group.as_deref()),
            (Some(wire::LogFormat::Text), Some("/aws/lambda/f"))
        );
    }
}
