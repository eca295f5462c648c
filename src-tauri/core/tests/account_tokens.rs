//! What the upload engine is given: a checked token of the right user, renewed in time, or a clear word.

mod account_support;

use std::sync::Arc;

use account_support::{DAY_MS, FailingKeychain, World, files_with, sign_in_as};
use secrecy::ExposeSecret;
use waypost_core::account::{Accounts, CHECK_LIFETIME_MS, KeepWhere};
use waypost_core::ports::Keychain;
use waypost_core::upload::{ActiveToken, TokenSource};
use waypost_sandbox::{Endpoint, Fault, Garbage};
use waypost_wire::TokenPlace;

fn is_same(one: &ActiveToken, other: &ActiveToken) -> bool {
    one.token.expose_secret() == other.token.expose_secret()
}

#[tokio::test]
async fn images_started_together_cost_one_check_and_a_later_upload_its_own() {
    let world = World::start().await;
    world.signed_in(&world.accounts(), "mapper").await;
    let accounts = world.accounts();
    let before = world.request_count("GET", "/graph/me");
    let tokens = futures_util::future::join_all((0..50).map(|_| accounts.token(None))).await;
    assert!(tokens.iter().all(Result::is_ok));
    assert_eq!(world.request_count("GET", "/graph/me") - before, 1);
    world.clock.advance_ms(u64::try_from(CHECK_LIFETIME_MS).unwrap());
    accounts.token(None).await.unwrap();
    assert_eq!(world.request_count("GET", "/graph/me") - before, 2);
}

