//! The texts of the indexes: what people write, folded, with everything else by which they may look for it.

use crate::grams::signs;
use protocol::rest::IdentityKind;
use text::{Country, Phone, Sound, digits, fold, sounds, spellings};

/// A name in every spelling, one a line.
pub(crate) fn name(name: &str) -> String {
    let mut all = vec![fold(name)];
    all.extend(spellings(name));
    all.join("\n")
}

/// An identity: a number by its digits abroad and at home, and as it was typed.
pub(crate) fn identity(kind: IdentityKind, value: &str, home: Option<Country>) -> String {
    let mut all = vec![fold(value)];
    if kind == IdentityKind::Phone {
        match Phone::parse(value, home) {
            Some(phone) => {
                all = phone.searched_digits();
                all.extend(phone.extension().map(ToOwned::to_owned));
            }
            None => {
                let typed = digits(value);
                all.extend((!all.contains(&typed)).then_some(typed));
            }
        }
    }
    all.join("\n")
}

/// What a name is found by beside its letters: its signs and how its words sound.
pub(crate) fn beside(name: &str) -> String {
    let mut all = signs(name);
    all.extend(sounds(name).iter().map(sound));
    all.join(" ")
}

/// One token for how a word sounds. Tokens of letters have at most three and signs begin with a `u`, so that it is taken
/// for neither.
pub(crate) fn sound(sound: &Sound) -> String {
    let script = if sound.is_without_vowels { '0' } else { '1' };
    format!("sk{script}{}", sound.consonants)
}
