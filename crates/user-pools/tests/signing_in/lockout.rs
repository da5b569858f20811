use crate::actor::{App, Srp, challenge, says, tokens};
use futures_util::future::join_all;
use testing::{Bench, PASSWORD};
use user_pools::pool::AliasKind;

const WRONG: &str = "Incorrect username or password.";
const LOCKED: &str = "Password attempts exceeded";

async fn fail(app: &App<'_>, times: usize) {
    for _ in 0..times {
        assert_eq!(says(app.sign_in("alice", "wrong").await), WRONG);
    }
}

#[tokio::test]
async fn five_failures_are_free_then_the_lock_doubles() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    fail(&app, 5).await;
    for seconds in [2, 4, 8, 16] {
        fail(&app, 1).await;
        assert_eq!(says(app.sign_in("alice", PASSWORD).await), LOCKED, "the right password waits too");
        bench.clock.advance(seconds * 1000 - 1);
        assert_eq!(says(app.sign_in("alice", "wrong").await), LOCKED, "{seconds} s");
        bench.clock.advance(1);
    }
    app.tokens("alice", PASSWORD).await;
    fail(&app, 5).await;
    app.tokens("alice", PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_right_sign_ins_at_once_are_no_guessing() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let results = join_all((0..40).map(|_| app.sign_in("alice", PASSWORD))).await;
    for result in results {
        tokens(result);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_guesses_at_once_six_are_examined() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    let before = bench.hasher.work();
    let results = join_all((0..40).map(|_| app.sign_in("alice", "wrong"))).await;
    assert_eq!(bench.hasher.work() - before, 6);
    assert_eq!(
        results.into_iter().filter(|result| result.as_ref().is_err_and(|error| error.message == LOCKED)).count(),
        34
    );
}

#[tokio::test]
async fn a_quarter_of_an_hour_without_attempts_forgives() {
    let bench = Bench::new();
    let app = App::new(&bench).await;
    bench.user(&app.pool, "alice").await;
    fail(&app, 5).await;
    bench.clock.advance(15 * 60_000);
    fail(&app, 5).await;
    app.tokens("alice", PASSWORD).await;
}

#[tokio::test]
async fn aliases_and_flows_share_one_count() {
    let bench = Bench::new();
    let app = App::with(&bench, |pool| pool.alias_attributes = vec![AliasKind::Email]).await;
    let alice = bench.user(&app.pool, "alice").await;
    let srp = Srp::new(3);
    fail(&app, 3).await;
    assert_eq!(says(app.sign_in("alice@example.com", "wrong").await), WRONG);
    assert_eq!(says(app.sign_in(&alice.sub, "wrong").await), WRONG);
    let asked = challenge(app.srp_start("alice", &srp).await);
    assert_eq!(says(app.srp_claim(&asked, &srp, "wrong").await), WRONG);
    assert_eq!(says(app.sign_in("alice", PASSWORD).await), LOCKED);
    let asked = challenge(app.srp_start("alice", &srp).await);
    assert_eq!(says(app.srp_claim(&asked, &srp, PASSWORD).await), LOCKED);
    bench.clock.advance(2000);
    let asked = challenge(app.srp_start("alice", &srp).await);
    tokens(app.srp_claim(&asked, &srp, PASSWORD).await);
}
