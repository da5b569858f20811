//! `cognate coverage`: every AWS operation and whether it is supported, from the operation tables themselves.
use super::say;
use crate::cli;
use control_plane::{apigatewayv2, cognito_idp};
use serde_json::json;

/// Prints the table.
pub fn run(args: &cli::Coverage) {
    let services = [("cognito-idp", cognito_idp::coverage()), ("apigatewayv2", apigatewayv2::coverage())];
    if args.json {
        let rows = services.iter().flat_map(|(service, rows)| {
            rows.iter()
                .map(move |row| json!({"service": service, "operation": row.operation, "supported": row.supported}))
        });
        say(&format!("{:#}\n", serde_json::Value::Array(rows.collect())));
        return;
    }
    for (service, rows) in services {
        let supported = rows.iter().filter(|row| row.supported).count();
        say(&format!("{service}: {supported} of {} operations\n", rows.len()));
        for row in rows {
            say(&format!("  {} {}\n", if row.supported { "supported    " } else { "not yet      " }, row.operation));
        }
    }
}
