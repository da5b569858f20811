//! Operations on users, by themselves and by operators.
pub(super) mod shown;
