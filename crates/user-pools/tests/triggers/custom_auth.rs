//! CUSTOM_AUTH: Define, Create and Verify, also with SRP first.
use crate::actor::{App, Srp, challenge, refusal, says, tokens};
use crate::scene::{app, hiding};
use serde_json::{Value, json};
use testing::{Bench, PASSWORD};
use user_pools::sign_in::{ChallengeName, Door, Flow, SignedIn};
use user_pools::user::UserStatus;
use user_pools::{Error, Result};

const THREE: [&str; 3] = ["DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse"];

/// Two rounds at most: a right answer issues, a third wrong one fails.
fn riddles(bench: &Bench) {
    bench.functions.answers("DefineAuthChallenge", |event, response| {
        let rounds = event["request"]["session"].as_array().unwrap().clone();
        let right = rounds.last().is_some_and(|round| round["challengeResult"] == true);
        *response = match rounds.len() {
            0 => json!({"challengeName": "CUSTOM_CHALLENGE", "issueTokens": false, "failAuthentication": false}),
            _ if right => json!({"issueTokens": true, "failAuthentication": false}),
            1 | 2 => json!({"challengeName": "CUSTOM_CHALLENGE"}),
            _ => json!({"issueTokens": false, "failAuthentication": true}),
        };
    });
    bench.functions.answers("CreateAuthChallenge", |event, response| {
        let number = event["request"]["session"].as_array().unwrap().len();
        *response = json!({
            "publicChallengeParameters": {"riddle": format!("number {number}")},
            "privateChallengeParameters": {"answer": "the-secret-answer"},
            "challengeMetadata": format!("RIDDLE_{number}"),
        });
    });
    bench.functions.answers("VerifyAuthChallengeResponse", |event, response| {
        let request = &event["request"];
        *response = json!({
            "answerCorrect": request["challengeAnswer"] == request["privateChallengeParameters"]["answer"],
        });
    });
}

async fn start(app: &App<'_>, name: &str) -> Result<SignedIn> {
    app.start(Flow::Custom, &[("USERNAME", name)]).await
}

async fn answer(app: &App<'_>, session: &str, name: &str, text: &str) -> Result<SignedIn> {
    app.answer(ChallengeName::CustomChallenge, Some(session), &[("USERNAME", name), ("ANSWER", text)]).await
}

fn sources(bench: &Bench) -> Vec<String> {
    bench.functions.sources().iter().map(|source| source.split('_').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_right_answer_signs_in_and_the_functions_see_every_round() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    let ann = bench.user(&app.pool, "ann").await;
    let first = challenge(start(&app, "ann").await);
    assert_eq!((first.name, first.custom["riddle"].as_str()), (ChallengeName::CustomChallenge, "number 0"));
    assert_eq!(first.parameters["USERNAME"], "ann");
    assert_eq!(sources(&bench), ["DefineAuthChallenge", "CreateAuthChallenge"]);
    assert_eq!(bench.functions.log()[0].event["request"]["session"], json!([]));

    let second = challenge(answer(&app, &first.session, "ann", "wrong").await);
    assert_eq!(second.custom["riddle"], "number 1");
    assert_ne!(second.session, first.session);
    tokens(answer(&app, &second.session, "ann", "the-secret-answer").await);
    let log = bench.functions.log();
    let verify = &log[2].event["request"];
    assert_eq!(verify["challengeAnswer"], "wrong");
    assert_eq!(verify["userAttributes"]["sub"], ann.sub.as_str());
    let round = |number: usize, result: bool| {
        json!({
            "challengeName": "CUSTOM_CHALLENGE", "challengeResult": result,
            "challengeMetadata": format!("RIDDLE_{number}"),
        })
    };
    let define: Vec<&Value> = log
        .iter()
        .filter(|invoked| invoked.function == "DefineAuthChallenge")
        .map(|invoked| &invoked.event["request"]["session"])
        .collect();
    assert_eq!(define[2], &json!([round(0, false), round(1, true)]));
}

#[tokio::test]
async fn what_only_verify_may_know_is_not_in_the_clients_hands() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    let asked = challenge(start(&app, "ann").await);
    let shown = format!("{}{:?}{:?}", asked.session, asked.parameters, asked.custom);
    assert!(!shown.contains("the-secret-answer"));
    let bytes = jose::base64url_decode(&asked.session).unwrap();
    assert!(!bytes.windows(10).any(|window| window == b"the-secret"));
}

