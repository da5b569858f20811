//! Lambda functions: their definitions, their code on disk, and the processes that run them, spoken to over the Lambda
//! Runtime API. One engine, [`Invoker`], serves the gateway, the triggers and the Lambda API alike. Refuses code that
//! would leave its folder, and lets no function see the server's own environment. Knows no SQL and no AWS wire.

mod code;
mod engine;
mod errors;
mod model;
pub mod ports;
mod service;

pub use code::{CodeFolder, CodeRefused};
pub use engine::{
    Answer, Denied, ErrorKind, FunctionError, Invocation, Invoked, Invoker, InvokerOptions, MAX_PAYLOAD, Surroundings,
    Unavailable,
};
pub use errors::FunctionsError;
pub use model::{
    Architecture, Caller, Change, CodeFacts, Configured, Definition, Function, FunctionKey, FunctionRef, LATEST,
    NewStatement, Runtime, RuntimeFamily, Settings, Source, Statement, TracingMode,
};
pub use service::{Created, Functions, ServicePorts, Shown};
