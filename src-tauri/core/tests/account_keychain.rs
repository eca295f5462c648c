//! The real keychain, in three conditions: unlocked, locked, and not there at all.
//!
//! Each condition is a D-Bus session of its own with a `gnome-keyring-daemon` and empty folders, so that nobody's
//! keychain is touched; this test binary starts itself once more inside. Where the two programs are missing the tests
//! say so and pass, unless `WAYPOST_TEST_KEYCHAIN=1` (as `cargo xtask test` sets it) demands them.

#![cfg(all(unix, not(target_os = "macos")))]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use waypost_core::account::{Accounts, AccountsSetup, KeepWhere, SignInOptions};
use waypost_core::environment::Environment;
use waypost_core::keychain::OsKeychain;
use waypost_core::ports::{Keychain, KeychainFailure};
use waypost_core::upload::TokenSource;
use waypost_testkit::scratch::Scratch;

mod account_support;
use account_support::{World, files_with, sign_in_as};

/// Demands that the tests really run.
const DEMAND: &str = "WAYPOST_TEST_KEYCHAIN";
/// Tells the second process the condition it is in.
const CONDITION: &str = "WAYPOST_TEST_KEYCHAIN_CONDITION";

/// `--unlock` takes the password from its input, and returns when the daemon is in the background and answers.
const UNLOCKED: &str = "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null && exec \"$@\"";
/// The bus starts the daemon by itself, and nobody is there to unlock it.
const LOCKED: &str = "exec \"$@\"";

/// Whether this process is the one inside the session of `condition`.
fn is_inside(condition: &str) -> bool {
    let set = Environment::from_process().text(CONDITION).unwrap();
    set.as_deref() == Some(condition)
}

/// Runs the tests of one condition, those whose names begin with `prefix`, in a session made for them.
fn run_inside(session: Option<&str>, condition: &str, prefix: &str) {
    let environment = Environment::from_process();
    if environment.is_set(CONDITION) {
        return;
    }
    let has = |name: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(name).is_file())
    };
    if session.is_some() && !(has("dbus-run-session") && has("gnome-keyring-daemon")) {
        assert!(
            !environment.is_set(DEMAND),
            "dbus-run-session and gnome-keyring-daemon are needed"
        );
        eprintln!("skipped: dbus-run-session and gnome-keyring-daemon are not installed");
        return;
    }
    let folder = Scratch::new("keychain");
    let make = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir(&path).unwrap();
        path
    };
    let this = std::env::current_exe().unwrap();
    let mut command = match session {
        Some(script) => {
            let mut command = Command::new("dbus-run-session");
            command.args(["--", "sh", "-c", script, "sh"]).arg(this);
            command
        }
        None => Command::new(this),
    };
    let output = command
        .args([prefix, "--ignored", "--nocapture", "--test-threads", "2"])
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env("XDG_DATA_HOME", make("data"))
        .env("XDG_CACHE_HOME", make("cache"))
        .env("XDG_RUNTIME_DIR", make("runtime"))
        .env("HOME", make("home"))
        .env(CONDITION, condition)
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{out}\n{err}");
    assert!(!out.contains("running 0 tests"), "{out}");
    assert!(!holds_canary(folder.path()), "the keyring's own files are encrypted");
}

fn holds_canary(folder: &Path) -> bool {
    !files_with(folder, &[&CANARY.into()]).is_empty()
}

/// Looked for in the files of the keyring afterwards.
const CANARY: &str = "canary-in-the-keychain";

#[test]
fn with_an_unlocked_keychain_everything_works() {
    run_inside(Some(UNLOCKED), "unlocked", "unlocked_");
}

#[test]
fn with_a_locked_keychain_the_refusal_is_noticed() {
    run_inside(Some(LOCKED), "locked", "locked_");
}

#[test]
fn without_a_keychain_there_is_a_way_on() {
    run_inside(None, "absent", "absent_");
}

/// Entries of their own, so that nobody's sign-in is touched.
fn keychain() -> OsKeychain {
    OsKeychain::with_service(&format!("org.waypost.test.{}", std::process::id()))
}