#[tokio::test]
async fn a_session_gives_one_try_right_or_wrong() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    let asked = challenge(start(&app, "ann").await);
    challenge(answer(&app, &asked.session, "ann", "wrong").await);
    bench.functions.clear();
    let again = says(answer(&app, &asked.session, "ann", "the-secret-answer").await);
    assert_eq!(again, "Invalid session for the user, session can only be used once.");
    assert_eq!(bench.functions.log().len(), 0, "no function judges a second try");
}

#[tokio::test]
async fn one_session_sent_again_and_again_locks_nobody_out() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    let spent = challenge(start(&app, "ann").await);
    challenge(answer(&app, &spent.session, "ann", "wrong").await);
    for _ in 0..30 {
        let again = says(answer(&app, &spent.session, "ann", "wrong").await);
        assert_eq!(again, "Invalid session for the user, session can only be used once.");
    }
    let asked = challenge(start(&app, "ann").await);
    tokens(answer(&app, &asked.session, "ann", "the-secret-answer").await);
}

#[tokio::test]
async fn many_tries_at_once_get_one_judgement() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    let asked = challenge(start(&app, "ann").await);
    let (app, session) = (&app, asked.session.as_str());
    let one = |text: &'static str| async move { answer(app, session, "ann", text).await.is_ok() };
    let (a, b, c, d, e) = tokio::join!(one("1"), one("2"), one("the-secret-answer"), one("3"), one("4"));
    let went_on = [a, b, c, d, e].into_iter().filter(|went_on| *went_on).count();
    assert_eq!(went_on, 1);
    assert_eq!(sources(&bench).iter().filter(|name| *name == "VerifyAuthChallengeResponse").count(), 1);
}

#[tokio::test]
async fn define_fails_the_sign_in_after_its_own_count_and_the_lockout_stays_away() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    for _ in 0..4 {
        let mut asked = challenge(start(&app, "ann").await);
        for _ in 0..2 {
            asked = challenge(answer(&app, &asked.session, "ann", "wrong").await);
        }
        assert_eq!(says(answer(&app, &asked.session, "ann", "wrong").await), "Incorrect username or password.");
    }
    app.tokens("ann", PASSWORD).await;
}

