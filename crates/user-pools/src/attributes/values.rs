//! Whether a value fits its attribute: type, bounds, and the formats of addresses, numbers and dates.
use crate::error::{AttributeFault as Fault, Result};
use crate::messages;
use crate::names;
use crate::pool::{AttributeType, SchemaAttribute};

/// The longest value of any attribute, in bytes (spec H.1).
const VALUE_MAX: usize = 2048;

/// The value as it is stored, or InvalidParameter.
pub(super) fn check(attribute: &SchemaAttribute, value: &str) -> Result<String> {
    let name = attribute.name.as_str();
    if value.len() > VALUE_MAX || value.contains('\0') {
        return Err(messages::unfit(name, Fault::TooLong(VALUE_MAX.to_string()), &messages::too_long(name, VALUE_MAX)));
    }
    match attribute.data_type {
        AttributeType::String => check_string(attribute, value)?,
        AttributeType::Number => check_number(attribute, value)?,
        AttributeType::Boolean => return check_boolean(name, value),
        AttributeType::DateTime => check_date_time(name, value)?,
    }
    Ok(value.to_owned())
}

fn check_string(attribute: &SchemaAttribute, value: &str) -> Result<()> {
    let name = attribute.name.as_str();
    match name {
        "email" if !names::is_email(value) => return Err(messages::INVALID_EMAIL),
        "phone_number" if !names::is_phone(value) => return Err(messages::INVALID_PHONE),
        "birthdate" if !is_date(value) => {
            return Err(messages::unfit(name, Fault::Form, &messages::wrong_birthdate(name)));
        }
        _ => {}
    }
    let length = value.chars().count();
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<usize>().ok());
    if let Some(min) = bound(&attribute.min).filter(|min| length < *min) {
        return Err(messages::unfit(name, Fault::TooShort(min.to_string()), &messages::too_short(name, min)));
    }
    if let Some(max) = bound(&attribute.max).filter(|max| length > *max) {
        return Err(messages::unfit(name, Fault::TooLong(max.to_string()), &messages::too_long(name, max)));
    }
    Ok(())
}

/// Numbers are compared as `f64`; bounds are whole numbers well below where that loses digits.
fn check_number(attribute: &SchemaAttribute, value: &str) -> Result<()> {
    let name = attribute.name.as_str();
    let plain = value.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    let number = value.parse::<f64>().ok().filter(|_| plain);
    let number = number.ok_or_else(|| messages::unfit(name, Fault::Form, &messages::wrong_type(name, "number")))?;
    let bound = |text: &Option<String>| text.as_ref().and_then(|text| text.parse::<f64>().ok());
    if let Some(min) = bound(&attribute.min).filter(|min| number < *min) {
        return Err(messages::unfit(name, Fault::TooSmall(min.to_string()), &messages::too_small(name, min)));
    }
    if let Some(max) = bound(&attribute.max).filter(|max| number > *max) {
        return Err(messages::unfit(name, Fault::TooGreat(max.to_string()), &messages::too_great(name, max)));
    }
    Ok(())
}

fn check_boolean(name: &str, value: &str) -> Result<String> {
    let lower = value.to_ascii_lowercase();
    if matches!(lower.as_str(), "true" | "false") {
        Ok(lower)
    } else {
        Err(messages::unfit(name, Fault::Form, &messages::wrong_type(name, "boolean")))
    }
}

fn check_date_time(name: &str, value: &str) -> Result<()> {
    let reads = value.parse::<jiff::Timestamp>().is_ok() || value.parse::<jiff::civil::DateTime>().is_ok();
    if reads { Ok(()) } else { Err(messages::unfit(name, Fault::Form, &messages::wrong_type(name, "date and time"))) }
}

/// `YYYY-MM-DD`, a real day.
fn is_date(value: &str) -> bool {
    value.len() == 10 && value.parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attributes::schema::standard;

    fn says(name: &str, value: &str) -> String {
        let schema = standard();
        let attribute = schema.iter().find(|attribute| attribute.name == name).unwrap();
        check(attribute, value).map_or_else(|error| error.message.into_owned(), |value| format!("ok {value}"))
    }

    #[test]
    fn formats_of_standard_attributes_are_held() {
        assert_eq!(says("email", "nobody"), "Invalid email address format.");
        assert_eq!(says("phone_number", "555"), "Invalid phone number format.");
        assert_eq!(says("birthdate", "1999-12-31"), "ok 1999-12-31");
        assert!(says("birthdate", "1999-02-30").starts_with("Attributes did not conform"));
        assert!(says("birthdate", "31.12.1999").starts_with("Attributes did not conform"));
        assert_eq!(says("email_verified", "True"), "ok true");
        assert!(says("email_verified", "yes").contains("boolean"));
        assert_eq!(says("updated_at", "1700000000"), "ok 1700000000");
        assert!(says("updated_at", "-1").contains("no less than 0"));
        assert!(says("updated_at", "inf").contains("must be a number"));
    }

    #[test]
    fn bounds_are_counted_in_characters_and_the_cap_in_bytes() {
        let mut attribute = standard().remove(1);
        (attribute.min, attribute.max) = (Some("2".into()), Some("3".into()));
        assert!(check(&attribute, "é").is_err());
        assert!(check(&attribute, "éüö").is_ok());
        assert!(check(&attribute, "éüöä").is_err());
        attribute.max = Some("2048".into());
        assert!(check(&attribute, &"é".repeat(1025)).is_err());
    }
}
