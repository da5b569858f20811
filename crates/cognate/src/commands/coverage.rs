//! `cognate coverage`: every AWS operation and whether it is supported, from the operation tables themselves.
use super::say;
use crate::cli;
use control_plane::{apigatewayv2, cognito_idp, lambda};
use serde_json::json;

/// Prints the table.
pub fn run(args: &cli::Coverage) {
    let services = [
        ("cognito-idp", cognito_idp::coverage()),
        ("apigatewayv2", apigatewayv2::coverage()),
        ("lambda", lambda::coverage()),
    ];
    if args.json {
        let rows = services.iter().flat_map(|(service, rows)| {
            rows.iter()
                .map(move |row| json!({"service": service, "operation": row.operation, "supported": row.supported, "missing": row.missing}))
        });
        say(&format!("{:#}\n", serde_json::Value::Array(rows.collect())));
        return;
    }
    for (service, rows) in services {
        let supported = rows.iter().filter(|row| row.supported).count();
        say(&format!("{service}: {supported} of {} operations\n", rows.len()));
        for row in rows {
            let word = match (row.supported, row.missing) {
                (true, None) => "supported",
                (true, Some(_)) => "partly",
                (false, _) => "not yet",
            };
            let missing = row.missing.map(|missing| format!(" ({missing})")).unwrap_or_default();
            say(&format!("  {word:<14}{}{missing}\n", row.operation));
        }
    }
}
