//! A foreign issuer's key, key set and tokens: what a gateway meets when it trusts somebody else.
//! Tokens have the size and the claims of Cognito's ID tokens (about 1,100 bytes).
use crate::Problem;
use jose::SigningKey;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What to make.
#[derive(clap::Args)]
pub struct Order {
    /// Folder for `key.der` (kept when it exists), `jwks.json`, `valid.txt`, `fresh.txt`, `bad.txt` and `garbage.txt`.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// `iss`.
    #[arg(long)]
    issuer: String,
    /// `aud`.
    #[arg(long)]
    audience: String,
    /// The time, epoch seconds; tokens live for 30 days from here.
    #[arg(long)]
    now: i64,
    /// Tokens for rotation.
    #[arg(long, default_value_t = 10_000)]
    valid: u64,
    /// Tokens to be seen once.
    #[arg(long)]
    fresh: u64,
    /// Tokens with a wrong signature, and as many that are none at all.
    #[arg(long, default_value_t = 1_000)]
    wrong: u64,
}

const LIFETIME: i64 = 30 * 24 * 3600;

/// Mints on all cores.
pub fn run(order: &Order) -> Result<Value, Problem> {
    let key = key(&order.folder.join("key.der"))?;
    save(order, "jwks.json", &json!({"keys": [key.public_jwk()]}).to_string())?;
    let valid = mint(&key, order, 0, order.valid)?;
    let fresh = mint(&key, order, order.valid, order.fresh)?;
    let bad: Vec<_> = valid.iter().cycle().take(many(order.wrong)).map(|token| broken(token)).collect();
    let garbage: Vec<_> = bad.iter().map(|token| scrambled(token)).collect();
    save(order, "valid.txt", &valid.join("\n"))?;
    save(order, "fresh.txt", &fresh.join("\n"))?;
    save(order, "bad.txt", &bad.join("\n"))?;
    save(order, "garbage.txt", &garbage.join("\n"))?;
    Ok(
        json!({"token_bytes": valid.first().map(String::len), "valid": valid.len(), "fresh": fresh.len(), "kid": key.kid()}),
    )
}

fn many(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn save(order: &Order, name: &str, text: &str) -> Result<(), Problem> {
    let path = order.folder.join(name);
    let failed = |error| Problem::File(path.display().to_string(), error);
    File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed)
}

fn key(path: &Path) -> Result<SigningKey, Problem> {
    let failed = |error| Problem::File(path.display().to_string(), error);
    if path.exists() {
        return Ok(SigningKey::from_pkcs8_der(&std::fs::read(path).map_err(failed)?)?);
    }
    let key = SigningKey::generate()?;
    let der = key.pkcs8_der()?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(&der)).map_err(failed)?;
    Ok(key)
}

/// Tokens of the users `first..first + count`, in order.
fn mint(key: &SigningKey, order: &Order, first: u64, count: u64) -> Result<Vec<String>, Problem> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let share = count.div_ceil(cores).max(1);
    let end = first + count;
    std::thread::scope(|scope| {
        let starts = (0..cores).map(|core| (first + core * share).min(end));
        let threads: Vec<_> = starts
            .map(|start| scope.spawn(move || (start..(start + share).min(end)).map(|n| token(key, order, n)).collect()))
            .collect();
        let mut all = Vec::with_capacity(many(count));
        for thread in threads {
            let made: Result<Vec<String>, Problem> =
                thread.join().unwrap_or_else(|_| Err(Problem::Said("a minting thread ended".to_owned())));
            all.extend(made?);
        }
        Ok(all)
    })
}

fn token(key: &SigningKey, order: &Order, user: u64) -> Result<String, Problem> {
    Ok(key.sign_jwt(&claims(order, user))?)
}

/// The claims of an ID token as Cognito writes them.
fn claims(order: &Order, user: u64) -> Value {
    json!({
        "sub": uuid(1, user),
        "cognito:groups": ["admins", "uploaders"],
        "email_verified": true,
        "iss": order.issuer,
        "cognito:username": uuid(1, user),
        "origin_jti": uuid(2, user),
        "aud": order.audience,
        "event_id": uuid(3, user),
        "token_use": "id",
        "auth_time": order.now,
        "exp": order.now + LIFETIME,
        "iat": order.now,
        "jti": uuid(4, user),
        "email": format!("user{user:06}@example.com"),
    })
}

fn uuid(kind: u64, user: u64) -> String {
    format!("{:08x}-{kind:04x}-4000-8000-{user:012x}", user.wrapping_mul(0x9e37_79b1) & 0xffff_ffff)
}

/// The same token with one byte in the middle of its signature changed.
fn broken(token: &str) -> String {
    let at = token.len() - 100;
    let other = if token.as_bytes()[at] == b'A' { 'B' } else { 'A' };
    format!("{}{other}{}", &token[..at], &token[at + 1..])
}

/// As long as a token, and no token: what a scanner sends.
fn scrambled(token: &str) -> String {
    let mut state = token.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let mut text = String::with_capacity(token.len());
    while text.len() < token.len() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Writing to a string cannot fail.
        let _ = write!(text, "{state:08x}");
    }
    text.truncate(token.len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jose::{Jwt, KeySet, VerifyError, verify};

    #[test]
    fn valid_tokens_verify_are_all_different_and_wrong_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let order = Order {
            folder: folder.path().to_owned(),
            issuer: "http://127.0.0.1:1/pool".to_owned(),
            audience: "client".to_owned(),
            now: 1_000,
            valid: 5,
            fresh: 3,
            wrong: 4,
        };
        run(&order).unwrap();
        let read = |name: &str| -> Vec<String> {
            let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
            text.lines().map(str::to_owned).collect()
        };
        let key = key(&folder.path().join("key.der")).unwrap();
        let keys = KeySet::new([key.verifying_key().unwrap()]);
        let mut tokens: Vec<String> = [read("valid.txt"), read("fresh.txt")].concat();
        for token in &tokens {
            let claims = verify(&Jwt::parse(token).unwrap(), &keys).unwrap();
            assert_eq!(claims.str("iss"), Some("http://127.0.0.1:1/pool"));
            assert!((1_000..1_250).contains(&token.len()), "{}", token.len());
        }
        tokens.sort();
        tokens.dedup();
        assert_eq!(tokens.len(), 8);
        for token in read("bad.txt") {
            assert_eq!(verify(&Jwt::parse(&token).unwrap(), &keys), Err(VerifyError::Signature));
        }
        assert!(read("garbage.txt").iter().all(|token| Jwt::parse(token).is_err()));
        assert_eq!(read("bad.txt").len(), 4);
    }
}
