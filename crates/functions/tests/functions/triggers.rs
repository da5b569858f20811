//! The engine as user pools call it: what they are told of each ending.

use serde_json::{Value, json};
use user_pools::Scope;
use user_pools::pool::UserPool;
use user_pools::ports::{Calling, TriggerFailed, Triggers};

use crate::bench::{ACCOUNT, Bench, python};

const PYTHON: &str = "import time\ndef handler(event, context):\n    if event.get('do') == 'raise': raise ValueError('no robots')\n    if event.get('do') == 'sleep': time.sleep(5)\n    return event\n";

fn arn(name: &str) -> String {
    format!("arn:aws:lambda:us-east-1:{ACCOUNT}:function:{name}")
}

async fn invoke(bench: &Bench, pool: &UserPool, name: &str, event: Value) -> Result<Value, TriggerFailed> {
    let function = arn(name);
    let calling = Calling { function: &function, pool, request_id: "r-1", limit_ms: 2_000 };
    let answer = Triggers::invoke(bench.functions.invoker(), calling, event.to_string().into_bytes()).await;
    answer.map(|answer| serde_json::from_slice(&answer).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_ending_is_told_apart() {
    let bench = Bench::new(|root| vec![python(root, "py", PYTHON)]);
    let pool = bench.inner.pool().await;
    assert_eq!(invoke(&bench, &pool, "py", json!({"a": 1})).await, Ok(json!({"a": 1})));
    let raised = invoke(&bench, &pool, "py", json!({"do": "raise"})).await;
    assert_eq!(raised, Err(TriggerFailed::Function("no robots".into())));
    assert_eq!(invoke(&bench, &pool, "py", json!({"do": "sleep"})).await, Err(TriggerFailed::Timeout));
    assert_eq!(invoke(&bench, &pool, "nosuch", json!({})).await, Err(TriggerFailed::NotFound));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_of_another_account_may_call_nothing_here() {
    let bench = Bench::new(|root| vec![python(root, "py", PYTHON)]);
    let mut pool = bench.inner.pool().await;
    pool.scope = Scope { account: "111111111111".to_owned(), ..pool.scope };
    for name in ["py", "nosuch"] {
        let denied = invoke(&bench, &pool, name, json!({})).await;
        assert!(matches!(denied, Err(TriggerFailed::Denied(_))), "{denied:?}");
    }
}