/// AWS leaves it to the functions to end a sign-in, and sign-ins may begin without end: with three tries in each a short code would be found.
#[tokio::test]
async fn answers_without_end_are_locked_over_all_sign_ins_for_known_and_unknown_names_alike() {
    let bench = Bench::new();
    let app = hiding(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    let locked = "Password attempts exceeded";
    for name in ["ann", "nobody"] {
        let mut said = Vec::new();
        while said.len() < 24 {
            let mut asked = start(&app, name).await;
            while let Ok(SignedIn::Challenge(open)) = asked {
                asked = answer(&app, &open.session, name, "wrong").await;
                said.push(asked.as_ref().err().map(|error| error.message.to_string()).unwrap_or_default());
            }
        }
        assert_eq!(said.iter().position(|said| said == locked), Some(21), "{name}: {said:?}");
    }
    let asked = challenge(start(&app, "ann").await);
    assert_eq!(says(answer(&app, &asked.session, "ann", "the-secret-answer").await), locked);
    bench.clock.advance(2_000);
    let asked = challenge(start(&app, "ann").await);
    tokens(answer(&app, &asked.session, "ann", "the-secret-answer").await);
    for _ in 0..20 {
        let asked = challenge(start(&app, "ann").await);
        challenge(answer(&app, &asked.session, "ann", "wrong").await);
    }
}

#[tokio::test]
async fn absent_users_go_the_same_way_and_never_arrive() {
    let bench = Bench::new();
    let open = app(&bench, &THREE).await;
    riddles(&bench);
    assert_eq!(says(start(&open, "nobody").await), "User does not exist.");
    let app = hiding(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "anybody").await;
    let (known, unknown) = (challenge(start(&app, "anybody").await), challenge(start(&app, "nobody").await));
    assert_eq!(known.session.len(), unknown.session.len());
    assert_eq!(known.custom, unknown.custom);
    assert_eq!(unknown.parameters["USERNAME"], "nobody");
    let event = bench.functions.last();
    assert_eq!((&event["userName"], &event["request"]["userNotFound"]), (&json!("nobody"), &json!(true)));
    assert_eq!(event["request"]["userAttributes"], json!({}));
    let next = challenge(answer(&app, &unknown.session, "nobody", "wrong").await);
    let refused = says(answer(&app, &next.session, "nobody", "the-secret-answer").await);
    assert_eq!(refused, "Incorrect username or password.");
}

#[tokio::test]
async fn who_has_set_up_nothing_reads_like_who_does_not_exist() {
    let bench = Bench::new();
    let app = hiding(&bench, &THREE).await;
    bench.user(&app.pool, "ann").await;
    for name in ["SOFTWARE_TOKEN_MFA", "NEW_PASSWORD_REQUIRED", "PASSWORD_VERIFIER", "SMS_MFA", "NONSENSE"] {
        bench.functions.answers("DefineAuthChallenge", move |_, response| *response = json!({"challengeName": name}));
        let (known, unknown) = (refusal(start(&app, "ann").await), refusal(start(&app, "nobody").await));
        assert_eq!((known.kind, known.message), (unknown.kind, unknown.message), "{name}");
    }
}

#[tokio::test]
async fn srp_first_counts_as_two_rounds() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    bench.user(&app.pool, "ann").await;
    bench.functions.answers("DefineAuthChallenge", |event, response| {
        let names: Vec<&str> = event["request"]["session"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|round| round["challengeResult"] == true)
            .map(|round| round["challengeName"].as_str().unwrap())
            .collect();
        *response = match names[..] {
            ["SRP_A"] if event["request"]["session"].as_array().unwrap().len() == 1 => {
                json!({"challengeName": "PASSWORD_VERIFIER"})
            }
            ["SRP_A", "PASSWORD_VERIFIER"] => json!({"challengeName": "CUSTOM_CHALLENGE"}),
            ["SRP_A", "PASSWORD_VERIFIER", "CUSTOM_CHALLENGE"] => json!({"issueTokens": true}),
            _ => json!({"failAuthentication": true}),
        };
    });
    bench.functions.answers("VerifyAuthChallengeResponse", |_, response| *response = json!({"answerCorrect": true}));
    let srp = Srp::new(5);
    let begin = [("USERNAME", "ann"), ("CHALLENGE_NAME", "SRP_A"), ("SRP_A", &*srp.public())];
    let asked = challenge(app.start(Flow::Custom, &begin).await);
    assert_eq!(asked.name, ChallengeName::PasswordVerifier);
    let next = challenge(app.srp_claim(&asked, &srp, PASSWORD).await);
    assert_eq!(next.name, ChallengeName::CustomChallenge);
    tokens(answer(&app, &next.session, "ann", "anything").await);

    let asked = challenge(app.start(Flow::Custom, &begin).await);
    bench.functions.clear();
    assert_eq!(says(app.srp_claim(&asked, &srp, "wrong").await), "Incorrect username or password.");
    let told = &bench.functions.last()["request"]["session"];
    assert_eq!(
        told[1],
        json!({"challengeName": "PASSWORD_VERIFIER", "challengeResult": false, "challengeMetadata": null})
    );
}

