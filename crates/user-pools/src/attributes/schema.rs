//! The schema of a pool: the twenty standard attributes in AWS's order, what `CreateUserPool` may change about them, and custom ones (spec H.1).
use crate::error::Result;
use crate::messages;
use crate::pool::{AttributeType, SchemaAttribute};

/// The most custom attributes a pool may have (spec H.8).
const CUSTOM_MAX: usize = 50;
/// The longest name of a custom attribute, without its prefix.
const CUSTOM_NAME_MAX: usize = 20;
/// The longest value of a String attribute.
const STRING_MAX: u64 = 2048;

/// `SchemaAttributeType` as a client gave it; what was left out takes AWS's default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenAttribute {
    /// `Name`, without prefix for custom attributes.
    pub name: String,
    /// `AttributeDataType`.
    pub data_type: Option<AttributeType>,
    /// `DeveloperOnlyAttribute`.
    pub developer_only: Option<bool>,
    /// `Mutable`.
    pub mutable: Option<bool>,
    /// `Required`.
    pub required: Option<bool>,
    /// `StringAttributeConstraints.MinLength` or `NumberAttributeConstraints.MinValue`.
    pub min: Option<String>,
    /// `StringAttributeConstraints.MaxLength` or `NumberAttributeConstraints.MaxValue`.
    pub max: Option<String>,
}

/// Name, type, lowest and highest of each standard attribute, in the order `DescribeUserPool` lists them.
const STANDARD: [(&str, AttributeType, Option<&str>, Option<&str>); 20] = [
    ("sub", AttributeType::String, Some("1"), Some("2048")),
    ("name", AttributeType::String, Some("0"), Some("2048")),
    ("given_name", AttributeType::String, Some("0"), Some("2048")),
    ("family_name", AttributeType::String, Some("0"), Some("2048")),
    ("middle_name", AttributeType::String, Some("0"), Some("2048")),
    ("nickname", AttributeType::String, Some("0"), Some("2048")),
    ("preferred_username", AttributeType::String, Some("0"), Some("2048")),
    ("profile", AttributeType::String, Some("0"), Some("2048")),
    ("picture", AttributeType::String, Some("0"), Some("2048")),
    ("website", AttributeType::String, Some("0"), Some("2048")),
    ("email", AttributeType::String, Some("0"), Some("2048")),
    ("email_verified", AttributeType::Boolean, None, None),
    ("gender", AttributeType::String, Some("0"), Some("2048")),
    ("birthdate", AttributeType::String, Some("10"), Some("10")),
    ("zoneinfo", AttributeType::String, Some("0"), Some("2048")),
    ("locale", AttributeType::String, Some("0"), Some("2048")),
    ("phone_number", AttributeType::String, Some("0"), Some("2048")),
    ("phone_number_verified", AttributeType::Boolean, None, None),
    ("address", AttributeType::String, Some("0"), Some("2048")),
    ("updated_at", AttributeType::Number, Some("0"), None),
];

/// The schema of a pool that asked for nothing.
pub fn standard() -> Vec<SchemaAttribute> {
    let attribute = |(name, data_type, min, max): &(&str, AttributeType, Option<&str>, Option<&str>)| SchemaAttribute {
        name: (*name).to_owned(),
        data_type: *data_type,
        developer_only: false,
        mutable: *name != "sub",
        required: *name == "sub",
        min: min.map(str::to_owned),
        max: max.map(str::to_owned),
    };
    STANDARD.iter().map(attribute).collect()
}

/// Whether a name is one of the twenty.
pub fn is_standard(name: &str) -> bool {
    STANDARD.iter().any(|(standard, ..)| *standard == name)
}

/// The schema of a new pool: the standard attributes as `given` changes them, then the custom ones in the order given. InvalidParameter.
pub fn build(given: &[GivenAttribute]) -> Result<Vec<SchemaAttribute>> {
    let mut schema = standard();
    for attribute in given {
        if let Some(known) = schema.iter_mut().find(|known| known.name == attribute.name) {
            change_standard(known, attribute)?;
        } else {
            add(&mut schema, attribute)?;
        }
    }
    Ok(schema)
}

/// `AddCustomAttributes`: all of them or none. InvalidParameter.
pub fn add_custom(schema: &[SchemaAttribute], given: &[GivenAttribute]) -> Result<Vec<SchemaAttribute>> {
    let mut schema = schema.to_vec();
    given.iter().try_for_each(|attribute| add(&mut schema, attribute))?;
    Ok(schema)
}

fn change_standard(known: &mut SchemaAttribute, given: &GivenAttribute) -> Result<()> {
    let other_type = given.data_type.is_some_and(|data_type| data_type != known.data_type);
    if other_type || given.developer_only == Some(true) {
        return Err(messages::standard_attribute_fixed(&known.name));
    }
    known.mutable = given.mutable.unwrap_or(known.mutable);
    known.required = given.required.unwrap_or(known.required);
    check_constraints(&known.name, known.data_type, given)?;
    known.min = given.min.clone().or_else(|| known.min.take());
    known.max = given.max.clone().or_else(|| known.max.take());
    Ok(())
}

