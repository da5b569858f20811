//! Guessing codes, one after the other and many at once.
use crate::actor::{challenge, refusal, says};
use crate::house::{access, at_once, careful, confirm, forgot, house, other_than, recover, sign_up, with_app};
use testing::{Bench, PASSWORD};
use user_pools::error::ErrorKind;
use user_pools::sign_in::ChallengeName::SoftwareTokenMfa;

const NEW: &str = "N3w-Passw0rd!";
const MAIL: &str = "alice@example.com";

#[tokio::test]
async fn recovery_codes_guessed_in_parallel_are_limited_and_asking_again_gives_no_more() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user(&app.pool, "alice").await;
    forgot(&app, "alice").await.unwrap();
    let wrong = other_than(&bench.mail.code_to(MAIL));
    let (app, wrong) = (&app, wrong.as_str());
    let kinds = async |many: usize| -> Vec<ErrorKind> {
        let tries = at_once((0..many).map(|_| async move { recover(app, "alice", wrong, NEW).await })).await;
        tries.into_iter().map(|tried| refusal(tried).kind).collect()
    };
    let first = kinds(32).await;
    assert_eq!(first.iter().filter(|kind| **kind == ErrorKind::CodeMismatch).count(), 10);
    forgot(app, "alice").await.unwrap();
    assert!(kinds(4).await.iter().all(|kind| *kind == ErrorKind::LimitExceeded), "a new code gives no new tries");
    let right = bench.mail.code_to(MAIL);
    assert_eq!(refusal(recover(app, "alice", &right, NEW).await).kind, ErrorKind::LimitExceeded);
    app.tokens("alice", PASSWORD).await;
}

#[tokio::test]
async fn sign_up_codes_guessed_in_parallel_are_limited() {
    let bench = Bench::new();
    let app = house(&bench).await;
    sign_up(&app, "alice", MAIL).await.unwrap();
    let wrong = other_than(&bench.mail.code_to(MAIL));
    let (app, wrong) = (&app, wrong.as_str());
    let tries = at_once((0..32).map(|_| async move { confirm(app, "alice", wrong).await })).await;
    let kinds: Vec<_> = tries.into_iter().map(|tried| refusal(tried).kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == ErrorKind::CodeMismatch).count(), 15);
    assert!(app.sign_in("alice", PASSWORD).await.is_err());
}

#[tokio::test]
async fn codes_for_a_new_address_guessed_in_parallel_are_limited() {
    let bench = Bench::new();
    let app = house(&bench).await;
    bench.user(&app.pool, "alice").await;
    let access = access(&app, "alice").await;
    let change = vec![("email".to_owned(), "victim@example.com".to_owned())];
    bench.pools.update_user_attributes(&bench.cx(), &access, &change).await.unwrap();
    let wrong = other_than(&bench.mail.code_to("victim@example.com"));
    let (access, wrong, bench) = (&access, wrong.as_str(), &bench);
    let verify = async |_| bench.pools.verify_user_attribute(&bench.cx(), access, "email", wrong).await;
    let tries = at_once((0..32).map(verify)).await;
    let kinds: Vec<_> = tries.into_iter().map(|tried| refusal(tried).kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == ErrorKind::CodeMismatch).count(), 15);
}

#[tokio::test]
async fn codes_of_an_app_guessed_in_parallel_over_many_sign_ins_share_one_count() {
    let bench = Bench::new();
    let app = house(&bench).await;
    careful(&app, "alice", &[]).await;
    let authenticator = with_app(&app, "alice").await;
    bench.clock.advance(30_000);
    let wrong = other_than(&authenticator.code(bench.now()));
    let mut sessions = Vec::new();
    for _ in 0..16 {
        sessions.push(challenge(app.sign_in("alice", PASSWORD).await).session);
    }
    let (app, wrong) = (&app, wrong.as_str());
    let guess = |session: &String| {
        let session = session.clone();
        async move {
            app.answer(SoftwareTokenMfa, Some(&session), &[("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", wrong)])
                .await
        }
    };
    let said: Vec<_> = at_once(sessions.iter().map(guess)).await.into_iter().map(says).collect();
    assert_eq!(said.iter().filter(|said| *said == "Invalid code received for user").count(), 6, "{said:?}");
    let right = authenticator.code(bench.now());
    let given = [("USERNAME", "alice"), ("SOFTWARE_TOKEN_MFA_CODE", &*right)];
    assert_eq!(says(app.answer(SoftwareTokenMfa, Some(&sessions[0]), &given).await), "Password attempts exceeded");
}

/// A code says what it is for: one for another purpose, user or pool is as good as none.
#[tokio::test]
async fn a_code_is_good_for_its_own_purpose_user_and_pool_only() {
    let bench = Bench::new();
    let (app, other) = (house(&bench).await, house(&bench).await);
    for name in ["alice", "bob"] {
        bench.user(&app.pool, name).await;
        bench.user(&other.pool, name).await;
        for app in [&app, &other] {
            forgot(app, name).await.unwrap();
        }
    }
    sign_up(&app, "carol", "carol@example.com").await.unwrap();
    forgot(&app, "alice").await.unwrap();
    let (alices, carols) = (bench.mail.code_to(MAIL), bench.mail.code_to("carol@example.com"));
    assert!(recover(&app, "bob", &alices, NEW).await.is_err(), "another user");
    assert!(recover(&other, "alice", &alices, NEW).await.is_err(), "another pool");
    assert!(confirm(&app, "carol", &alices).await.is_err(), "another purpose");
    assert!(recover(&app, "carol", &carols, NEW).await.is_err(), "a sign-up's code resets nothing");
    let access = access(&app, "alice").await;
    let verified = bench.pools.verify_user_attribute(&bench.cx(), &access, "email", &alices).await;
    assert_eq!(refusal(verified).kind, ErrorKind::ExpiredCode, "no code was asked for");
    recover(&app, "alice", &alices, NEW).await.unwrap();
    assert!(recover(&app, "alice", &alices, PASSWORD).await.is_err(), "used");
}
