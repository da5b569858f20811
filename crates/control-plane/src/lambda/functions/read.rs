//! Members that CreateFunction and UpdateFunctionConfiguration have in common, as the ground floor takes them.

use std::collections::BTreeMap;

use functions::{Architecture, TracingMode};

use crate::lambda::prelude::*;

pub(super) fn tracing(given: &wire::TracingConfig) -> TracingMode {
    match given.mode {
        Some(wire::TracingMode::Active) => TracingMode::Active,
        Some(wire::TracingMode::PassThrough) | None => TracingMode::PassThrough,
    }
}

pub(super) fn logging(given: &wire::LoggingConfig) -> BTreeMap<String, String> {
    let texts = [
        ("LogFormat", given.log_format.map(|it| it.to_string())),
        ("ApplicationLogLevel", given.application_log_level.map(|it| it.to_string())),
        ("SystemLogLevel", given.system_log_level.map(|it| it.to_string())),
        ("LogGroup", given.log_group.clone()),
    ];
    texts.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text?))).collect()
}

pub(super) fn architecture(given: &[wire::Architecture]) -> Option<Architecture> {
    given.first().map(|architecture| match architecture {
        wire::Architecture::Arm64 => Architecture::Arm,
        wire::Architecture::X8664 => Architecture::X86,
    })
}

pub(super) fn environment(given: wire::Environment) -> BTreeMap<String, String> {
    given.variables.unwrap_or_default()
}

/// A number that the model has bounded already.
pub(super) fn whole(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}
