//! Tags of functions, by ARN.

pub(super) mod list_tags;
pub(super) mod tag_resource;
pub(super) mod untag_resource;
