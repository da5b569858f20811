//! How a user is shown.
use super::super::prelude::*;
use user_pools::attributes;
use user_pools::pool::{Contact, PoolSettings};
use user_pools::templates::Delivery;
use user_pools::user::{User, UserStatus};

/// `UserType`, as lists show it to operators.
pub(crate) fn user(settings: &PoolSettings, user: &User) -> wire::UserType {
    wire::UserType {
        username: Some(user.username.clone()),
        attributes: Some(list(attributes::visible(settings, None, user))),
        user_create_date: Some(user.created.into()),
        user_last_modified_date: Some(user.modified.into()),
        enabled: Some(user.enabled),
        user_status: Some(status(user.status)),
        mfa_options: None,
    }
}

/// Names and values as AWS lists them.
pub(crate) fn list(given: attributes::Given) -> Vec<wire::AttributeType> {
    given.into_iter().map(|(name, value)| wire::AttributeType { name, value: Some(value) }).collect()
}

/// AWS's word for a status.
pub(crate) fn status(status: UserStatus) -> wire::UserStatusType {
    match status {
        UserStatus::Unconfirmed => wire::UserStatusType::Unconfirmed,
        UserStatus::Confirmed => wire::UserStatusType::Confirmed,
        UserStatus::ResetRequired => wire::UserStatusType::ResetRequired,
        UserStatus::ForceChangePassword => wire::UserStatusType::ForceChangePassword,
        UserStatus::ExternalProvider => wire::UserStatusType::ExternalProvider,
    }
}

/// Where a code went.
pub(super) fn delivery(delivery: Delivery) -> wire::CodeDeliveryDetailsType {
    wire::CodeDeliveryDetailsType {
        destination: Some(delivery.destination),
        delivery_medium: Some(match delivery.contact {
            Contact::Email => wire::DeliveryMediumType::Email,
            Contact::Phone => wire::DeliveryMediumType::Sms,
        }),
        attribute_name: Some(delivery.contact.attribute().to_owned()),
    }
}

/// The second factors that are on; absent where there is none.
pub(crate) fn factors(user: &User) -> Option<Vec<String>> {
    Some(user.credentials.mfa_enabled.clone()).filter(|factors| !factors.is_empty())
}
