//! Signing in through a browser, against the practice service: what works, and every way in which it can fail.

mod account_support;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use account_support::{Browser, BrowserThat, FailingKeychain, World, files_with, sign_in_as};
use url::Url;
use waypost_core::account::{Accounts, KeepWhere, SignInOptions, UploadVerdict};
use waypost_core::error::CoreError;
use waypost_core::keychain::NoKeychain;
use waypost_core::ports::Keychain;
use waypost_core::upload::TokenSource;
use waypost_sandbox::{Endpoint, Fault};
use waypost_wire::{MayUpload, TokenPlace};

#[tokio::test]
async fn a_person_who_allows_is_signed_in_and_may_upload() {
    let world = World::start().await;
    let accounts = world.accounts();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    assert_eq!(sign_in.username(), "mapper");
    assert_eq!(sign_in.verdict(), &UploadVerdict::Allowed);
    let kept = accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap();
    assert_eq!((kept.profile.as_str(), kept.place), ("mapper", TokenPlace::Keychain));
    assert_eq!(kept.row().unwrap().may_upload, MayUpload::Yes);

    // A Waypost that starts anew finds the account again.
    let active = world.accounts().token(None).await.unwrap();
    assert_eq!(
        (active.username.as_str(), active.user_id.as_str()),
        ("mapper", sign_in.user_id())
    );
    assert_eq!(world.sandbox.snapshot().violations, Vec::<String>::new());
}

#[tokio::test]
async fn the_token_is_in_no_file_and_no_debug_output() {
    let world = World::start().await;
    let accounts = world.accounts();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    let account = accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap();
    let active = accounts.token(None).await.unwrap();
    assert_eq!(
        files_with(world.folder.path(), &[&active.token, &world.app().client_secret]),
        Vec::<String>::new()
    );
    assert!(
        world.data_dir().join("accounts.json").is_file(),
        "there was something to look through"
    );
    let shown = format!(
        "{sign_in:?} {account:?} {active:?} {:?} {:?}",
        world.environment,
        accounts.app()
    );
    for secret in [&active.token, &world.app().client_secret] {
        assert!(!shown.contains(secrecy::ExposeSecret::expose_secret(secret)), "{shown}");
    }
}

