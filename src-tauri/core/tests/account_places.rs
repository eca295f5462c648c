//! Tokens that come from elsewhere: a script's environment, mapillary_tools' profile file, what it left behind.

mod account_support;

use account_support::{World, files_with, sign_in_as};
use secrecy::ExposeSecret;
use waypost_core::account::{
    Accounts, KeepWhere, PROFILE_FILE_VARIABLE, ProfileFile, SignInOptions, USER_TOKEN_VARIABLE, find_peer_profiles,
};
use waypost_core::keychain::NoKeychain;
use waypost_core::upload::TokenSource;
use waypost_testkit::canary;
use waypost_wire::TokenPlace;

/// The world of a script that gives its token by the environment, on a computer without a keychain.
async fn with_environment_token(world: &World, username: &str) -> Accounts {
    let token = world.token_of(username).await;
    let mut setup = world.setup();
    setup.keychain = std::sync::Arc::new(NoKeychain::new("no session bus"));
    setup.environment = setup.environment.with(USER_TOKEN_VARIABLE, token.expose_secret());
    Accounts::new(setup).unwrap()
}

#[tokio::test]
async fn a_token_of_the_environment_needs_no_keychain_and_leaves_no_file() {
    let world = World::start().await;
    let accounts = with_environment_token(&world, "script").await;
    let active = accounts.token(None).await.unwrap();
    assert_eq!(active.username, "script");
    assert_eq!(accounts.token(Some(&active.user_id)).await.unwrap().username, "script");
    assert_eq!(files_with(world.folder.path(), &[&active.token]), Vec::<String>::new());
    let row = accounts.list().await.unwrap()[0].row().unwrap();
    assert_eq!((row.kept, row.username.as_str()), (TokenPlace::Environment, "script"));
}

#[tokio::test]
async fn an_upload_of_somebody_else_does_not_go_out_under_the_environments_token() {
    let world = World::start().await;
    let owner = world.signed_in(&world.accounts(), "owner").await;
    let accounts = with_environment_token(&world, "script").await;
    let other = accounts.token(Some("4711")).await.unwrap_err();
    assert_eq!(other.code(), "other_account");
    // The owner's own token is in a keychain that this run cannot ask.
    let error = accounts.token(owner.user_id.as_deref()).await.unwrap_err();
    assert_eq!(error.code(), "no_keychain");
}

#[tokio::test]
async fn an_environment_token_that_is_refused_says_so_and_cannot_be_signed_out() {
    let world = World::start().await;
    let accounts = with_environment_token(&world, "script").await;
    accounts.token(None).await.unwrap();
    world.sandbox.revoke_tokens().unwrap();
    world.clock.advance_ms(60_000);
    assert_eq!(accounts.token(None).await.unwrap_err().code(), "sign_in_expired");
    assert!(accounts.list().await.unwrap()[0].needs_sign_in);
    let error = accounts.sign_out(USER_TOKEN_VARIABLE).await.unwrap_err();
    assert_eq!(error.code(), "invalid_setting");
    assert!(error.to_string().contains(USER_TOKEN_VARIABLE), "{error}");
}

#[tokio::test]
async fn a_script_that_names_a_profile_file_gets_it_and_the_keychain_stays_empty() {
    let mut world = World::start().await;
    let path = world.folder.path().join("configs/profiles");
    world.environment = world.environment.clone().with(PROFILE_FILE_VARIABLE, &path);
    let accounts = world.accounts();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    let kept = accounts
        .keep(&sign_in, Some("my-profile"), KeepWhere::Keychain)
        .await
        .unwrap();
    assert_eq!(kept.place, TokenPlace::ProfileFile);
    let active = world.accounts().token(None).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let expected = format!(
        "[my-profile]\nuser_upload_token = {}\nMAPSettingsUserKey = {}\nMAPSettingsUsername = mapper\n\n",
        active.token.expose_secret(),
        active.user_id
    );
    assert_eq!(text, expected);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(files_with(&world.data_dir(), &[&active.token]), Vec::<String>::new());

    world.accounts().sign_out("my-profile").await.unwrap();
    assert_eq!(files_with(world.folder.path(), &[&active.token]), Vec::<String>::new());
    assert_eq!(world.accounts().token(None).await.unwrap_err().code(), "not_signed_in");
}