#[tokio::test]
async fn a_password_verifier_cannot_be_asked_for_without_srp() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    bench.user(&app.pool, "ann").await;
    for name in ["PASSWORD_VERIFIER", "SOFTWARE_TOKEN_MFA", "NEW_PASSWORD_REQUIRED", "NONSENSE"] {
        bench.functions.answers("DefineAuthChallenge", move |_, response| *response = json!({"challengeName": name}));
        let Error { kind, message, .. } = refusal(start(&app, "ann").await);
        assert_eq!(format!("{kind:?}: {message}"), "InvalidLambdaResponse: Unrecognizable lambda output", "{name}");
    }
    bench.functions.echoes("DefineAuthChallenge");
    assert_eq!(says(start(&app, "ann").await), "Unrecognizable lambda output", "it decided nothing");
}

#[tokio::test]
async fn a_challenge_of_cognitos_own_may_be_a_round() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    bench.user_with(&app.pool, "ann", |user| user.status = UserStatus::ForceChangePassword).await;
    bench.functions.answers("DefineAuthChallenge", |event, response| {
        *response = match event["request"]["session"].as_array().unwrap().len() {
            0 => json!({"challengeName": "NEW_PASSWORD_REQUIRED"}),
            _ => json!({"issueTokens": true}),
        };
    });
    let asked = challenge(start(&app, "ann").await);
    assert_eq!(asked.name, ChallengeName::NewPasswordRequired);
    let given = [("USERNAME", "ann"), ("NEW_PASSWORD", "N3w-Passw0rd!")];
    tokens(app.answer(ChallengeName::NewPasswordRequired, Some(&asked.session), &given).await);
    assert_eq!(bench.functions.last()["request"]["session"][0]["challengeName"], "NEW_PASSWORD_REQUIRED");
    app.tokens("ann", "N3w-Passw0rd!").await;
}

#[tokio::test]
async fn the_status_stands_in_the_way_whatever_the_functions_say() {
    let bench = Bench::new();
    let open = app(&bench, &THREE).await;
    let hidden = hiding(&bench, &THREE).await;
    bench.functions.answers("DefineAuthChallenge", |_, response| *response = json!({"issueTokens": true}));
    for (app, name) in [(&open, "a"), (&hidden, "b")] {
        bench.user_with(&app.pool, name, |user| user.status = UserStatus::Unconfirmed).await;
        assert_eq!(says(start(app, name).await), "User is not confirmed.");
        let off = format!("{name}-off");
        bench.user_with(&app.pool, &off, |user| user.enabled = false).await;
        assert_eq!(says(start(app, &off).await), "User is disabled.");
    }
    assert_eq!(says(start(&hidden, "nobody").await), "Incorrect username or password.");
}

#[tokio::test]
async fn a_pool_that_lacks_a_function_says_so() {
    let bench = Bench::new();
    let app = app(&bench, &THREE[..2]).await;
    bench.user(&app.pool, "ann").await;
    let Error { kind, message, .. } = refusal(start(&app, "ann").await);
    assert_eq!(
        format!("{kind:?}: {message}"),
        "InvalidParameter: Custom auth lambda trigger is not configured for the user pool."
    );
}

#[tokio::test]
async fn sessions_of_others_help_nobody() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    bench.user(&app.pool, "bob").await;
    let asked = challenge(start(&app, "ann").await);
    let foreign = says(answer(&app, &asked.session, "bob", "the-secret-answer").await);
    assert_eq!(foreign, "Invalid session provided for the user.");
    assert_eq!(says(answer(&app, "forged", "ann", "the-secret-answer").await), "Invalid session for the user.");
    bench.clock.advance(4 * 60_000);
    let late = says(answer(&app, &asked.session, "ann", "the-secret-answer").await);
    assert_eq!(late, "Invalid session for the user, session is expired.");
}

