//! Tags of APIs and stages, named by ARN. One file per operation; the rules are `http-apis`'s.

mod arn;
pub(super) mod get_tags;
pub(super) mod tag_resource;
pub(super) mod untag_resource;
