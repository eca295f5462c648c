//! Which account is taken when several could be.

use super::super::store::ENVIRONMENT_PROFILE;
use super::*;

fn entry(place: TokenPlace, profile: &str, user_id: Option<&str>) -> Entry {
    let mut entry = Entry::bare(place, profile);
    entry.user_id = user_id.map(str::to_owned);
    entry
}

fn profiles(chosen: Result<Vec<Entry>, CoreError>) -> Vec<String> {
    chosen.unwrap().into_iter().map(|entry| entry.profile).collect()
}

#[test]
fn nobody_is_signed_in_without_accounts() {
    assert_eq!(choose(Vec::new(), None, None).unwrap_err().code(), "not_signed_in");
    assert_eq!(choose(Vec::new(), Some("1"), None).unwrap_err().code(), "not_signed_in");
    assert_eq!(
        choose(Vec::new(), None, Some("a")).unwrap_err().code(),
        "no_such_profile"
    );
}

#[test]
fn the_environments_token_comes_first_then_a_named_profile_then_the_default() {
    let one = entry(TokenPlace::Keychain, "one", Some("1"));
    let mut two = entry(TokenPlace::Keychain, "two", Some("2"));
    let environment = entry(TokenPlace::Environment, ENVIRONMENT_PROFILE, None);
    let all = vec![environment, one.clone(), two.clone()];
    assert_eq!(profiles(choose(all, None, Some("one"))), [ENVIRONMENT_PROFILE]);
    assert_eq!(
        profiles(choose(vec![one.clone(), two.clone()], None, Some("two"))),
        ["two"]
    );
    two.is_default = true;
    assert_eq!(profiles(choose(vec![one, two], None, None)), ["two"]);
}

#[test]
fn among_several_profiles_without_a_default_none_is_guessed() {
    let both = vec![
        entry(TokenPlace::Keychain, "one", Some("1")),
        entry(TokenPlace::Keychain, "two", Some("2")),
    ];
    let error = choose(both, None, None).unwrap_err();
    assert_eq!(error.code(), "several_profiles");
    assert!(error.to_string().contains("one, two"), "{error}");
}

#[test]
fn the_same_profile_for_this_run_stands_before_the_kept_one() {
    let both = vec![
        entry(TokenPlace::ThisRun, "one", Some("1")),
        entry(TokenPlace::Keychain, "one", Some("1")),
    ];
    let chosen = choose(both, None, None).unwrap();
    assert_eq!(chosen.len(), 1);
    assert_eq!(chosen[0].place, TokenPlace::ThisRun);
}

#[test]
fn an_upload_goes_on_with_its_own_user_only() {
    let all = || {
        vec![
            entry(TokenPlace::Environment, ENVIRONMENT_PROFILE, None),
            entry(TokenPlace::Keychain, "one", Some("1")),
            entry(TokenPlace::Keychain, "two", Some("2")),
        ]
    };
    assert_eq!(
        profiles(choose(all(), Some("2"), Some("one"))),
        ["two", ENVIRONMENT_PROFILE]
    );
    let known = all().split_off(1);
    assert_eq!(choose(known, Some("3"), None).unwrap_err().code(), "not_signed_in");
}

#[test]
fn a_token_is_renewed_inside_its_lead_time_only() {
    const DAY_MS: i64 = 86_400_000;
    let mut account = entry(TokenPlace::Keychain, "one", Some("1"));
    assert_eq!(renewal_at_ms(&account), None);
    account.obtained_at_ms = 1_000;
    account.expires_at_ms = end_ms(1_000, Some(60 * 86_400));
    assert_eq!(account.expires_at_ms, Some(1_000 + 60 * DAY_MS));
    assert_eq!(renewal_at_ms(&account), Some(1_000 + 53 * DAY_MS));
    account.expires_at_ms = Some(0);
    assert_eq!(renewal_at_ms(&account), None, "a lifetime below zero is none");
}

#[test]
fn absurd_lifetimes_are_treated_as_unknown() {
    assert_eq!(end_ms(0, Some(u64::MAX)), None);
    assert_eq!(end_ms(i64::MAX, Some(1)), None);
    assert_eq!(end_ms(5, None), None);
}
