//! Temporary passwords that nobody chose: long enough for the policy, with a character of every class, without look-alikes.
use crate::pool::PasswordPolicy;
use crate::ports::Random;
use zeroize::Zeroizing;

/// Characters of each class; none that is easily mistaken for another, none that HTML or a shell reads as its own.
const CLASSES: [&[u8]; 4] = [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnpqrstuvwxyz", b"23456789", b"!@#%*-_=+?.:"];
/// Even where the policy is content with less.
const LENGTH: usize = 16;

/// A password that satisfies the policy, whatever it asks for.
pub(super) fn generate(random: &dyn Random, policy: &PasswordPolicy) -> Zeroizing<String> {
    let length = usize::try_from(policy.minimum_length).map_or(LENGTH, |minimum| minimum.max(LENGTH));
    let all = CLASSES.concat();
    let mut picked: Zeroizing<Vec<u8>> = Zeroizing::new(CLASSES.iter().map(|class| pick(random, class)).collect());
    while picked.len() < length {
        picked.push(pick(random, &all));
    }
    for last in (1..picked.len()).rev() {
        picked.swap(last, below(random, last + 1));
    }
    Zeroizing::new(picked.iter().copied().map(char::from).collect())
}

fn pick(random: &dyn Random, from: &[u8]) -> u8 {
    from[below(random, from.len())]
}

/// A number below `end` (at most 256), each equally likely.
fn below(random: &dyn Random, end: usize) -> usize {
    let fair = 256 - 256 % end;
    loop {
        let [drawn] = crate::random::bytes::<1>(random);
        if usize::from(drawn) < fair {
            return usize::from(drawn) % end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    struct Counter(AtomicU8);
    impl Random for Counter {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill_with(|| self.0.fetch_add(89, Ordering::Relaxed));
        }
    }

    #[test]
    fn a_generated_password_satisfies_the_policy_and_no_two_are_the_same() {
        let random = Counter(0.into());
        let policy = PasswordPolicy { minimum_length: 99, ..PasswordPolicy::default() };
        for policy in [PasswordPolicy::default(), policy] {
            let (one, two) = (generate(&random, &policy), generate(&random, &policy));
            assert!(crate::passwords::check_policy(&policy, &one).is_ok());
            assert_ne!(*one, *two);
        }
    }
}