/// A session is worth something at its own client, pool and door only.
#[tokio::test]
async fn a_session_opens_no_other_client_pool_or_door() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    let elsewhere = crate::scene::app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    bench.user(&elsewhere.pool, "ann").await;
    let custom = |client: &mut user_pools::client::ClientSettings| {
        client.auth_flows.as_mut().unwrap().push("ALLOW_CUSTOM_AUTH".to_owned());
    };
    let neighbour = bench.client_with(&app.pool, custom).await;
    let neighbour = App { bench: &bench, pool: app.pool.clone(), client: neighbour, door: Door::Api };
    let pages = App { bench: &bench, pool: app.pool.clone(), client: app.client.clone(), door: Door::ManagedLogin };
    let asked = challenge(start(&app, "ann").await);
    for other in [&elsewhere, &neighbour, &pages] {
        let refused = says(answer(other, &asked.session, "ann", "the-secret-answer").await);
        assert_eq!(refused, "Invalid session provided for the user.");
    }
    tokens(answer(&app, &asked.session, "ann", "the-secret-answer").await);
}

#[tokio::test]
async fn a_round_cannot_be_skipped_by_a_session_from_an_earlier_sign_in() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    bench.user(&app.pool, "ann").await;
    // Two right answers in a row are needed.
    bench.functions.answers("DefineAuthChallenge", |event, response| {
        let rounds = event["request"]["session"].as_array().unwrap().clone();
        let right = rounds.iter().all(|round| round["challengeResult"] == true);
        *response = match (rounds.len(), right) {
            (2, true) => json!({"issueTokens": true}),
            (_, true) => json!({"challengeName": "CUSTOM_CHALLENGE"}),
            _ => json!({"failAuthentication": true}),
        };
    });
    bench.functions.answers("CreateAuthChallenge", |event, response| {
        let number = event["request"]["session"].as_array().unwrap().len();
        *response = json!({"privateChallengeParameters": {"answer": number.to_string()}});
    });
    bench.functions.answers("VerifyAuthChallengeResponse", |event, response| {
        let request = &event["request"];
        let right = request["challengeAnswer"] == request["privateChallengeParameters"]["answer"];
        *response = json!({"answerCorrect": right});
    });
    let (one, other) = (challenge(start(&app, "ann").await), challenge(start(&app, "ann").await));
    let second = challenge(answer(&app, &one.session, "ann", "0").await);
    // The first round of another sign-in is no second round of this one, and a used round no way back to it.
    let again = challenge(answer(&app, &other.session, "ann", "0").await);
    assert_eq!(says(answer(&app, &again.session, "ann", "0").await), "Incorrect username or password.");
    for used in [&one.session, &other.session, &again.session] {
        let refused = says(answer(&app, used, "ann", "1").await);
        assert_eq!(refused, "Invalid session for the user, session can only be used once.");
    }
    tokens(answer(&app, &second.session, "ann", "1").await);
}

#[tokio::test]
async fn a_new_password_ends_a_custom_sign_in_that_began_before() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    let ann = bench.user(&app.pool, "ann").await;
    let asked = challenge(start(&app, "ann").await);
    let cx = bench.cx();
    let set = bench.pools.admin_set_user_password(&cx, &app.pool, &ann.username, "N3w-Passw0rd!", true);
    set.await.unwrap();
    assert_eq!(says(answer(&app, &asked.session, "ann", "the-secret-answer").await), "Invalid session for the user.");
}

#[tokio::test]
async fn a_user_disabled_or_deleted_between_two_rounds_does_not_arrive() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    for (name, expected) in [("ann", "User is disabled."), ("bob", "Invalid session for the user.")] {
        bench.user(&app.pool, name).await;
        let asked = challenge(start(&app, name).await);
        if name == "ann" {
            bench.pools.admin_disable_user(&bench.cx(), &app.pool, name).await.unwrap();
        } else {
            bench.pools.admin_delete_user(&bench.cx(), &app.pool, name).await.unwrap();
        }
        assert_eq!(says(answer(&app, &asked.session, name, "the-secret-answer").await), expected);
    }
}

