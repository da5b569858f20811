//! Every operation against an independent implementation, edges included.
use std::sync::{Arc, LazyLock};

use bignum::{BignumError, Modulus};
use num_bigint::BigUint;
use proptest::prelude::*;

/// The 3072-bit prime of RFC 3526 group 15, SRP's N.
const GROUP_15: &str = "\
    FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
    EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F\
    83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
    15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
    ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C\
    BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

static N: LazyLock<BigUint> = LazyLock::new(|| BigUint::parse_bytes(GROUP_15.as_bytes(), 16).unwrap());
static SRP: LazyLock<Modulus> = LazyLock::new(|| Modulus::new(&N.to_bytes_be()).unwrap());

/// This room's form: big-endian, zero is empty.
fn bytes(number: &BigUint) -> Vec<u8> {
    if *number == BigUint::ZERO { Vec::new() } else { number.to_bytes_be() }
}

fn agree(modulus: &Modulus, n: &BigUint, left: &[u8], right: &[u8]) {
    sums_agree(modulus, n, left, right);
    powers_agree(modulus, n, left, right);
}

fn sums_agree(modulus: &Modulus, n: &BigUint, left: &[u8], right: &[u8]) {
    let (x, y) = (BigUint::from_bytes_be(left), BigUint::from_bytes_be(right));
    let (rx, ry) = (&x % n, &y % n);
    assert_eq!(*modulus.reduce(left).unwrap(), bytes(&rx), "{x} mod {n}");
    assert_eq!(*modulus.add(left, right).unwrap(), bytes(&((&rx + &ry) % n)), "{x} + {y} mod {n}");
    assert_eq!(*modulus.sub(left, right).unwrap(), bytes(&((&rx + n - &ry) % n)), "{x} - {y} mod {n}");
    assert_eq!(*modulus.mul(left, right).unwrap(), bytes(&((&rx * &ry) % n)), "{x} * {y} mod {n}");
}

fn powers_agree(modulus: &Modulus, n: &BigUint, left: &[u8], right: &[u8]) {
    let (x, y) = (BigUint::from_bytes_be(left), BigUint::from_bytes_be(right));
    assert_eq!(*modulus.pow(left, right).unwrap(), bytes(&x.modpow(&y, n)), "{x} ^ {y} mod {n}");
}

/// Numbers where carries, reductions and widths change.
fn edges(n: &BigUint) -> Vec<Vec<u8>> {
    let one = BigUint::from(1_u8);
    let mut edges: Vec<_> = [
        BigUint::ZERO,
        one.clone(),
        BigUint::from(2_u8),
        n - &one,
        n.clone(),
        n + &one,
        n * 2_u8 - &one,
        n * 2_u8,
        n * 7_u8,
    ]
    .iter()
    .map(BigUint::to_bytes_be)
    .collect();
    edges.push(Vec::new());
    edges.push(vec![0; 5]);
    edges.push(vec![0xff; 8]);
    edges.push([vec![0x80], vec![0; n.to_bytes_be().len() - 1]].concat());
    edges.push([vec![0; 9], (n - &one).to_bytes_be()].concat());
    edges
}

#[test]
fn every_pair_of_edges_agrees_modulo_the_srp_prime() {
    let edges = edges(&N);
    for a in &edges {
        for b in &edges {
            sums_agree(&SRP, &N, a, b);
        }
    }
}

#[test]
fn every_edge_raised_to_short_padded_and_full_exponents_agrees() {
    let full = (&*N - 1_u8).to_bytes_be();
    let padded = [vec![0; 31], vec![3]].concat();
    for base in edges(&N) {
        for exponent in [&[][..], &[0], &[1], &[2], &padded, &[0xff; 32]] {
            powers_agree(&SRP, &N, &base, exponent);
        }
    }
    assert_eq!(*SRP.pow(&[2], &full).unwrap(), [1], "Fermat");
}

#[test]
fn zero_n_and_its_multiples_reduce_to_nothing() {
    for k in [0_u8, 1, 2, 3, 255] {
        assert!(SRP.reduce(&(&*N * k).to_bytes_be()).unwrap().is_empty());
        assert!(!SRP.reduce(&(&*N * k + 1_u8).to_bytes_be()).unwrap().is_empty());
    }
}

#[test]
fn a_modulus_that_is_even_or_below_three_or_too_long_is_refused() {
    let too_long = vec![0xff; 1025];
    for refused in [&[][..], &[0], &[1], &[0, 0, 1], &[2], &[0xff, 0xfe], &too_long] {
        assert_eq!(Modulus::new(refused).err(), Some(BignumError::Modulus));
    }
    assert!(Modulus::new(&[0, 3]).is_ok());
}

#[test]
fn a_number_above_the_bound_is_refused_and_one_at_the_bound_is_not() {
    assert_eq!(SRP.reduce(&[1; 4097]).err(), Some(BignumError::TooLong));
    assert_eq!(SRP.pow(&[2], &[1; 4097]).err(), Some(BignumError::TooLong));
    let longest = vec![0xa5; 4096];
    assert_eq!(*SRP.reduce(&longest).unwrap(), bytes(&(BigUint::from_bytes_be(&longest) % &*N)));
}

#[test]
fn one_modulus_serves_many_threads() {
    let shared = Arc::new(Modulus::new(&N.to_bytes_be()).unwrap());
    let threads: Vec<_> = (1..=4_u8)
        .map(|seed| {
            let modulus = Arc::clone(&shared);
            std::thread::spawn(move || {
                for _ in 0..20 {
                    agree(&modulus, &N, &[seed; 300], &[seed; 32]);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_numbers_agree_modulo_the_srp_prime(
        a in prop::collection::vec(any::<u8>(), 0..500),
        b in prop::collection::vec(any::<u8>(), 0..64),
    ) {
        agree(&SRP, &N, &a, &b);
    }

    #[test]
    fn any_numbers_agree_modulo_any_odd_number(
        n in prop::collection::vec(any::<u8>(), 1..200),
        a in prop::collection::vec(any::<u8>(), 0..220),
        b in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut n = n;
        if let Some(last) = n.last_mut() { *last |= 3; }
        agree(&Modulus::new(&n).unwrap(), &BigUint::from_bytes_be(&n), &a, &b);
    }
}
