//! Names of profiles: what a person calls a signed-in account.

use crate::error::CoreError;

/// Fewest and most letters of a name, those of mapillary_tools 0.14.7.
const NAME_LENGTHS: std::ops::RangeInclusive<usize> = 2..=32;

/// Whether `name` can be the name of a new profile: 2 to 32 ASCII letters, digits, `_` and `-`, the first a letter
/// (the rule of mapillary_tools 0.14.7). [`CoreError::InvalidSetting`] says what is wrong.
pub fn check_profile_name(name: &str) -> Result<(), CoreError> {
    let refuse = |reason: &str| {
        Err(CoreError::InvalidSetting {
            name: "profile name".into(),
            reason: reason.into(),
        })
    };
    if !NAME_LENGTHS.contains(&name.chars().count()) {
        return refuse("it must be between 2 and 32 characters long");
    }
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || !name.chars().all(is_name_letter) {
        return refuse("it must begin with a letter and hold only letters, digits, hyphens and underscores");
    }
    Ok(())
}

/// A valid name for an account nobody named: the user's own name as far as the rule allows, with a number where
/// `taken` says that it is used already.
pub(super) fn derive_profile_name(username: &str, user_id: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut base: String = username
        .chars()
        .map(|letter| if is_name_letter(letter) { letter } else { '_' })
        .skip_while(|letter| !letter.is_ascii_alphabetic())
        .take(*NAME_LENGTHS.end())
        .collect();
    if base.len() < *NAME_LENGTHS.start() {
        let digits: String = user_id.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        base = format!("user-{digits}");
    }
    let numbered = |number: usize| {
        let ending = format!("-{number}");
        let kept: String = base.chars().take(NAME_LENGTHS.end() - ending.len()).collect();
        kept + &ending
    };
    // One name more than there can be accounts; the last is never reached.
    std::iter::once(base.clone())
        .chain((2..10_000).map(numbered))
        .find(|name| !taken(name))
        .unwrap_or(base)
}

fn is_name_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '-'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_rule_of_mapillary_tools_holds() {
        for name in ["ab", "a1", "Mapper_4-2", &"a".repeat(32)] {
            assert!(check_profile_name(name).is_ok(), "{name}");
        }
        for name in ["", "a", "1a", "_a", "a b", "a.b", "äb", "a\n", &"a".repeat(33)] {
            assert_eq!(
                check_profile_name(name).unwrap_err().code(),
                "invalid_setting",
                "{name}"
            );
        }
    }

    #[test]
    fn an_account_nobody_named_gets_the_users_name() {
        assert_eq!(derive_profile_name("mapper", "42", |_| false), "mapper");
        assert_eq!(derive_profile_name("mapper", "42", |name| name == "mapper"), "mapper-2");
        assert_eq!(derive_profile_name("9 Jane Doe", "42", |_| false), "Jane_Doe");
        assert_eq!(derive_profile_name("地図", "42", |_| false), "user-42");
    }

    proptest! {
        #[test]
        fn every_derived_name_is_valid(username in "\\PC{0,40}", user_id in "\\PC{0,40}", skip in 0_usize..3) {
            let count = std::cell::Cell::new(0);
            let name = derive_profile_name(&username, &user_id, |_| { count.set(count.get() + 1); count.get() <= skip });
            prop_assert!(check_profile_name(&name).is_ok(), "{}", name);
        }
    }
}
