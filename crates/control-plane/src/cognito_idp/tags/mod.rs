//! Tags of user pools, named by ARN. One file per operation; the rules are `user-pools`'s.
pub(super) mod list_tags_for_resource;
pub(super) mod tag_resource;
pub(super) mod untag_resource;
