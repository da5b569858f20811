//! One byte range of an object (RFC 9110 14). Several ranges, other units and malformed headers read as no range at all.

/// What a Range header selects of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// All of it.
    Whole,
    /// From `start` to `end`, both included; `start <= end < length`.
    Part {
        /// First byte.
        start: u64,
        /// Last byte.
        end: u64,
    },
    /// Nothing: it begins at or after the end.
    Unsatisfiable,
}

/// Reads a Range header for an object of `length` bytes.
pub fn select(header: Option<&str>, length: u64) -> Range {
    header.and_then(parse).map_or(Range::Whole, |(first, last)| resolve(first, last, length))
}

/// `bytes=first-last`, with one of the two possibly absent.
fn parse(header: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (unit, spec) = header.split_once('=')?;
    let (first, last) = spec.trim().split_once('-')?;
    let (first, last) = (number(first)?, number(last)?);
    let ordered = match (first, last) {
        (None, None) => false,
        (Some(first), Some(last)) => first <= last,
        _ => true,
    };
    (unit.trim().eq_ignore_ascii_case("bytes") && ordered).then_some((first, last))
}

/// Digits or nothing; a number too big to count is as good as the biggest.
#[expect(clippy::option_option, reason = "malformed, absent and present are three things here")]
fn number(text: &str) -> Option<Option<u64>> {
    if text.is_empty() {
        return Some(None);
    }
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| Some(text.parse().unwrap_or(u64::MAX)))
}

fn resolve(first: Option<u64>, last: Option<u64>, length: u64) -> Range {
    let start = match (first, last) {
        (Some(first), _) => first,
        (None, Some(0)) => return Range::Unsatisfiable,
        (None, last) => length.saturating_sub(last.unwrap_or(0)),
    };
    if start >= length {
        return Range::Unsatisfiable;
    }
    let end = if first.is_some() { last.unwrap_or(u64::MAX) } else { u64::MAX };
    Range::Part { start, end: end.min(length - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_three_forms_of_a_range() {
        assert_eq!(select(Some("bytes=0-9"), 100), Range::Part { start: 0, end: 9 });
        assert_eq!(select(Some("bytes=90-"), 100), Range::Part { start: 90, end: 99 });
        assert_eq!(select(Some("bytes=-10"), 100), Range::Part { start: 90, end: 99 });
        assert_eq!(select(Some("Bytes=5-1000"), 100), Range::Part { start: 5, end: 99 });
        assert_eq!(select(Some("bytes=-1000"), 100), Range::Part { start: 0, end: 99 });
    }

    #[test]
    fn what_begins_after_the_end_is_unsatisfiable() {
        for (header, length) in [
            ("bytes=100-", 100),
            ("bytes=-0", 100),
            ("bytes=0-", 0),
            ("bytes=-5", 0),
            ("bytes=99999999999999999999-", 1),
        ] {
            assert_eq!(select(Some(header), length), Range::Unsatisfiable, "{header} of {length}");
        }
    }

    #[test]
    fn several_ranges_and_nonsense_read_as_the_whole() {
        for header in [
            "bytes=0-1,3-4",
            "bytes=9-0",
            "bytes=-",
            "bytes=a-b",
            "bytes= 1 - 2",
            "items=0-1",
            "bytes",
            "",
            "bytes=+1-2",
        ] {
            assert_eq!(select(Some(header), 100), Range::Whole, "{header}");
        }
        assert_eq!(select(None, 100), Range::Whole);
    }

    proptest! {
        #[test]
        fn any_header_selects_within_the_object(header in ".{0,40}", length in any::<u64>()) {
            if let Range::Part { start, end } = select(Some(&header), length) {
                prop_assert!(start <= end && end < length);
            }
        }

        #[test]
        fn a_range_selects_what_a_slice_would(first in 0usize..40, last in 0usize..40, length in 0usize..40) {
            let header = format!("bytes={first}-{last}");
            let bytes: Vec<usize> = (0..length).collect();
            let expected: Vec<usize> = bytes.iter().copied().filter(|at| *at >= first && *at <= last).collect();
            match select(Some(&header), length as u64) {
                Range::Part { start, end } => {
                    prop_assert_eq!(start..=end, expected[0] as u64..=expected[expected.len() - 1] as u64);
                }
                Range::Unsatisfiable => prop_assert!(expected.is_empty() && first <= last),
                Range::Whole => prop_assert!(first > last),
            }
        }

        #[test]
        fn a_suffix_selects_the_last_bytes(count in 1u64..1000, length in 1u64..1000) {
            let start = length.saturating_sub(count);
            prop_assert_eq!(select(Some(&format!("bytes=-{count}")), length), Range::Part { start, end: length - 1 });
        }
    }
}
