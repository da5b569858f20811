//! What a service model says, as static data: shapes with their constraints, operations, services. The generated
//! tables are made of these; `check` interprets them.

use std::sync::OnceLock;

use regex::Regex;

/// The type of a member and what its values must satisfy. Only the shapes that inputs reach have one.
#[derive(Debug)]
pub enum Shape {
    /// Text.
    String(StringShape),
    /// A 32-bit whole number.
    Integer(Range),
    /// A 64-bit whole number.
    Long(Range),
    /// A floating-point number.
    Double,
    /// `true` or `false`.
    Boolean,
    /// A point in time: a number of epoch seconds.
    Timestamp,
    /// A point in time: an ISO-8601 text.
    Iso8601,
    /// Bytes, base64 on the wire; the length counts bytes.
    Blob(Length),
    /// Free JSON.
    Document,
    /// A list.
    List(ListShape),
    /// A map with text keys.
    Map(MapShape),
    /// A structure.
    Structure(StructureShape),
}

/// Bounds of a length: characters (Unicode code points, as Smithy counts them), bytes, or entries.
#[derive(Debug, Clone, Copy)]
pub struct Length {
    /// At least this many.
    pub min: Option<u64>,
    /// At most this many.
    pub max: Option<u64>,
}

/// Bounds of a whole number.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    /// At least this.
    pub min: Option<i64>,
    /// At most this.
    pub max: Option<i64>,
}

/// Constraints of a text.
#[derive(Debug)]
pub struct StringShape {
    /// Bounds of the length in code points.
    pub length: Length,
    /// What the whole text must match.
    pub pattern: Option<&'static Pattern>,
    /// The legal values; empty when any text will do.
    pub values: &'static [&'static str],
    /// Never echoed, never logged.
    pub sensitive: bool,
}

/// Constraints of a list.
#[derive(Debug)]
pub struct ListShape {
    /// Bounds of the number of entries.
    pub length: Length,
    /// What each entry is.
    pub member: &'static Shape,
    /// Never echoed, never logged.
    pub sensitive: bool,
}

/// Constraints of a map.
#[derive(Debug)]
pub struct MapShape {
    /// Bounds of the number of entries.
    pub length: Length,
    /// What each key is.
    pub key: &'static Shape,
    /// What each value is.
    pub value: &'static Shape,
    /// Never echoed, never logged.
    pub sensitive: bool,
}

/// The members of a structure.
#[derive(Debug)]
pub struct StructureShape {
    /// In the model's order.
    pub members: &'static [Member],
    /// Never echoed, never logged.
    pub sensitive: bool,
}

/// One member of a structure.
#[derive(Debug)]
pub struct Member {
    /// Its name on the wire: the JSON key, query key or path variable.
    pub wire: &'static str,
    /// Its name in a validation message: the model's name with a lower first letter.
    pub path: &'static str,
    /// Where it travels.
    pub location: Location,
    /// Must be there and not null.
    pub required: bool,
    /// What it is.
    pub shape: &'static Shape,
}

/// Where a member of an input travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the JSON body.
    Body,
    /// In the path.
    Uri,
    /// In the query string.
    Query,
    /// In a header.
    Header,
    /// It is the whole body: bytes, not JSON.
    Payload,
}

/// A regular expression of the model. Java's dialect, matched against the whole text.
#[derive(Debug)]
pub struct Pattern {
    /// As the model writes it, and as messages quote it.
    pub java: &'static str,
    /// The same language in the dialect of the `regex` crate, unanchored.
    pub rust: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern, compiled at first use.
    pub const fn new(java: &'static str, rust: &'static str) -> Self {
        Self { java, rust, compiled: OnceLock::new() }
    }

    /// Whether the whole text matches. A pattern that does not compile matches nothing (a test proves that all do).
    pub fn matches(&self, text: &str) -> bool {
        self.compiled().is_some_and(|regex| regex.is_match(text))
    }

    pub(crate) fn compiled(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| Regex::new(&format!(r"\A(?:{})\z", self.rust)).ok()).as_ref()
    }
}

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Anybody; a signature that comes along is ignored.
    None,
    /// Only with a SigV4 signature.
    SigV4,
}

/// One operation of a service.
#[derive(Debug)]
pub struct Operation {
    /// AWS's name, e.g. `AdminGetUser`.
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path template, e.g. `/v2/apis/{apiId}`.
    pub uri: &'static str,
    /// HTTP status of a success.
    pub status: u16,
    /// Who may call it.
    pub auth: Auth,
    /// What its input must satisfy; `None` where no shapes were generated (WebSocket-only operations).
    pub input: Option<&'static StructureShape>,
    /// The model's name of the input.
    pub input_name: &'static str,
    /// The model's name of the output, if there is any.
    pub output_name: Option<&'static str>,
    /// The exceptions the model lists for it.
    pub errors: &'static [&'static str],
}

/// One service.
#[derive(Debug)]
pub struct Service {
    /// The name in a SigV4 scope.
    pub signing_name: &'static str,
    /// What stands before the dot in `X-Amz-Target`; empty for REST protocols.
    pub target_prefix: &'static str,
    /// The API version, e.g. `2016-04-18`.
    pub api_version: &'static str,
    /// Sorted by name.
    pub operations: &'static [Operation],
}

impl Service {
    /// The operation of this name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        let at = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(at)
    }
}
