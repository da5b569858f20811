//! The bench for tests: a store in a temporary folder, movable clock, seeded randomness, captured mail, actors.
