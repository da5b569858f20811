//! A checked input, on its way from JSON to the operation's own type.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::ServiceError;

/// An input that satisfies its shape. Only the codecs make one.
#[derive(Clone)]
pub struct Input(Value);

impl Input {
    pub(crate) fn checked(value: Value) -> Self {
        Self(value)
    }

    /// The input as the operation's type. An error means that the generated schema and the type disagree: a fault of
    /// ours, told as one.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, ServiceError> {
        serde_json::from_value(self.0).map_err(|e| {
            ServiceError::new("InternalErrorException", "Something went wrong")
                .status(http::StatusCode::INTERNAL_SERVER_ERROR)
                .because(format!("a checked input did not deserialise: {e}"))
        })
    }

    /// The raw JSON object, members under their names on the wire.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// A text member, e.g. to find the pool before the typed input is needed.
    pub fn text(&self, wire: &str) -> Option<&str> {
        self.0.get(wire)?.as_str()
    }
}

/// Nothing of an input is shown: it holds passwords and tokens.
impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Input(..)")
    }
}
