//! Object keys: `uploads/<owner>/<32 hex digits>/<safe file name>`. The random part makes a key unguessable and used once.
use aws_lc_rs::digest::{SHA256, digest};

/// Bytes of file name in a key; S3 allows 1,024 for the whole.
const MAX_NAME_BYTES: usize = 512;

/// The key of a new file.
pub(crate) fn new_key(sub: &str, random: [u8; 16], file_name: &str) -> String {
    format!("uploads/{}/{}/{}", owner_segment(sub), hex::encode(random), safe_name(file_name))
}

/// A pool's sub is a UUID and stands as it is; another issuer's may hold anything, and is hashed.
fn owner_segment(sub: &str) -> String {
    let plain = sub.len() <= 64 && sub.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if plain { sub.to_owned() } else { hex::encode(digest(&SHA256, sub.as_bytes())) }
}

/// The validated name, cut to fit, its end (the extension) kept.
fn safe_name(file_name: &str) -> String {
    if file_name.len() <= MAX_NAME_BYTES {
        return file_name.to_owned();
    }
    let extension = file_name.rfind('.').map_or("", |dot| &file_name[dot..]);
    let extension = if extension.len() <= 64 { extension } else { "" };
    let mut end = MAX_NAME_BYTES - extension.len();
    while !file_name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", &file_name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_owner_and_name() {
        let key = new_key("0f-1_A", [0xab; 16], "a b é.png");
        assert_eq!(key, format!("uploads/0f-1_A/{}/a b é.png", "ab".repeat(16)));
    }

    #[test]
    fn a_strange_subject_cannot_shape_the_key() {
        for sub in ["../x", "a/b", "", "é", &"a".repeat(65)] {
            let key = new_key(sub, [0; 16], "n");
            let segment = key.split('/').nth(1).unwrap();
            assert!(sub.is_empty() || segment.len() == 64, "{key}");
            assert_eq!(key.split('/').count(), 4, "{key}");
        }
    }

    #[test]
    fn the_longest_name_gives_a_key_that_s3_takes() {
        let name = format!("{}.png", "😊".repeat(251));
        let key = new_key(&"a".repeat(64), [0; 16], &name);
        assert!(key.len() <= 1024 && key.ends_with("😊.png"));
        let key = new_key("a", [0; 16], &"é.".repeat(127));
        assert!(key.len() <= 1024);
    }
}
