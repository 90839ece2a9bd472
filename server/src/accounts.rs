//! Passwords and tokens: Argon2id away from the async threads, opaque tokens of which only the SHA-256 is kept.

use argon2::password_hash::{Output, PasswordHash, PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use store::TokenHash;
use vocab::{OrgSlug, Sensitive};

/// Random bytes in a token.
const TOKEN_BYTES: usize = 32;

/// What begins every account's token; the organisation's name follows.
const TOKEN_PREFIX: &str = "wl_";

#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("the system gives no random numbers: {0}")]
    NoRandomness(getrandom::Error),
    #[error("the password could not be hashed: {0}")]
    Hash(argon2::password_hash::Error),
}

/// Argon2id with the crate's parameters (19 MiB, two passes), in PHC form. Takes tens of milliseconds.
///
/// # Errors
/// [`SecretError`]; tell the operator.
pub fn hash_password(password: &Sensitive<String>) -> Result<Sensitive<String>, SecretError> {
    let mut salt = [0_u8; 16];
    getrandom::fill(&mut salt).map_err(SecretError::NoRandomness)?;
    let salt = SaltString::encode_b64(&salt).map_err(SecretError::Hash)?;
    Argon2::default()
        .hash_password(password.reveal().as_bytes(), &salt)
        .map(|hash| Sensitive::new(hash.to_string()))
        .map_err(SecretError::Hash)
}

/// What one check of a password fills; kept from one check to the next, because 19 MiB that come and go with every
/// attempt stay with the allocator.
#[derive(Default)]
pub(crate) struct HashingMemory(Vec<argon2::Block>);

/// Kibibytes that a stored hash may ask for: several times what ours do.
const MEMORY_AT_MOST: u32 = 128 * 1_024;

/// Whether the password is the one. Without a hash (no such account) it takes as long and says no.
#[must_use]
pub(crate) fn verify_password(
    password: &Sensitive<String>,
    hash: Option<&Sensitive<String>>,
    memory: &mut HashingMemory,
) -> bool {
    let text = hash.map_or(NOBODYS_HASH, |hash| hash.reveal().as_str());
    let is_right = PasswordHash::new(text)
        .ok()
        .and_then(|parsed| matches(password.reveal().as_bytes(), &parsed, memory))
        .unwrap_or(false);
    is_right && hash.is_some()
}

/// Nothing for a hash that is not of a kind we make.
fn matches(password: &[u8], hash: &PasswordHash<'_>, memory: &mut HashingMemory) -> Option<bool> {
    let params = Params::try_from(hash).ok()?;
    if params.m_cost() > MEMORY_AT_MOST {
        return None;
    }
    let algorithm = Algorithm::try_from(hash.algorithm).ok()?;
    let version = hash
        .version
        .and_then(|version| Version::try_from(version).ok());
    let mut salt = [0; 64];
    let salt = hash.salt?.decode_b64(&mut salt).ok()?;
    let expected = hash.hash?;
    let blocks = params.block_count();
    if memory.0.len() < blocks {
        memory.0.resize(blocks, argon2::Block::default());
    }
    let mut output = vec![0; expected.len()];
    Argon2::new(algorithm, version.unwrap_or_default(), params)
        .hash_password_into_with_memory(password, salt, &mut output, &mut memory.0[..blocks])
        .ok()?;
    // In constant time.
    Some(Output::new(&output).ok()? == expected)
}

/// Of a random password that nobody kept, so that unknown names cost the same time as known ones.
const NOBODYS_HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$d2FybWxpbmUtbm9ib2R5$\
     5Y3c0m3uG8m0xqvJfH2Qm1m5bKX0m9o0o1Q0c1yQ3uE";

/// A new token of this organisation; it names the organisation because the whole server shares one address.
///
/// # Errors
/// [`SecretError::NoRandomness`].
pub fn new_token(organisation: &OrgSlug) -> Result<Sensitive<String>, SecretError> {
    Ok(Sensitive::new(format!(
        "{TOKEN_PREFIX}{organisation}_{}",
        random_text()?
    )))
}

/// The organisation that a token says it is of; whether it is valid is the store's to say.
#[must_use]
pub fn token_organisation(token: &str) -> Option<OrgSlug> {
    let (organisation, secret) = token.strip_prefix(TOKEN_PREFIX)?.split_once('_')?;
    is_random_text(secret).then(|| OrgSlug::new(organisation).ok())?
}

#[must_use]
pub fn token_hash(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// A new visitor's token.
///
/// # Errors
/// [`SecretError::NoRandomness`].
pub fn new_visitor() -> Result<Sensitive<String>, SecretError> {
    random_text().map(Sensitive::new)
}

/// Whether this can be a token that we gave to a visitor; anything shorter could be guessed.
#[must_use]
pub fn is_visitor(text: &str) -> bool {
    is_random_text(text)
}

/// The form under which a visitor is kept.
#[must_use]
pub fn visitor_key(visitor: &str) -> String {
    use std::fmt::Write;
    let digest: [u8; 32] = Sha256::digest(visitor.as_bytes()).into();
    digest
        .iter()
        .fold(String::with_capacity(64), |mut text, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn random_text() -> Result<String, SecretError> {
    let mut bytes = [0_u8; TOKEN_BYTES];
    getrandom::fill(&mut bytes).map_err(SecretError::NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn is_random_text(text: &str) -> bool {
    text.len() == 43
        && URL_SAFE_NO_PAD
            .decode(text)
            .is_ok_and(|bytes| bytes.len() == TOKEN_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_against_its_own_hash_only() {
        let password = Sensitive::new("correct horse".to_owned());
        let hash = hash_password(&password).unwrap();
        assert!(hash.reveal().starts_with("$argon2id$"));
        let mut memory = HashingMemory::default();
        let mut verify = |password: &str, hash: Option<&Sensitive<String>>| {
            verify_password(&Sensitive::new(password.to_owned()), hash, &mut memory)
        };
        assert!(verify("correct horse", Some(&hash)));
        assert!(!verify("Correct horse", Some(&hash)));
        assert!(!verify("correct horse", None));
        // Memory that was used before changes nothing.
        assert!(verify("correct horse", Some(&hash)));
        assert!(!verify(
            "correct horse",
            Some(&Sensitive::new("no hash".to_owned()))
        ));
    }

    #[test]
    fn an_unknown_account_costs_a_real_verification() {
        assert!(PasswordHash::new(NOBODYS_HASH).is_ok());
    }

    #[test]
    fn a_token_names_its_organisation_and_is_never_the_same() {
        let demo = OrgSlug::new("demo").unwrap();
        let (one, other) = (new_token(&demo).unwrap(), new_token(&demo).unwrap());
        assert_ne!(one, other);
        assert_eq!(token_organisation(one.reveal()), Some(demo));
        for bad in ["", "wl_demo", "wl_demo_short", "wl_DEMO_x", "demo_x"] {
            assert_eq!(token_organisation(bad), None, "{bad}");
        }
    }
}
