//! The numbers of SRP, in every flow that takes them.
use crate::actor::{App, ClaimAnswer, Srp, challenge, refusal, says, tokens};
use crate::device_client::confirmed;
use crate::house::{WRONG, at_once, from, house, prefer};
use testing::{Bench, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::sign_in::ChallengeName::{DeviceSrpAuth, PasswordSrp, PasswordVerifier, SelectChallenge};
use user_pools::sign_in::{Flow, SignedIn};
use user_pools::srp::{N_HEX, from_hex};

/// k times N, in hex.
fn multiple(k: u8) -> String {
    let mut out = vec![0; 2];
    out.extend(from_hex(N_HEX).unwrap());
    let mut carry = 0_u16;
    for byte in out.iter_mut().rev() {
        let wide = u16::from(*byte) * u16::from(k) + carry;
        *byte = u8::try_from(wide & 0xff).unwrap();
        carry = wide >> 8;
    }
    hex(&out)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn refused(result: user_pools::Result<SignedIn>, what: &str) {
    let Err(error) = result else { panic!("taken: {what}") };
    assert_eq!(error.kind, ErrorKind::InvalidParameter, "{what}: {}", error.message);
}

#[tokio::test]
async fn an_a_that_is_zero_modulo_n_is_refused_in_every_flow() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user(&app.pool, "alice").await;
    let phone = confirmed(&app, "alice").await;
    let zeros = [
        "0".to_owned(),
        "0".repeat(768),
        multiple(1),
        multiple(2),
        multiple(3),
        multiple(255),
        format!("00{}", multiple(2)),
    ];
    let others = [String::new(), "-1".to_owned(), "zz".to_owned(), format!("1{}", "0".repeat(10_000))];
    for bad in zeros.iter().chain(&others) {
        let a = [("SRP_A", bad.as_str())];
        let named = [("USERNAME", "alice"), a[0]];
        refused(app.start(Flow::UserSrp, &named).await, "USER_SRP_AUTH");
        refused(app.start(Flow::Custom, &[named[0], a[0], ("CHALLENGE_NAME", "SRP_A")]).await, "CUSTOM_AUTH");
        if !bad.is_empty() {
            refused(
                app.start(Flow::UserAuth, &[named[0], a[0], ("PREFERRED_CHALLENGE", "PASSWORD_SRP")]).await,
                "USER_AUTH",
            );
        }
        let asked = challenge(prefer(&app, "alice", "PASSWORD_SRP").await);
        refused(app.answer(PasswordSrp, Some(&asked.session), &named).await, "PASSWORD_SRP");
        let asked = challenge(app.start(Flow::UserAuth, &named[..1]).await);
        if !bad.is_empty() {
            let chosen = [named[0], a[0], ("ANSWER", "PASSWORD_SRP")];
            refused(app.answer(SelectChallenge, Some(&asked.session), &chosen).await, "SELECT_CHALLENGE");
        }
        let asked = challenge(from(&app, "alice", &phone).await);
        assert_eq!(asked.name, DeviceSrpAuth);
        let device = [named[0], a[0], ("DEVICE_KEY", &*phone.key)];
        refused(app.answer(DeviceSrpAuth, Some(&asked.session), &device).await, "DEVICE_SRP_AUTH");
    }
}

/// The key would be known to whoever sends A = 0: its claim is not taken even if A were.
#[tokio::test]
async fn a_claim_needs_a_signature_over_this_very_exchange() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user(&app.pool, "alice").await;
    bench.user(&app.pool, "bob").await;
    let srp = Srp::new(3);
    let ask = async |name: &str| challenge(app.srp_start(name, &srp).await);
    let right = async |name: &str| srp.claim(&app.pool, &ask(name).await, PASSWORD, &app.timestamp());
    for (member, forged) in [
        ("PASSWORD_CLAIM_SIGNATURE", ""),
        ("PASSWORD_CLAIM_SIGNATURE", "AAAA"),
        ("PASSWORD_CLAIM_SIGNATURE", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("TIMESTAMP", "Thu Jan 1 00:00:00 UTC 1970"),
        ("USERNAME", "bob"),
        ("PASSWORD_CLAIM_SECRET_BLOCK", "AAAA"),
    ] {
        let claim = right("alice").await;
        let mut pairs = claim.pairs();
        pairs.retain(|(name, _)| *name != member);
        pairs.push((member, forged));
        assert!(app.answer(PasswordVerifier, None, &pairs).await.is_err(), "{member} {forged}");
    }
    // Alice's signature under bob's block, and the other way round.
    let (alices, bobs) = (right("alice").await, right("bob").await);
    let take = |from: &ClaimAnswer, name: &str| {
        let pairs = from.pairs();
        pairs.iter().find(|(one, _)| *one == name).unwrap().1.to_owned()
    };
    let block = take(&bobs, "PASSWORD_CLAIM_SECRET_BLOCK");
    for name in ["alice", "bob"] {
        let signature = take(&alices, "PASSWORD_CLAIM_SIGNATURE");
        let timestamp = take(&alices, "TIMESTAMP");
        let mixed = [
            ("USERNAME", name),
            ("PASSWORD_CLAIM_SECRET_BLOCK", &*block),
            ("PASSWORD_CLAIM_SIGNATURE", &*signature),
            ("TIMESTAMP", &*timestamp),
        ];
        assert_eq!(says(app.answer(PasswordVerifier, None, &mixed).await), WRONG, "{name}");
    }
}

#[tokio::test]
async fn the_block_of_one_client_is_no_good_at_another() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user(&app.pool, "alice").await;
    let other = App {
        client: bench.client(&app.pool).await,
        bench: &bench,
        pool: app.pool.clone(),
        door: user_pools::sign_in::Door::Api,
    };
    let srp = Srp::new(3);
    let asked = challenge(app.srp_start("alice", &srp).await);
    assert_eq!(says(other.srp_claim(&asked, &srp, PASSWORD).await), WRONG);
    tokens(app.srp_claim(&asked, &srp, PASSWORD).await);
}

#[tokio::test]
async fn wrong_claims_in_parallel_are_locked_like_one_after_the_other() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user(&app.pool, "alice").await;
    let srp = Srp::new(3);
    let mut claims = Vec::new();
    for _ in 0..16 {
        let asked = challenge(app.srp_start("alice", &srp).await);
        claims.push(srp.claim(&app.pool, &asked, "Wrong-Passw0rd", &app.timestamp()));
    }
    let (app, answers) = (&app, claims.iter());
    let said =
        at_once(answers.map(|claim| async move { app.answer(PasswordVerifier, None, &claim.pairs()).await })).await;
    let said: Vec<_> = said.into_iter().map(says).collect();
    assert_eq!(said.iter().filter(|said| *said == WRONG).count(), 6, "{said:?}");
    // One count for all flows.
    assert_eq!(says(app.sign_in("alice", PASSWORD).await), "Password attempts exceeded");
    let _ = refusal(prefer(app, "nobody", "PASSWORD").await);
}
