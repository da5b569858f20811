//! `cognate keys`: the sealing keys and the pools' signing keys of a running server.
use super::say;
use crate::admin::{Ask, ask};
use crate::cli::{self, KeysCommand};

/// Lists, rotates, withdraws, or tells a sender's key.
pub fn run(args: &cli::Keys) -> Result<(), String> {
    let (question, server) = match &args.command {
        KeysCommand::List { server } => (Ask::Keys, server),
        KeysCommand::Rotate { signing: true, pool, now, server } => {
            (Ask::RotateSigning { pool: pool.clone(), now: *now }, server)
        }
        KeysCommand::Rotate { server, .. } => (Ask::RotateSealing, server),
        KeysCommand::Sender { name, server } => (Ask::SenderKey { name: name.clone() }, server),
        KeysCommand::Withdraw { kid, server } => (Ask::WithdrawSigning { kid: kid.clone() }, server),
    };
    let answer = ask(&server.data, &question)?;
    say(&format!("{answer:#}\n"));
    Ok(())
}
