//! What the tables of all APIs are made of: rows, their look-up, the list of what works. An API's own `table.rs` is its rows and how they run.
use aws::Service;
use bytes::Bytes;
use http::Response;
use std::future::Future;
use std::pin::Pin;

/// What running an operation comes to.
pub(crate) type Answer<'a, E> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, E>> + Send + 'a>>;

/// One operation.
pub(crate) struct Row<Run, By = ()> {
    /// AWS's name.
    pub(crate) operation: &'static str,
    /// Who may call it, where an API knows more than one way.
    pub(crate) by: By,
    /// What of the operation does not work yet; it answers a typed refusal, or is kept without effect.
    pub(crate) missing: Option<&'static str>,
    /// Its file.
    pub(crate) run: Run,
}

/// All operations of an API that work here.
pub(crate) struct Table<Run: 'static, By: 'static = ()> {
    pub(crate) service: &'static Service,
    pub(crate) rows: &'static [Row<Run, By>],
}

impl<Run, By> Table<Run, By> {
    /// The row of an operation, if it is supported.
    pub(crate) fn row(&self, operation: &str) -> Option<&'static Row<Run, By>> {
        self.rows.iter().find(|row| row.operation == operation)
    }

    /// All operations of AWS's model and how far each works.
    pub(crate) fn coverage(&self) -> Vec<Coverage> {
        let one = |operation: &'static str| {
            let row = self.row(operation);
            Coverage { operation, supported: row.is_some(), missing: row.and_then(|row| row.missing) }
        };
        self.service.operations.iter().map(|operation| one(operation.name)).collect()
    }

    /// For each API's test: every row is an operation of the model with shapes, and stands once.
    #[cfg(test)]
    pub(crate) fn hold_against_the_model(&self) {
        let mut seen = std::collections::BTreeSet::new();
        for row in self.rows {
            let model = self.service.operation(row.operation);
            assert!(model.is_some_and(|operation| operation.input.is_some()), "{}", row.operation);
            assert!(seen.insert(row.operation), "{}", row.operation);
        }
    }
}

/// One operation of a service and how far it is supported, for `cognate coverage`.
#[derive(Clone, Copy, Debug)]
pub struct Coverage {
    /// AWS's name.
    pub operation: &'static str,
    /// Whether it works; the others answer a typed refusal.
    pub supported: bool,
    /// What of it is missing where it works in part.
    pub missing: Option<&'static str>,
}

/// `missing "…"` of a row.
macro_rules! missing_of {
    () => {
        None
    };
    ($missing:literal) => {
        Some($missing)
    };
}
pub(crate) use missing_of;