#[test]
#[ignore = "started by the first three tests"]
fn unlocked_it_keeps_replaces_and_forgets_a_token() {
    if !is_inside("unlocked") {
        return;
    }
    let keychain = keychain();
    let long: SecretString = "x".repeat(1_000).into();
    assert!(keychain.load("one").unwrap().is_none());
    keychain.delete("one").unwrap();
    keychain.store("one", &CANARY.into()).unwrap();
    keychain.store("two", &long).unwrap();
    keychain.store("one", &"second \u{e4}".into()).unwrap();
    assert_eq!(keychain.load("one").unwrap().unwrap().expose_secret(), "second \u{e4}");
    assert_eq!(
        keychain.load("two").unwrap().unwrap().expose_secret(),
        long.expose_secret()
    );
    // Another object is another Waypost.
    let other = self::keychain();
    assert_eq!(other.load("one").unwrap().unwrap().expose_secret(), "second \u{e4}");
    other.delete("one").unwrap();
    other.delete("two").unwrap();
    assert!(keychain.load("one").unwrap().is_none());
}

#[test]
#[ignore = "started by the first three tests"]
fn unlocked_many_threads_at_once_mix_nothing_up() {
    if !is_inside("unlocked") {
        return;
    }
    let keychain = keychain();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let keychain = &keychain;
            scope.spawn(move || {
                let (name, secret) = (format!("thread-{number}"), format!("secret-{number}"));
                for _ in 0..3 {
                    keychain.store(&name, &secret.clone().into()).unwrap();
                    assert_eq!(keychain.load(&name).unwrap().unwrap().expose_secret(), secret);
                }
                keychain.delete(&name).unwrap();
            });
        }
    });
}

#[tokio::test]
#[ignore = "started by the first three tests"]
async fn unlocked_a_sign_in_survives_a_restart_and_is_in_no_file() {
    if !is_inside("unlocked") {
        return;
    }
    let world = World::start().await;
    let os: Arc<dyn Keychain> = Arc::new(keychain());
    let setup = || AccountsSetup {
        keychain: os.clone(),
        ..world.setup()
    };
    let accounts = Accounts::new(setup()).unwrap();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap();

    let next_run = Accounts::new(setup()).unwrap();
    let active = next_run.token(None).await.unwrap();
    assert_eq!(active.username, "mapper");
    assert_eq!(files_with(world.folder.path(), &[&active.token]), Vec::<String>::new());
    next_run.sign_out("mapper").await.unwrap();
    assert_eq!(next_run.token(None).await.unwrap_err().code(), "not_signed_in");
}

#[tokio::test]
#[ignore = "started by the first three tests"]
async fn absent_the_person_is_told_and_can_sign_in_for_this_run() {
    if !is_inside("absent") {
        return;
    }
    let failure = keychain().load("one").unwrap_err();
    assert!(matches!(failure, KeychainFailure::Unavailable(_)), "{failure}");
    let world = World::start().await;
    let setup = AccountsSetup {
        keychain: Arc::new(keychain()),
        ..world.setup()
    };
    let accounts = Accounts::new(setup).unwrap();
    let token = world.token_of("mapper").await;
    let sign_in = accounts
        .sign_in_with_token(token, &SignInOptions::default())
        .await
        .unwrap();
    let error = accounts.keep(&sign_in, None, KeepWhere::Keychain).await.unwrap_err();
    assert_eq!(error.code(), "no_keychain");
    accounts.keep(&sign_in, None, KeepWhere::ThisRunOnly).await.unwrap();
    assert_eq!(accounts.token(None).await.unwrap().username, "mapper");
}

#[test]
#[ignore = "started by the first three tests"]
fn locked_it_refuses_and_is_not_taken_for_a_good_one() {
    if !is_inside("locked") {
        return;
    }
    let failure = keychain().store("one", &"secret".into()).unwrap_err();
    assert!(matches!(failure, KeychainFailure::Refused(_)), "{failure}");
}
