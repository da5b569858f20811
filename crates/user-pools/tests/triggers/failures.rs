//! What clients read when a function fails, and how often it is tried.
use crate::actor::refusal;
use crate::scene::{app, sign_up};
use testing::Bench;
use user_pools::error::ErrorKind;
use user_pools::ports::TriggerFailed;

async fn told(failure: TriggerFailed) -> (String, usize) {
    let bench = Bench::new();
    let app = app(&bench, &["PreSignUp"]).await;
    bench.functions.fails("PreSignUp", failure);
    let refused = refusal(sign_up(&app, "ann").await);
    assert!(refused.reason.is_some(), "the operator learns why");
    (format!("{:?}: {}", refused.kind, refused.message), bench.functions.log().len())
}

#[tokio::test]
async fn each_failure_reads_as_aws_says_it_and_only_the_platforms_are_tried_again() {
    let says = |text: &str, attempts| (text.to_owned(), attempts);
    assert_eq!(
        told(TriggerFailed::Function("Boom".into())).await,
        says("UserLambdaValidation: PreSignUp failed with error Boom.", 1)
    );
    assert_eq!(
        told(TriggerFailed::NotFound).await,
        says("UnexpectedLambda: PreSignUp invocation failed due to error AccessDeniedException.", 1)
    );
    assert_eq!(
        told(TriggerFailed::Refused("TooManyRequestsException".into())).await,
        says("UnexpectedLambda: PreSignUp invocation failed due to error TooManyRequestsException.", 1)
    );
    assert_eq!(
        told(TriggerFailed::Timeout).await,
        says(
            "UnexpectedLambda: PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.",
            3
        )
    );
    assert_eq!(
        told(TriggerFailed::Unavailable("pipe broke".into())).await,
        says("UnexpectedLambda: PreSignUp invocation failed due to error ServiceException.", 3)
    );
}

#[tokio::test]
async fn a_third_attempt_may_succeed_and_each_has_five_seconds() {
    let bench = Bench::new();
    let app = app(&bench, &["PreSignUp"]).await;
    let mut attempts = 0;
    bench.functions.script("PreSignUp", move |event| {
        attempts += 1;
        if attempts < 3 { Err(TriggerFailed::Timeout) } else { Ok(event.to_string().into_bytes()) }
    });
    sign_up(&app, "ann").await.unwrap();
    let log = bench.functions.log();
    assert_eq!(log.len(), 3);
    assert!(log.iter().all(|invoked| invoked.limit_ms == 5_000 && invoked.event == log[0].event));
}

#[tokio::test]
async fn an_answer_that_is_no_event_is_unusable() {
    for answer in ["", "null", "\"done\"", "[]", "{\"response\": 5}", "{\"response\": {\"autoConfirmUser\": \"yes\"}}"]
    {
        let bench = Bench::new();
        let app = app(&bench, &["PreSignUp"]).await;
        bench.functions.returns("PreSignUp", answer);
        let refused = refusal(sign_up(&app, "ann").await);
        assert_eq!(refused.kind, ErrorKind::InvalidLambdaResponse, "{answer}");
        assert_eq!(refused.message, "Unrecognizable lambda output");
        assert_eq!(bench.functions.log().len(), 1, "it is not tried again");
    }
}

#[tokio::test]
async fn a_pool_without_functions_invokes_none() {
    let bench = Bench::new();
    let app = app(&bench, &[]).await;
    sign_up(&app, "ann").await.unwrap();
    assert_eq!(bench.functions.log().len(), 0);
}
