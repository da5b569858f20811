//! The legacy `MFAOptions`: SMS to the phone number, or nothing.
use super::super::errors::invalid;
use super::super::prelude::*;
use user_pools::mfa::{Preference, Wish};

/// What SetUserSettings and AdminSetUserSettings ask for.
pub(super) fn preference(options: &[wire::MFAOptionType]) -> Result<Preference> {
    let by_sms = |option: &wire::MFAOptionType| {
        option.delivery_medium == Some(wire::DeliveryMediumType::Sms)
            && option.attribute_name.as_deref() == Some("phone_number")
    };
    if !options.iter().all(by_sms) {
        return Err(invalid("Only SMS to phone_number can be set; use SetUserMFAPreference for other MFA methods."));
    }
    Ok(Preference { sms: Some(Wish { enabled: !options.is_empty(), preferred: false }), ..Preference::default() })
}
