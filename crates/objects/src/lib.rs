//! The bytes of objects over HTTP: presigned PUT, GET and HEAD, streamed to and from a folder, with CORS for named origins; and an inbox
//! for files that are sent to the server itself.
//! Owns the folder's layout, what a presigned URL binds, ranges, and the headers that keep an uploaded file from running on our
//! origin. Knows no users and no metadata: it reports a complete upload through a port. No clock: `now` is epoch milliseconds.
mod access;
mod body;
mod cors;
mod disposition;
mod error;
mod folder;
mod get;
mod inbox;
mod meta;
mod put;
mod range;
mod service;
mod urls;

pub use body::ObjectBody;
pub use inbox::{Awaited, Inbox, Received};
pub use range::{Range, select as select_range};
pub use service::{ObjectService, ObjectsConfig, ReportError, Uploads};
pub use urls::{BadBase, ObjectUrls, PresignedDownload, PresignedUpload};
