//! How a group is shown.
use super::super::prelude::*;
use user_pools::group::Group;
use user_pools::groups::GroupSettings;

/// `GroupType`.
pub(super) fn group(group: Group) -> wire::GroupType {
    wire::GroupType {
        group_name: Some(group.name),
        user_pool_id: Some(group.pool.0),
        description: group.description,
        role_arn: group.role_arn,
        precedence: group.precedence.and_then(|precedence| i32::try_from(precedence).ok()),
        last_modified_date: Some(group.modified.into()),
        creation_date: Some(group.created.into()),
    }
}

/// The members an operator sets.
pub(super) fn settings(
    description: Option<String>,
    role_arn: Option<String>,
    precedence: Option<i32>,
) -> GroupSettings {
    GroupSettings {
        description,
        role_arn,
        precedence: precedence.and_then(|precedence| u32::try_from(precedence).ok()),
    }
}
