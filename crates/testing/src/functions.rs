//! Functions that answer by script: what a test says they answer, and a log of what they were told.
use async_trait::async_trait;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Mutex;
use user_pools::ports::{Calling, TriggerFailed, Triggers};

type Script = Box<dyn FnMut(&Value) -> Result<Vec<u8>, TriggerFailed> + Send>;

/// One event that a function got.
#[derive(Clone, Debug)]
pub struct Invoked {
    /// Which function.
    pub function: String,
    /// The event.
    pub event: Value,
    /// How long the caller would wait, in milliseconds.
    pub limit_ms: u64,
}

impl Invoked {
    /// `triggerSource`.
    pub fn source(&self) -> &str {
        self.event["triggerSource"].as_str().unwrap()
    }
}

/// Functions by name. One without a script does not exist.
#[derive(Default)]
pub struct ScriptedFunctions {
    scripts: Mutex<HashMap<String, Script>>,
    log: Mutex<Vec<Invoked>>,
}

impl ScriptedFunctions {
    /// The function gives each event back, its response changed by `change`.
    pub fn answers(&self, function: &str, mut change: impl FnMut(&Value, &mut Value) + Send + 'static) {
        self.script(function, move |event| {
            let mut answer = event.clone();
            change(event, &mut answer["response"]);
            Ok(serde_json::to_vec(&answer).unwrap())
        });
    }

    /// The function gives each event back as it came.
    pub fn echoes(&self, function: &str) {
        self.answers(function, |_, _| {});
    }

    /// The function answers these bytes, whatever it is told.
    pub fn returns(&self, function: &str, bytes: &str) {
        let bytes = bytes.as_bytes().to_vec();
        self.script(function, move |_| Ok(bytes.clone()));
    }

    /// The function fails like this every time.
    pub fn fails(&self, function: &str, failure: TriggerFailed) {
        self.script(function, move |_| Err(failure.clone()));
    }

    /// The function does what the script says.
    pub fn script(
        &self,
        function: &str,
        script: impl FnMut(&Value) -> Result<Vec<u8>, TriggerFailed> + Send + 'static,
    ) {
        self.scripts.lock().unwrap().insert(function.to_owned(), Box::new(script));
    }

    /// All events so far, oldest first.
    pub fn log(&self) -> Vec<Invoked> {
        self.log.lock().unwrap().clone()
    }

    /// `triggerSource` of each event so far.
    pub fn sources(&self) -> Vec<String> {
        self.log().iter().map(|invoked| invoked.source().to_owned()).collect()
    }

    /// The newest event. Panics when there is none.
    pub fn last(&self) -> Value {
        self.log().pop().expect("no function was invoked").event
    }

    /// Forgets the events so far.
    pub fn clear(&self) {
        self.log.lock().unwrap().clear();
    }

    fn note(&self, function: &str, event: &[u8], limit_ms: u64) -> Value {
        let event: Value = serde_json::from_slice(event).expect("an event is JSON");
        let invoked = Invoked { function: function.to_owned(), event: event.clone(), limit_ms };
        self.log.lock().unwrap().push(invoked);
        event
    }
}

#[async_trait]
impl Triggers for ScriptedFunctions {
    async fn invoke(&self, calling: Calling<'_>, event: Vec<u8>) -> Result<Vec<u8>, TriggerFailed> {
        let event = self.note(calling.function, &event, calling.limit_ms);
        match self.scripts.lock().unwrap().get_mut(calling.function) {
            Some(script) => script(&event),
            None => Err(TriggerFailed::NotFound),
        }
    }
}