#[tokio::test]
async fn a_profile_that_holds_nothing_but_a_token_is_asked_who_it_is() {
    let mut world = World::start().await;
    let path = world.folder.path().join("profiles");
    let (one, two) = (world.token_of("one").await, world.token_of("two").await);
    let text = format!(
        "[first]\nuser_upload_token = {}\n[second]\nuser_upload_token = {}\n",
        one.expose_secret(),
        two.expose_secret()
    );
    std::fs::write(&path, &text).unwrap();
    world.environment = world.environment.clone().with(PROFILE_FILE_VARIABLE, &path);
    let mut setup = world.setup();
    setup.profile = Some("second".into());
    let named = Accounts::new(setup).unwrap().token(None).await.unwrap();
    assert_eq!(named.username, "two");

    let accounts = world.accounts();
    assert_eq!(accounts.token(None).await.unwrap_err().code(), "several_profiles");
    // An upload that waits for a user finds that user's profile by asking.
    assert_eq!(accounts.token(Some(&named.user_id)).await.unwrap().username, "two");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "looking changes nothing");
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_named() {
    let world = World::start().await;
    world.signed_in(&world.accounts(), "mapper").await;
    let mut setup = world.setup();
    setup.profile = Some("nobody".into());
    let error = Accounts::new(setup).unwrap().token(None).await.unwrap_err();
    assert_eq!(error.code(), "no_such_profile");
    assert!(error.to_string().contains("nobody"), "{error}");
}

#[tokio::test]
async fn what_mapillary_tools_left_is_found_and_taken_over_only_when_asked() {
    let world = World::start().await;
    let home = world.folder.path().join("home");
    let configs = home.join(".config/mapillary/configs");
    std::fs::create_dir_all(&configs).unwrap();
    let token = world.token_of("mapper").await;
    let file = configs.join(canary::PROFILES);
    let text = format!(
        "[left]\nuser_upload_token = {}\nMAPSettingsUsername = mapper\n",
        token.expose_secret()
    );
    std::fs::write(&file, &text).unwrap();
    std::fs::write(configs.join("broken"), b"\xff\x00 nonsense").unwrap();
    let found = find_peer_profiles(Some(&home));
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].profile(), found[0].username(), found[0].user_id()),
        ("left", Some("mapper"), None)
    );
    assert_eq!(found[0].file(), file);
    assert!(!format!("{found:?}").contains(token.expose_secret()));

    let accounts = world.accounts();
    assert!(accounts.list().await.unwrap().is_empty(), "finding takes nothing over");
    let sign_in = accounts.import(&found[0], &SignInOptions::default()).await.unwrap();
    let kept = accounts
        .keep(&sign_in, Some(found[0].profile()), KeepWhere::Keychain)
        .await
        .unwrap();
    assert_eq!((kept.profile.as_str(), kept.place), ("left", TokenPlace::Keychain));
    assert_eq!(accounts.token(None).await.unwrap().username, "mapper");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    assert_eq!(files_with(&world.data_dir(), &[&token]), Vec::<String>::new());
}

#[tokio::test]
async fn a_left_profile_whose_token_is_over_is_refused() {
    let world = World::start().await;
    let configs = world.folder.path().join(".config/mapillary/configs");
    ProfileFile::at(configs.join("file"))
        .put(&waypost_core::account::FileProfile {
            profile: "old".into(),
            token: "canary-old".into(),
            user_id: None,
            username: None,
        })
        .unwrap();
    let found = find_peer_profiles(Some(world.folder.path()));
    let error = world
        .accounts()
        .import(&found[0], &SignInOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.code(), "token_refused");
    assert!(find_peer_profiles(Some(&world.folder.path().join("nowhere"))).is_empty());
}
