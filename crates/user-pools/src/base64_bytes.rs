//! Bytes in stored rows as Base64 text: a third of what a JSON list of numbers takes, and quicker to read.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// For `#[serde(with = ...)]` on `Vec<u8>`, `[u8; 32]` and `Option<[u8; 32]>`.
pub(crate) trait Bytes: Sized {
    fn text(&self) -> Option<String>;
    fn read(text: Option<Vec<u8>>) -> Option<Self>;
}

impl Bytes for Vec<u8> {
    fn text(&self) -> Option<String> {
        Some(STANDARD_NO_PAD.encode(self))
    }
    fn read(bytes: Option<Vec<u8>>) -> Option<Self> {
        bytes
    }
}

impl Bytes for [u8; 32] {
    fn text(&self) -> Option<String> {
        Some(STANDARD_NO_PAD.encode(self))
    }
    fn read(bytes: Option<Vec<u8>>) -> Option<Self> {
        bytes?.try_into().ok()
    }
}

impl Bytes for Option<[u8; 32]> {
    fn text(&self) -> Option<String> {
        self.as_ref().map(|bytes| STANDARD_NO_PAD.encode(bytes))
    }
    fn read(bytes: Option<Vec<u8>>) -> Option<Self> {
        bytes.map_or(Some(None), |bytes| bytes.try_into().ok().map(Some))
    }
}

impl Bytes for Option<Vec<u8>> {
    fn text(&self) -> Option<String> {
        self.as_ref().map(|bytes| STANDARD_NO_PAD.encode(bytes))
    }
    fn read(bytes: Option<Vec<u8>>) -> Option<Self> {
        Some(bytes)
    }
}

pub(crate) fn serialize<T: Bytes, S: Serializer>(bytes: &T, to: S) -> Result<S::Ok, S::Error> {
    bytes.text().serialize(to)
}

pub(crate) fn deserialize<'de, T: Bytes, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let text = Option::<String>::deserialize(from)?;
    let bytes = text.map(|text| STANDARD_NO_PAD.decode(text)).transpose().map_err(D::Error::custom)?;
    T::read(bytes).ok_or_else(|| D::Error::custom("not bytes of the right length"))
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Row {
        #[serde(with = "super")]
        sealed: Vec<u8>,
        #[serde(with = "super")]
        hash: [u8; 32],
        #[serde(with = "super")]
        parent: Option<[u8; 32]>,
    }

    #[test]
    fn bytes_are_short_text_and_come_back() {
        for parent in [None, Some([9; 32])] {
            let row = Row { sealed: vec![1, 2, 255], hash: [7; 32], parent };
            let text = serde_json::to_string(&row).unwrap();
            assert!(text.contains(r#""sealed":"AQL/""#), "{text}");
            assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
        }
        assert!(serde_json::from_str::<Row>(r#"{"sealed":"","hash":"AQL/","parent":null}"#).is_err());
    }
}