#[tokio::test]
async fn a_token_is_renewed_once_before_it_ends_and_the_new_one_lasts() {
    let world = World::start().await;
    let accounts = world.accounts();
    world.signed_in(&accounts, "mapper").await;
    let first = accounts.token(None).await.unwrap();
    world.clock.advance_ms(52 * DAY_MS);
    assert!(
        is_same(&accounts.token(None).await.unwrap(), &first),
        "sixty days are not near their end yet"
    );
    world.clock.advance_ms(2 * DAY_MS);

    // Two Wayposts with the same data folder, many uploads each.
    let other = world.accounts();
    let both = (0..20).map(|number| {
        if number % 2 == 0 {
            accounts.token(None)
        } else {
            other.token(None)
        }
    });
    let renewed = futures_util::future::join_all(both).await;
    let second = renewed[0].as_ref().unwrap();
    assert!(!is_same(second, &first));
    assert!(renewed.iter().all(|token| is_same(token.as_ref().unwrap(), second)));
    // One exchange of the code, one renewal.
    assert_eq!(world.request_count("POST", "/graph/token"), 2);

    world.clock.advance_ms(30 * DAY_MS);
    assert!(
        is_same(&world.accounts().token(None).await.unwrap(), second),
        "the first one would be over by now"
    );
    assert_eq!(
        files_with(world.folder.path(), &[&first.token, &second.token]),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_renewal_that_fails_costs_nothing_while_the_token_lasts() {
    for fault in [
        Fault::drop_after(Endpoint::Token, 0),
        Fault::answer(Endpoint::Token, 500, "{}"),
        Fault::garbage(Endpoint::Token, Garbage::HtmlPage),
        Fault::garbage(Endpoint::Token, Garbage::NullFields),
    ] {
        let world = World::start().await;
        let accounts = world.accounts();
        world.signed_in(&accounts, "mapper").await;
        let first = accounts.token(None).await.unwrap();
        world.clock.advance_ms(54 * DAY_MS);
        world.sandbox.faults().push(fault);
        assert!(is_same(&accounts.token(None).await.unwrap(), &first));
        world.clock.advance_ms(60_000);
        assert!(
            !is_same(&accounts.token(None).await.unwrap(), &first),
            "it is tried again"
        );
    }
}

#[tokio::test]
async fn a_renewed_token_is_not_lost_with_the_keychain() {
    let world = World::start().await;
    let keychain = Arc::new(FailingKeychain::after(1));
    let mut setup = world.setup();
    setup.keychain = keychain;
    let accounts = Accounts::new(setup).unwrap();
    world.signed_in(&accounts, "mapper").await;
    world.clock.advance_ms(54 * DAY_MS);
    accounts.token(None).await.unwrap();
    let listed = accounts.list().await.unwrap();
    assert_eq!((listed.len(), listed[0].place), (1, TokenPlace::ThisRun));
    world.clock.advance_ms(10 * DAY_MS);
    assert_eq!(
        accounts.token(None).await.unwrap().username,
        "mapper",
        "the renewed one is still good"
    );
}

#[tokio::test]
async fn a_token_of_another_app_is_used_while_it_lasts_and_never_renewed() {
    let world = World::start().await;
    world.signed_in(&world.accounts(), "mapper").await;
    let mut setup = world.setup();
    setup.app.as_mut().unwrap().client_id = "4711".into();
    let accounts = Accounts::new(setup).unwrap();
    world.clock.advance_ms(54 * DAY_MS);
    accounts.token(None).await.unwrap();
    assert_eq!(world.request_count("POST", "/graph/token"), 1);
}

#[tokio::test]
async fn a_token_that_is_over_asks_for_a_sign_in_without_asking_the_service() {
    let world = World::start().await;
    let accounts = world.accounts();
    let account = world.signed_in(&accounts, "mapper").await;
    world.clock.advance_ms(61 * DAY_MS);
    let before = world.sandbox.snapshot().requests.len();
    let error = accounts.token(None).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_expired");
    assert!(error.to_string().contains("mapper"), "{error}");
    assert_eq!(world.sandbox.snapshot().requests.len(), before);
    assert!(accounts.list().await.unwrap()[0].needs_sign_in);

    world.signed_in(&accounts, "mapper").await;
    let again = accounts.token(account.user_id.as_deref()).await.unwrap();
    assert_eq!(again.username, "mapper");
    assert!(!accounts.list().await.unwrap()[0].needs_sign_in);
}

#[tokio::test]
async fn a_sign_in_that_is_revoked_in_the_middle_is_noticed_and_goes_on_as_the_same_user() {
    let world = World::start().await;
    let accounts = world.accounts();
    world.signed_in(&accounts, "mapper").await;
    let active = accounts.token(None).await.unwrap();
    world.sandbox.revoke_tokens().unwrap();
    // The upload that is under way meets the refusal first.
    accounts.refused(&active.user_id).await;
    assert!(accounts.list().await.unwrap()[0].needs_sign_in);
    assert_eq!(
        accounts.token(Some(&active.user_id)).await.unwrap_err().code(),
        "sign_in_expired"
    );

    world.signed_in(&accounts, "stranger").await;
    let error = accounts.token(Some(&active.user_id)).await.unwrap_err();
    assert_eq!(error.code(), "sign_in_expired", "somebody else's sign-in does not help");
    world.signed_in(&accounts, "mapper").await;
    assert_eq!(accounts.token(Some(&active.user_id)).await.unwrap().username, "mapper");
}

#[tokio::test]
async fn a_refusal_that_was_a_mistake_is_forgotten_after_the_next_check() {
    let world = World::start().await;
    let accounts = world.accounts();
    world.signed_in(&accounts, "mapper").await;
    let active = accounts.token(None).await.unwrap();
    let before = world.request_count("GET", "/graph/me");
    accounts.refused(&active.user_id).await;
    accounts.refused("4711").await;
    assert!(accounts.list().await.unwrap()[0].needs_sign_in);
    accounts.token(Some(&active.user_id)).await.unwrap();
    assert_eq!(
        world.request_count("GET", "/graph/me") - before,
        1,
        "it was checked, not given out blindly"
    );
    assert!(!accounts.list().await.unwrap()[0].needs_sign_in);
}

#[tokio::test]
async fn a_line_that_is_down_is_no_reason_to_sign_in_again() {
    let world = World::start().await;
    let accounts = world.accounts();
    world.signed_in(&accounts, "mapper").await;
    world.clock.advance_ms(60_000);
    for fault in [
        Fault::drop_after(Endpoint::Me, 0),
        Fault::answer(Endpoint::Me, 503, "busy"),
        Fault::garbage(Endpoint::Me, Garbage::HtmlPage),
        Fault::garbage(Endpoint::Me, Garbage::EmptyObject),
        Fault::redirect(Endpoint::Me, "https://elsewhere.example/"),
    ] {
        world.sandbox.faults().push(fault);
        let error = accounts.token(None).await.unwrap_err();
        assert!(!["not_signed_in", "sign_in_expired"].contains(&error.code()), "{error}");
        assert!(!accounts.list().await.unwrap()[0].needs_sign_in);
        accounts.token(None).await.unwrap();
        world.clock.advance_ms(60_000);
    }
}

#[tokio::test]
async fn two_accounts_are_kept_apart_and_one_can_be_made_the_default() {
    let world = World::start().await;
    let accounts = world.accounts();
    let one = world.signed_in(&accounts, "first").await;
    let two = world.signed_in(&accounts, "second").await;
    for account in [&one, &two] {
        let active = accounts.token(account.user_id.as_deref()).await.unwrap();
        assert_eq!(Some(&active.username), account.username.as_ref());
    }
    assert_eq!(accounts.token(None).await.unwrap_err().code(), "several_profiles");
    assert_eq!(accounts.current().await.unwrap_err().code(), "several_profiles");
    accounts.use_profile("second").await.unwrap();
    assert_eq!(accounts.token(None).await.unwrap().username, "second");
    assert_eq!(world.accounts().current().await.unwrap().unwrap().profile, "second");
    assert_eq!(
        accounts.use_profile("third").await.unwrap_err().code(),
        "no_such_profile"
    );

    let mut setup = world.setup();
    setup.profile = Some("first".into());
    assert_eq!(
        Accounts::new(setup).unwrap().token(None).await.unwrap().username,
        "first"
    );
}

#[tokio::test]
async fn signing_out_deletes_the_token_everywhere_and_ends_what_is_cached() {
    let world = World::start().await;
    let accounts = world.accounts();
    let account = world.signed_in(&accounts, "mapper").await;
    let for_this_run = sign_in_as(&accounts, "mapper").await.unwrap();
    accounts
        .keep(&for_this_run, None, KeepWhere::ThisRunOnly)
        .await
        .unwrap();
    accounts.token(None).await.unwrap();
    accounts.sign_out(&account.profile).await.unwrap();
    assert!(accounts.list().await.unwrap().is_empty());
    assert_eq!(accounts.token(None).await.unwrap_err().code(), "not_signed_in");
    assert_eq!(
        accounts.token(account.user_id.as_deref()).await.unwrap_err().code(),
        "not_signed_in"
    );
    let name = format!("mapper@127.0.0.1:{}", world.client().endpoints().graph.port().unwrap());
    assert!(world.keychain.load(&name).unwrap().is_none());
    assert!(
        !std::fs::read_to_string(world.data_dir().join("accounts.json"))
            .unwrap()
            .contains("mapper")
    );
    assert_eq!(
        accounts.sign_out(&account.profile).await.unwrap_err().code(),
        "no_such_profile"
    );
}

#[tokio::test]
async fn a_token_that_vanished_from_the_keychain_asks_for_a_sign_in() {
    let world = World::start().await;
    let account = world.signed_in(&world.accounts(), "mapper").await;
    let port = world.client().endpoints().graph.port().unwrap();
    world
        .keychain
        .delete(&format!("{}@127.0.0.1:{port}", account.profile))
        .unwrap();
    assert_eq!(
        world.accounts().token(None).await.unwrap_err().code(),
        "sign_in_expired"
    );
}

#[tokio::test]
async fn a_locked_keychain_is_not_mistaken_for_a_missing_sign_in() {
    let world = World::start().await;
    world.signed_in(&world.accounts(), "mapper").await;
    let mut setup = world.setup();
    // As gnome-keyring behaves while locked: nothing is found and nothing is taken.
    setup.keychain = Arc::new(FailingKeychain::after(0));
    let accounts = Accounts::new(setup).unwrap();
    let error = accounts.token(None).await.unwrap_err();
    assert_eq!(error.code(), "no_keychain");
    assert!(!accounts.list().await.unwrap()[0].needs_sign_in);
}

#[tokio::test]
async fn a_token_of_one_service_is_never_shown_to_another() {
    let world = World::start().await;
    world.signed_in(&world.accounts(), "mapper").await;
    let elsewhere = World::start().await;
    let mut setup = elsewhere.setup();
    setup.data_dir = world.data_dir();
    setup.keychain = world.keychain.clone();
    let accounts = Accounts::new(setup).unwrap();
    assert!(accounts.list().await.unwrap().is_empty());
    assert_eq!(accounts.token(None).await.unwrap_err().code(), "not_signed_in");
    assert!(elsewhere.sandbox.snapshot().requests.is_empty());
}

#[tokio::test]
async fn an_organisation_is_looked_up_with_the_account_that_will_upload() {
    let world = World::start().await;
    let accounts = world.accounts();
    world.signed_in(&accounts, "mapper").await;
    let found = accounts
        .organization(None, world.sandbox.organization_id())
        .await
        .unwrap();
    assert_eq!(found.id, world.sandbox.organization_id());
    assert!(found.name.is_some());
    assert!(accounts.organization(None, "999").await.is_err());
    assert_eq!(
        accounts.organization(None, "no number").await.unwrap_err().code(),
        "invalid_input"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_data_folder_that_cannot_be_written_does_not_end_a_good_sign_in() {
    let world = World::start().await;
    let accounts = world.accounts();
    world.signed_in(&accounts, "mapper").await;
    // A folder in the place of each file that would be written; rights do not stop root.
    let data_dir = world.data_dir();
    std::fs::create_dir(data_dir.join("renewal.lock")).unwrap();
    world.clock.advance_ms(54 * DAY_MS);
    assert_eq!(accounts.token(None).await.unwrap().username, "mapper");
    assert_eq!(
        world.request_count("POST", "/graph/token"),
        2,
        "it was renewed all the same"
    );
}
