//! What a call of a function ends in.

use bytes::Bytes;
use serde_json::{Value, json};

/// What a function may answer at most, in bytes (Lambda's figure).
pub const MAX_PAYLOAD: usize = 6_291_556;

/// Of what a function says of its errors so much goes on to logs and other rooms, in bytes. The whole stays in the payload, which is the caller's.
const TYPE: usize = 256;
const MESSAGE: usize = 8192;
const STACK: usize = 100;

/// How one call ended. The call itself was taken; that functions cannot be run at all is [`Unavailable`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The bytes the function returned, as they are.
    Payload(Bytes),
    /// The function failed.
    Failed(FunctionError),
    /// The caller's deadline came first. The function runs on until its own time-out.
    Deadline,
    /// All workers are busy and the queue is full.
    Throttled,
    /// There is no such function, version or alias.
    NotFound,
    /// The caller may not call it.
    Denied(Denied),
}

/// Why a service may not call a function; for the log and for its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// Why.
    pub why: String,
    /// What would permit it: a command, where there is one.
    pub fix: String,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The handler raised or reported an error.
    Handler,
    /// The handler could not be loaded, or the process did not start.
    Init,
    /// The process ended during the call.
    Exit,
    /// It ran longer than its time-out.
    Timeout,
    /// The answer is larger than [`MAX_PAYLOAD`].
    TooLarge,
    /// The URL behind the function did not answer as it should.
    Remote,
}

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// What happened.
    pub kind: ErrorKind,
    /// `errorType`, such as `ValueError` or `Runtime.ImportModuleError`.
    pub error_type: String,
    /// `errorMessage`.
    pub error_message: String,
    /// `stackTrace` (Python) or `trace` (Node), empty when there is none.
    pub stack: Vec<String>,
    /// The whole error as the function or the runtime told it: a JSON object.
    pub payload: Bytes,
}

impl FunctionError {
    /// An error of the runtime's own, in Lambda's form.
    pub(crate) fn own(kind: ErrorKind, error_type: &str, message: impl Into<String>) -> Self {
        let error_message = message.into();
        let payload = json!({"errorType": error_type, "errorMessage": error_message}).to_string();
        Self { kind, error_type: error_type.to_owned(), error_message, stack: Vec::new(), payload: payload.into() }
    }

    /// An error as a function's process told it. What is no error object is shown as it came.
    pub(crate) fn told(kind: ErrorKind, header: Option<&str>, payload: Bytes) -> Self {
        let Ok(Value::Object(told)) = serde_json::from_slice::<Value>(&payload) else {
            let error_type = header.unwrap_or("Runtime.Unknown");
            return Self::own(kind, error_type, String::from_utf8_lossy(&payload[..payload.len().min(4096)]));
        };
        let text = |key: &str| told.get(key).and_then(Value::as_str);
        let lines = told.get("stackTrace").or_else(|| told.get("trace")).and_then(Value::as_array);
        let line = |line: &Value| line.as_str().map_or_else(|| line.to_string(), str::to_owned);
        Self {
            kind,
            error_type: cut(text("errorType").or(header).unwrap_or("Runtime.Unknown"), TYPE),
            error_message: cut(text("errorMessage").unwrap_or_default(), MESSAGE),
            stack: lines.into_iter().flatten().take(STACK).map(line).map(|line| cut(&line, MESSAGE)).collect(),
            payload,
        }
    }

    pub(crate) fn timed_out(request_id: &str, seconds: f64) -> Self {
        let message = format!("RequestId: {request_id} Error: Task timed out after {seconds:.2} seconds");
        Self::own(ErrorKind::Timeout, "Sandbox.Timedout", message)
    }

    pub(crate) fn exited(request_id: &str, how: &str) -> Self {
        Self::own(ErrorKind::Exit, "Runtime.ExitError", format!("RequestId: {request_id} Error: {how}"))
    }

    pub(crate) fn too_large() -> Self {
        let message = format!("Response payload size exceeded maximum allowed payload size ({MAX_PAYLOAD} bytes).");
        Self::own(ErrorKind::TooLarge, "Function.ResponseSizeTooLarge", message)
    }
}

/// The beginning of a text, with a mark where more came.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most { text.to_owned() } else { format!("{}…", &text[..text.floor_char_boundary(most)]) }
}

/// A call and, where it was asked for, the end of its log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoked {
    /// How it ended.
    pub answer: Answer,
    /// The last 4 KB of the log in AWS's START/END/REPORT form.
    pub log_tail: Option<Vec<u8>>,
}

impl From<Answer> for Invoked {
    fn from(answer: Answer) -> Self {
        Self { answer, log_tail: None }
    }
}

/// Functions cannot be run or looked up now; the text is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("functions unavailable: {0}")]
pub struct Unavailable(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_read_in_pythons_and_nodes_form() {
        let python = br#"{"errorMessage":"boom","errorType":"ValueError","stackTrace":["  File x\n"]}"#;
        let read = FunctionError::told(ErrorKind::Handler, None, Bytes::from_static(python));
        assert_eq!((read.error_type.as_str(), read.error_message.as_str()), ("ValueError", "boom"));
        assert_eq!(read.stack, ["  File x\n"]);
        let node = br#"{"errorType":"Error","errorMessage":"no","trace":["Error: no","    at x"]}"#;
        let read = FunctionError::told(ErrorKind::Handler, None, Bytes::from_static(node));
        assert_eq!(read.stack.len(), 2);
    }

    #[test]
    fn a_huge_error_is_handed_on_in_part_and_kept_whole_for_its_caller() {
        let told = json!({"errorType": "é".repeat(500), "errorMessage": "x".repeat(1_000_000), "stackTrace": vec!["y".repeat(9_000); 300]});
        let payload = Bytes::from(told.to_string());
        let read = FunctionError::told(ErrorKind::Handler, None, payload.clone());
        assert!(read.error_type.len() <= TYPE + 3 && read.error_type.ends_with("é…"));
        assert_eq!((read.error_message.len(), read.stack.len()), (MESSAGE + '…'.len_utf8(), STACK));
        assert_eq!(read.payload, payload);
    }

    #[test]
    fn what_is_no_error_object_is_shown_as_it_came() {
        let read = FunctionError::told(ErrorKind::Init, Some("Extension.Crash"), Bytes::from_static(b"<html>"));
        assert_eq!((read.error_type.as_str(), read.error_message.as_str()), ("Extension.Crash", "<html>"));
        assert_eq!(&read.payload[..], br#"{"errorType":"Extension.Crash","errorMessage":"<html>"}"#);
    }
}