#[tokio::test]
async fn rounds_without_end_end_with_the_session() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    bench.user(&app.pool, "ann").await;
    bench
        .functions
        .answers("DefineAuthChallenge", |_, response| *response = json!({"challengeName": "CUSTOM_CHALLENGE"}));
    let mut asked = challenge(start(&app, "ann").await);
    let mut rounds = 0;
    let end = loop {
        rounds += 1;
        // So many answers are guessing, which is not what this is about.
        let count = user_pools::lockout::key(user_pools::lockout::Guess::Custom, &app.pool.id, "ann");
        bench.pools.store.clear_attempts(bench.now(), count).await.unwrap();
        assert!(asked.session.len() <= 4096, "the model's longest");
        match answer(&app, &asked.session, "ann", "x").await {
            Ok(SignedIn::Challenge(next)) => asked = next,
            other => break says(other),
        }
        assert!(rounds < 100);
    };
    assert_eq!(end, "Unrecognizable lambda output");
    assert!(rounds > 10, "{rounds}");
}

#[tokio::test]
async fn operators_have_the_same_loop() {
    let bench = Bench::new();
    let mut app = app(&bench, &THREE).await;
    app.door = Door::Admin(app.pool.id.clone());
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    let asked = challenge(start(&app, "ann").await);
    tokens(answer(&app, &asked.session, "ann", "the-secret-answer").await);
}

#[tokio::test]
async fn what_does_not_fit_a_session_is_refused() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.functions.answers("CreateAuthChallenge", |_, response| {
        *response = json!({"privateChallengeParameters": {"answer": "x".repeat(5000)}});
    });
    bench.user(&app.pool, "ann").await;
    assert_eq!(says(start(&app, "ann").await), "Unrecognizable lambda output");
}

#[tokio::test]
async fn a_temporary_password_that_has_ended_helps_in_a_custom_sign_in_neither() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    let end = bench.now() + 1000;
    bench
        .user_with(&app.pool, "ann", |user| {
            user.status = UserStatus::ForceChangePassword;
            user.credentials.password.as_mut().unwrap().expires_at = Some(end);
        })
        .await;
    bench.functions.answers("DefineAuthChallenge", |event, response| {
        *response = match event["request"]["session"].as_array().unwrap().len() {
            1 => json!({"challengeName": "PASSWORD_VERIFIER"}),
            _ => json!({"issueTokens": true}),
        };
    });
    let srp = Srp::new(5);
    let begin = [("USERNAME", "ann"), ("CHALLENGE_NAME", "SRP_A"), ("SRP_A", &*srp.public())];
    bench.clock.advance(2000);
    let asked = challenge(app.start(Flow::Custom, &begin).await);
    let says = says(app.srp_claim(&asked, &srp, PASSWORD).await);
    assert_eq!(says, "Temporary password has expired and must be reset by an administrator.");
}

#[tokio::test]
async fn a_session_of_a_custom_challenge_answers_nothing_else() {
    let bench = Bench::new();
    let app = app(&bench, &THREE).await;
    riddles(&bench);
    bench.user(&app.pool, "ann").await;
    let asked = challenge(start(&app, "ann").await);
    for other in [ChallengeName::NewPasswordRequired, ChallengeName::SoftwareTokenMfa, ChallengeName::MfaSetup] {
        let given = [("USERNAME", "ann"), ("NEW_PASSWORD", "N3w-Passw0rd!"), ("SOFTWARE_TOKEN_MFA_CODE", "123456")];
        let refused = says(app.answer(other, Some(&asked.session), &given).await);
        assert_eq!(refused, "Invalid code or auth state for the user.");
    }
    tokens(answer(&app, &asked.session, "ann", "the-secret-answer").await);
}
