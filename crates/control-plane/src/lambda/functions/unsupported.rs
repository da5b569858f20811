//! What of a function does not work here: refused by name, so that nobody takes it for done. What AWS takes for "none"
//! (an empty list, an empty text) passes: Terraform sends it.

use crate::lambda::prelude::*;

/// Refuses the first thing that was asked for.
pub(super) fn refuse(asked: &[(&str, bool)]) -> Result<()> {
    match asked.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((what, _)) => Err(invalid(format!("Cognate does not support {what} of functions."))),
    }
}

pub(super) fn some<T>(list: Option<&Vec<T>>) -> bool {
    list.is_some_and(|list| !list.is_empty())
}

pub(super) fn text(text: Option<&String>) -> bool {
    text.is_some_and(|text| !text.is_empty())
}

pub(super) fn network(given: Option<&wire::VpcConfig>) -> bool {
    given.is_some_and(|vpc| some(vpc.subnet_ids.as_ref()) || some(vpc.security_group_ids.as_ref()))
}

pub(super) fn dead_letters(given: Option<&wire::DeadLetterConfig>) -> bool {
    given.is_some_and(|config| text(config.target_arn.as_ref()))
}

pub(super) fn snap_start(given: Option<&wire::SnapStart>) -> bool {
    given.is_some_and(|snap| snap.apply_on == Some(wire::SnapStartApplyOn::PublishedVersions))
}