#[tokio::test]
async fn a_person_who_denies_is_told_so() {
    let world = World::start().await;
    let browser = Arc::new(Browser::deciding("deny", "mapper"));
    let accounts = world.accounts();
    let options = SignInOptions::default();
    let error = accounts
        .sign_in(browser, &options, |_| {}, std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "oauth_denied");
    assert!(accounts.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_with_a_wrong_state_signs_nobody_in() {
    let world = World::start().await;
    let browser = BrowserThat(|address: &Url| {
        let redirect = address
            .query_pairs()
            .find(|(name, _)| name == "redirect_uri")
            .unwrap()
            .1
            .into_owned();
        let answer = format!("{redirect}?code=stolen&state=guessed");
        tokio::runtime::Handle::current().spawn(async move { reqwest::get(answer).await });
        Ok(())
    });
    let options = SignInOptions {
        lifetime: Duration::from_secs(2),
        ..SignInOptions::default()
    };
    let accounts = world.accounts();
    let result = accounts
        .sign_in(Arc::new(browser), &options, |_| {}, std::future::pending())
        .await;
    assert_eq!(result.unwrap_err().code(), "oauth_wrong_state");
    assert_eq!(world.request_count("POST", "/graph/token"), 0);
}

#[tokio::test]
async fn a_busy_port_is_named() {
    let world = World::start().await;
    let port = world.app().redirect_uri.port().unwrap();
    let _occupied = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let error = sign_in_as(&world.accounts(), "mapper").await.unwrap_err();
    assert_eq!(error.code(), "oauth_port_busy");
    assert!(error.to_string().contains(&port.to_string()), "{error}");
}

#[tokio::test]
async fn a_browser_that_never_answers_ends_with_the_time() {
    let world = World::start().await;
    let options = SignInOptions {
        lifetime: Duration::from_millis(20),
        ..SignInOptions::default()
    };
    let browser = Arc::new(BrowserThat(|_: &Url| Ok(())));
    let accounts = world.accounts();
    let error = accounts
        .sign_in(browser, &options, |_| {}, std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "oauth_timed_out");
}

#[tokio::test]
async fn a_cancelled_sign_in_frees_the_port_for_the_next() {
    let world = World::start().await;
    let accounts = world.accounts();
    let browser = Arc::new(BrowserThat(|_: &Url| Ok(())));
    let error = accounts
        .sign_in(browser, &SignInOptions::default(), |_| {}, async {})
        .await
        .unwrap_err();
    assert_eq!(error.code(), "oauth_cancelled");
    assert_eq!(sign_in_as(&accounts, "mapper").await.unwrap().username(), "mapper");
}

#[tokio::test]
async fn a_second_sign_in_waits_until_the_first_has_left_the_port() {
    let world = World::start().await;
    let accounts = world.accounts();
    let (give_up, given_up) = tokio::sync::oneshot::channel::<()>();
    let (waits, is_waiting) = tokio::sync::oneshot::channel();
    let first = {
        let accounts = accounts.clone();
        let browser = Arc::new(BrowserThat(|_: &Url| Ok(())));
        let on_wait = move |_| waits.send(()).unwrap();
        let cancel = async move { given_up.await.unwrap() };
        tokio::spawn(async move {
            accounts
                .sign_in(browser, &SignInOptions::default(), on_wait, cancel)
                .await
        })
    };
    is_waiting.await.unwrap();
    let second = sign_in_as(&accounts, "mapper");
    tokio::pin!(second);
    assert!(futures_util::poll!(&mut second).is_pending());
    give_up.send(()).unwrap();
    assert_eq!(first.await.unwrap().unwrap_err().code(), "oauth_cancelled");
    assert_eq!(second.await.unwrap().username(), "mapper");
}

#[tokio::test]
async fn without_a_browser_the_address_can_be_opened_by_hand() {
    let world = World::start().await;
    let browser = Arc::new(BrowserThat(|_: &Url| Err("there is none".to_owned())));
    let by_hand = |wait: waypost_core::account::SignInWait| {
        assert_eq!(wait.browser_failure.as_deref(), Some("there is none"));
        let lifetime_ms = 300_000;
        assert_eq!(
            wait.until_ms,
            waypost_core::ports::Clock::now_ms(&*world.clock) + lifetime_ms
        );
        waypost_core::ports::BrowserOpener::open(&Browser::deciding("allow", "mapper"), &wait.address).unwrap();
    };
    let accounts = world.accounts();
    let sign_in = accounts
        .sign_in(browser, &SignInOptions::default(), by_hand, std::future::pending())
        .await;
    assert_eq!(sign_in.unwrap().username(), "mapper");
}

#[tokio::test]
async fn without_a_network_the_reason_is_told_and_nobody_is_signed_in() {
    for endpoint in [Endpoint::Token, Endpoint::Me] {
        let world = World::start().await;
        world.sandbox.faults().push(Fault::drop_after(endpoint, 0).always());
        let accounts = world.accounts();
        let error = sign_in_as(&accounts, "mapper").await.unwrap_err();
        assert_eq!(error.code(), "connection", "{error}");
        assert!(accounts.list().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_upload_service_that_refuses_is_told_and_the_sign_in_stands() {
    let world = World::start().await;
    let refusal = r#"{"debug_info":{"type":"NotAuthorizedError","message":"no upload for you"}}"#;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 403, refusal));
    let accounts = world.accounts();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    assert_eq!(sign_in.verdict().may_upload(), Some(false));
    let kept = accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap();
    assert_eq!(kept.row().unwrap().may_upload, MayUpload::No);
}

#[tokio::test]
async fn an_upload_service_that_cannot_be_asked_leaves_the_answer_open() {
    let world = World::start().await;
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 500, "{}"));
    let accounts = world.accounts();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    assert!(matches!(sign_in.verdict(), UploadVerdict::Unknown { reason } if reason.contains("500")));
    let kept = accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap();
    assert_eq!(kept.row().unwrap().may_upload, MayUpload::Unknown);
}

#[tokio::test]
async fn without_an_app_identity_the_person_is_told_how_to_get_one() {
    let world = World::start().await;
    let accounts = world.accounts();
    accounts.set_app(None);
    assert!(matches!(
        sign_in_as(&accounts, "mapper").await,
        Err(CoreError::NoAppIdentity)
    ));
    accounts.set_app(Some(world.app()));
    assert!(sign_in_as(&accounts, "mapper").await.is_ok());
}

#[tokio::test]
async fn without_a_keychain_the_same_sign_in_can_be_kept_for_this_run() {
    let world = World::start().await;
    let mut setup = world.setup();
    setup.keychain = Arc::new(NoKeychain::new("no session bus"));
    let accounts = Accounts::new(setup).unwrap();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    let error = accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap_err();
    assert!(
        matches!(&error, CoreError::NoKeychain { reason } if reason == "no session bus"),
        "{error}"
    );
    assert!(
        accounts.list().await.unwrap().is_empty(),
        "nothing is left of the attempt"
    );

    let kept = accounts.keep(&sign_in, None, KeepWhere::ThisRunOnly).await.unwrap();
    assert_eq!(kept.place, TokenPlace::ThisRun);
    assert_eq!(accounts.token(None).await.unwrap().username, "mapper");
    assert_eq!(
        world.accounts().token(None).await.unwrap_err().code(),
        "not_signed_in",
        "the next run knows nothing"
    );
}

#[tokio::test]
async fn a_keychain_that_locks_itself_leaves_the_earlier_sign_in_as_it_was() {
    let world = World::start().await;
    let keychain = Arc::new(FailingKeychain::after(1));
    let mut setup = world.setup();
    setup.keychain = keychain.clone();
    let accounts = Accounts::new(setup).unwrap();
    let before = world.signed_in(&accounts, "mapper").await;
    world.clock.advance_ms(60_000);
    let again = sign_in_as(&accounts, "mapper").await.unwrap();
    assert_eq!(
        accounts
            .keep(&again, None, KeepWhere::Keychain)
            .await
            .unwrap_err()
            .code(),
        "no_keychain"
    );
    assert_eq!(accounts.list().await.unwrap(), [before]);
    assert_eq!(accounts.token(None).await.unwrap().username, "mapper");
    assert_eq!(keychain.stores_left.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn somebody_else_cannot_take_over_an_upload_that_waits() {
    let world = World::start().await;
    let accounts = world.accounts();
    let owner = world.signed_in(&accounts, "owner").await;
    let options = SignInOptions {
        expected_user_id: owner.user_id.clone(),
        ..SignInOptions::default()
    };
    let browser = Arc::new(Browser::deciding("allow", "stranger"));
    let error = accounts
        .sign_in(browser, &options, |_| {}, std::future::pending())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "other_account");
    assert!(
        error.to_string().contains("owner") && error.to_string().contains("stranger"),
        "{error}"
    );
    assert_eq!(accounts.list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_pasted_token_is_checked_before_it_is_kept() {
    let world = World::start().await;
    let accounts = world.accounts();
    let options = SignInOptions::default();
    let wrong = accounts
        .sign_in_with_token("canary-pasted".into(), &options)
        .await
        .unwrap_err();
    assert_eq!(wrong.code(), "token_refused");
    assert!(!format!("{wrong} {wrong:?}").contains("canary"));
    let blank = accounts.sign_in_with_token(" ".into(), &options).await.unwrap_err();
    assert_eq!(blank.code(), "token_refused");

    let token = world.token_of("mapper").await;
    let pasted = format!("  {}\n", secrecy::ExposeSecret::expose_secret(&token));
    let sign_in = accounts.sign_in_with_token(pasted.into(), &options).await.unwrap();
    assert_eq!(sign_in.verdict(), &UploadVerdict::Allowed);
    accounts
        .keep(&sign_in, Some("pasted"), KeepWhere::Keychain)
        .await
        .unwrap();
    assert_eq!(world.accounts().token(None).await.unwrap().username, "mapper");
}

#[tokio::test]
async fn e_mail_and_password_leave_nothing_but_the_token() {
    let world = World::start().await;
    let accounts = world.accounts();
    let options = SignInOptions::default();
    let client_token = world.client_token();
    let wrong = accounts
        .sign_in_with_password(&client_token, "m@example.org", &"canary-word".into(), &options)
        .await;
    let wrong = wrong.unwrap_err();
    assert_eq!(wrong.code(), "login_refused");
    assert!(!format!("{wrong} {wrong:?}").contains("canary"));

    let sign_in = accounts
        .sign_in_with_password(&client_token, "m.apper@example.org", &"secret".into(), &options)
        .await
        .unwrap();
    let kept = accounts
        .keep(&sign_in, Some("script"), KeepWhere::Keychain)
        .await
        .unwrap();
    assert_eq!(kept.username.as_deref(), Some("m.apper"));
    let active = accounts.token(None).await.unwrap();
    let stored = world.keychain.load(&format!(
        "script@127.0.0.1:{}",
        world.client().endpoints().graph.port().unwrap()
    ));
    let stored = stored.unwrap().unwrap();
    assert_eq!(
        secrecy::ExposeSecret::expose_secret(&stored),
        secrecy::ExposeSecret::expose_secret(&active.token)
    );
    assert_eq!(
        files_with(
            world.folder.path(),
            &[&active.token, &client_token, &"example.org".into()]
        ),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_profile_name_that_can_be_none_is_refused_before_anything_is_stored() {
    let world = World::start().await;
    let accounts = world.accounts();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    for name in ["", "x", "9lives", "a b"] {
        let error = accounts
            .keep(&sign_in, Some(name), KeepWhere::Keychain)
            .await
            .unwrap_err();
        assert_eq!(error.code(), "invalid_setting", "{name}");
    }
    assert!(accounts.list().await.unwrap().is_empty());
}

#[tokio::test]
async fn signing_in_again_renews_the_same_profile() {
    let world = World::start().await;
    let accounts = world.accounts();
    world.signed_in(&accounts, "mapper").await;
    world.signed_in(&accounts, "mapper").await;
    let profiles: Vec<_> = accounts
        .list()
        .await
        .unwrap()
        .into_iter()
        .map(|account| account.profile)
        .collect();
    assert_eq!(profiles, ["mapper"]);
}
