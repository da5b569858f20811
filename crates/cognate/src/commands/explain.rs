//! `cognate explain`: why a request was refused.
use super::say;
use crate::admin::{Ask, ask};
use crate::cli;
use serde_json::Value;
use std::fmt::Write as _;

/// Prints the decisions of a request.
pub fn run(args: &cli::Explain) -> Result<(), String> {
    let decisions = ask(&args.server.data, &Ask::Explain { id: args.id.clone() })?;
    if args.server.json {
        say(&format!("{decisions:#}\n"));
    } else {
        say(&decisions.as_array().into_iter().flatten().map(told).collect::<Vec<_>>().join("\n"));
    }
    Ok(())
}

/// A decision for people.
fn told(decision: &Value) -> String {
    let text = |name: &str| decision.get(name).and_then(Value::as_str).map(str::to_owned);
    let at = decision.get("at").and_then(Value::as_i64).and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let verdict = if decision.get("allowed").and_then(Value::as_bool) == Some(true) { "allowed" } else { "refused" };
    let mut out = format!(
        "request   {}\nwhen      {}\n",
        text("request_id").unwrap_or_default(),
        at.map(|at| at.to_string()).unwrap_or_default()
    );
    for (name, value) in [
        ("from", text("ip")),
        ("asked", text("action")),
        ("verdict", Some(format!("{verdict} by rule {}", text("rule").unwrap_or_default()))),
        ("pool", text("pool")),
        ("client", text("client")),
        ("user", text("user")),
        ("expected", text("expected")),
        ("got", text("got")),
        ("fix", text("fix")),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "{name:<10}{value}");
        }
    }
    out
}
