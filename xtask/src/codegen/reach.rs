//! Which shapes are needed, and in which direction: read from a request, written into an answer, or both.

use std::collections::BTreeSet;

use super::model::{Kind, Model, Operation};
use super::services::ServiceChoice;

/// The shapes that inputs and outputs of the chosen operations lead to, by name.
pub struct Reach {
    /// Those an input holds, the inputs themselves included.
    pub read: BTreeSet<String>,
    /// Those an output holds, the outputs themselves included.
    pub written: BTreeSet<String>,
    /// The inputs themselves.
    pub inputs: BTreeSet<String>,
}

impl Reach {
    /// Follows every member of every chosen operation.
    pub fn of(model: &Model, choice: &ServiceChoice) -> Self {
        let mut reach = Self { read: BTreeSet::new(), written: BTreeSet::new(), inputs: BTreeSet::new() };
        for operation in model.operations.iter().filter(|operation| chosen(choice, operation)) {
            follow(model, &operation.input, &mut reach.read);
            reach.inputs.insert(operation.input.clone());
            if let Some(output) = &operation.output {
                follow(model, output, &mut reach.written);
            }
        }
        reach
    }

    /// Every shape, in name order.
    pub fn all(&self) -> BTreeSet<&String> {
        self.read.union(&self.written).collect()
    }
}

/// Whether the shapes of this operation are wanted.
pub fn chosen(choice: &ServiceChoice, operation: &Operation) -> bool {
    choice.only.is_none_or(|only| only.contains(&operation.name.as_str()))
}

fn follow(model: &Model, name: &str, into: &mut BTreeSet<String>) {
    if !into.insert(name.to_owned()) {
        return;
    }
    match &model.shape(name).kind {
        Kind::List { member } => follow(model, member, into),
        Kind::Map { key, value } => {
            follow(model, key, into);
            follow(model, value, into);
        }
        Kind::Structure { members } => members.iter().for_each(|member| follow(model, &member.shape, into)),
        _ => {}
    }
}
