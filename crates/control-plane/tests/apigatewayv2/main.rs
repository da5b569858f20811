//! The `apigatewayv2` door over a real store: requests as clients send them in, answers as clients read them out.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod apis;
mod authorizers;
mod bench;
mod door;
mod integrations;
mod routes;
mod stages;
mod tags;
mod terraform;
