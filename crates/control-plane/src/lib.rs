//! One file per AWS operation: decode, permit, ask the ground floor, answer.