fn add(schema: &mut Vec<SchemaAttribute>, given: &GivenAttribute) -> Result<()> {
    let developer_only = given.developer_only.unwrap_or(false);
    let name = format!("{}custom:{}", if developer_only { "dev:" } else { "" }, given.name);
    if given.required == Some(true) {
        return Err(messages::REQUIRED_CUSTOM_ATTRIBUTE);
    }
    let length = given.name.chars().count();
    if !(1..=CUSTOM_NAME_MAX).contains(&length) {
        return Err(messages::CUSTOM_NAME_LENGTH);
    }
    if schema.iter().any(|known| known.name == name) {
        return Err(messages::custom_attribute_exists(name));
    }
    if schema.iter().filter(|known| !is_standard(&known.name)).count() >= CUSTOM_MAX {
        return Err(messages::TOO_MANY_CUSTOM_ATTRIBUTES);
    }
    let data_type = given.data_type.ok_or(messages::ATTRIBUTE_TYPE_MISSING)?;
    check_constraints(&name, data_type, given)?;
    schema.push(SchemaAttribute {
        name,
        data_type,
        developer_only,
        mutable: given.mutable.unwrap_or(true),
        required: false,
        min: given.min.clone(),
        max: given.max.clone(),
    });
    Ok(())
}

/// Constraints are numbers in text; lengths go to 2048 and no lowest is above the highest.
fn check_constraints(name: &str, data_type: AttributeType, given: &GivenAttribute) -> Result<()> {
    let kind = match data_type {
        AttributeType::String => "StringAttributeConstraints",
        AttributeType::Number => "NumberAttributeConstraints",
        AttributeType::DateTime | AttributeType::Boolean => return Ok(()),
    };
    let number = |text: &Option<String>| match text {
        Some(text) => text.parse::<i64>().map(Some).map_err(|_| messages::invalid_constraints(kind, name)),
        None => Ok(None),
    };
    let (min, max) = (number(&given.min)?, number(&given.max)?);
    if data_type == AttributeType::String {
        for bound in [min, max].into_iter().flatten() {
            let bound = u64::try_from(bound).map_err(|_| messages::invalid_constraints(kind, name))?;
            if bound > STRING_MAX {
                return Err(messages::string_bound_too_great(name));
            }
        }
    }
    match (min, max) {
        (Some(min), Some(max)) if min > max => Err(messages::bounds_crossed(name, data_type == AttributeType::String)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(name: &str) -> GivenAttribute {
        GivenAttribute { name: name.into(), data_type: Some(AttributeType::String), ..GivenAttribute::default() }
    }

    #[test]
    fn a_fresh_pool_lists_the_twenty_standard_attributes_in_order() {
        let names: Vec<_> = standard().into_iter().map(|attribute| attribute.name).collect();
        assert_eq!((names.len(), names[0].as_str(), names[19].as_str()), (20, "sub", "updated_at"));
        assert_eq!(standard()[13].max.as_deref(), Some("10"), "birthdate");
    }

    #[test]
    fn a_standard_attribute_can_become_required_but_not_another_type() {
        let required =
            GivenAttribute { name: "email".into(), required: Some(true), mutable: Some(false), ..Default::default() };
        let schema = build(&[required]).unwrap();
        let email = schema.iter().find(|attribute| attribute.name == "email").unwrap();
        assert!(email.required && !email.mutable);
        assert_eq!(email.max.as_deref(), Some("2048"));
        let number =
            GivenAttribute { name: "email".into(), data_type: Some(AttributeType::Number), ..Default::default() };
        assert!(build(&[number]).unwrap_err().message.starts_with("You can not change AttributeDataType"));
    }

    #[test]
    fn custom_attributes_get_their_prefix_and_are_never_required() {
        let mut dev = custom("x");
        dev.developer_only = Some(true);
        let schema = build(&[custom("team"), dev]).unwrap();
        assert_eq!((schema[20].name.as_str(), schema[21].name.as_str()), ("custom:team", "dev:custom:x"));
        let mut required = custom("y");
        required.required = Some(true);
        assert_eq!(build(&[required]).unwrap_err().message, messages::REQUIRED_CUSTOM_ATTRIBUTE.message);
        assert_eq!(
            add_custom(&schema, &[custom("team")]).unwrap_err().message,
            "custom:team: Existing attribute already has name custom:team."
        );
    }

    #[test]
    fn a_pool_takes_fifty_custom_attributes_and_a_call_that_would_pass_them_adds_none() {
        let many: Vec<_> = (0..50).map(|n| custom(&format!("a{n}"))).collect();
        let (first, second) = many.split_at(25);
        let schema = add_custom(&add_custom(&standard(), first).unwrap(), second).unwrap();
        assert_eq!(schema.len(), 70);
        let error = add_custom(&schema, &[custom("one-more")]).unwrap_err();
        assert_eq!(error.message, "Exceeded the limit of 50 custom attributes.");
    }

    #[test]
    fn one_name_twice_in_a_call_and_a_name_too_long_are_refused() {
        let twice = add_custom(&standard(), &[custom("x"), custom("x")]).unwrap_err();
        assert_eq!(twice.message, "custom:x: Existing attribute already has name custom:x.");
        assert!(add_custom(&standard(), &[custom(&"x".repeat(21))]).is_err());
        // A developer's attribute of the same name is another attribute.
        let dev = GivenAttribute { developer_only: Some(true), ..custom("x") };
        assert!(add_custom(&standard(), &[custom("x"), dev]).is_ok());
    }

    #[test]
    fn constraints_that_make_no_sense_are_refused() {
        for (min, max) in [("a", "1"), ("-1", "1"), ("0", "2049"), ("5", "4")] {
            let mut attribute = custom("x");
            (attribute.min, attribute.max) = (Some(min.into()), Some(max.into()));
            assert!(build(&[attribute]).is_err(), "{min}..{max}");
        }
    }
}
