//! Who the app is: which source wins, and where its secret is kept.

use secrecy::ExposeSecret;
use tempfile::TempDir;

use super::*;
use crate::keychain::{MemoryKeychain, NoKeychain};

fn parts(app_id: Option<&str>, secret: Option<&str>, redirect_uri: Option<&str>) -> IdentityParts {
    IdentityParts {
        app_id: app_id.map(str::to_owned),
        secret: secret.map(SecretString::from),
        redirect_uri: redirect_uri.map(str::to_owned),
    }
}

fn folder_with_dotenv(content: &str) -> (TempDir, Environment) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(".env"), content).unwrap();
    let environment = Environment::empty(folder.path());
    (folder, environment)
}

#[test]
fn without_any_app_id_the_person_is_told_how_to_get_one() {
    let error = app_identity(&[IdentityParts::default(), parts(None, Some("s"), None)]).unwrap_err();
    assert_eq!(error.code(), "no_app_identity");
    assert!(error.action().contains("practice mode"));
}

#[test]
fn the_first_source_with_an_app_id_wins_as_a_whole() {
    let sources = [
        IdentityParts::default(),
        parts(Some("2"), Some("two"), None),
        parts(Some("3"), Some("three"), Some("http://localhost:1/other")),
    ];
    let identity = app_identity(&sources).unwrap();
    assert_eq!(identity.client_id, "2");
    assert_eq!(identity.client_secret.expose_secret(), "two");
    assert_eq!(identity.redirect_uri.as_str(), DEFAULT_REDIRECT_URI);
}

#[test]
fn an_id_without_its_secret_never_takes_the_secret_of_another_app() {
    let sources = [parts(Some("1"), None, None), parts(Some("2"), Some("two"), None)];
    let error = app_identity(&sources).unwrap_err();
    assert_eq!(error.code(), "invalid_setting");
    assert!(error.to_string().contains(APP_SECRET_VARIABLE), "{error}");
}

#[test]
fn a_redirect_address_alone_changes_the_address_of_the_app_in_use() {
    let sources = [
        parts(None, None, Some("http://localhost:7/a")),
        parts(Some("2"), Some("two"), Some("http://localhost:8/b")),
    ];
    assert_eq!(
        app_identity(&sources).unwrap().redirect_uri.as_str(),
        "http://localhost:7/a"
    );
    assert_eq!(
        app_identity(&sources[1..]).unwrap().redirect_uri.as_str(),
        "http://localhost:8/b"
    );
    let broken = app_identity(&[parts(Some("2"), Some("two"), Some("nonsense"))]).unwrap_err();
    assert!(broken.to_string().contains(REDIRECT_URI_VARIABLE), "{broken}");
}

#[test]
fn the_environment_wins_over_the_dotenv_file_variable_by_variable() {
    let (_folder, environment) = folder_with_dotenv("MAPILLARY_APP_ID=file\nexport MAPILLARY_SECRET=\"file secret\"\n");
    let from_file = IdentityParts::from_environment(&environment).unwrap();
    assert_eq!(from_file.app_id.as_deref(), Some("file"));
    assert_eq!(from_file.secret.unwrap().expose_secret(), "file secret");
    let both = IdentityParts::from_environment(&environment.with(APP_ID_VARIABLE, "real")).unwrap();
    assert_eq!(both.app_id.as_deref(), Some("real"));
    assert_eq!(both.secret.unwrap().expose_secret(), "file secret");
}

#[test]
fn a_variable_that_is_set_to_nothing_hides_the_one_of_the_file() {
    let (_folder, environment) = folder_with_dotenv("MAPILLARY_APP_ID=file\n");
    let parts = IdentityParts::from_environment(&environment.with(APP_ID_VARIABLE, "")).unwrap();
    assert_eq!(parts.app_id, None);
}

#[test]
fn a_broken_dotenv_file_is_named_with_its_line_and_nothing_of_its_text() {
    let (folder, environment) = folder_with_dotenv("MAPILLARY_APP_ID=1\nMAPILLARY_SECRET='canary\n");
    let error = IdentityParts::from_environment(&environment).unwrap_err().to_string();
    assert!(
        error.contains(&folder.path().join(".env").display().to_string()) && error.contains("line 2"),
        "{error}"
    );
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn a_folder_called_dotenv_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join(".env")).unwrap();
    let parts = IdentityParts::from_environment(&Environment::empty(folder.path())).unwrap();
    assert!(parts.app_id.is_none());
}

#[test]
fn a_dotenv_file_cannot_move_the_service() {
    let (_folder, environment) = folder_with_dotenv("MAPILLARY_GRAPH_API_ENDPOINT=https://elsewhere.example\n");
    assert_eq!(endpoints(&environment).unwrap(), Endpoints::default());
}

#[test]
fn each_address_of_the_service_can_be_replaced() {
    let environment = Environment::empty(Path::new("/"))
        .with("MAPILLARY_GRAPH_API_ENDPOINT", "http://127.0.0.1:1/graph")
        .with("MAPILLARY_UPLOAD_ENDPOINT", "http://127.0.0.1:1/upload")
        .with("MAPILLARY_AUTHORIZE_URL", "http://127.0.0.1:1/connect")
        .with("MAPILLARY_TILES_ENDPOINT", "http://127.0.0.1:1/tiles");
    let found = endpoints(&environment).unwrap();
    assert!(found.is_practice());
    assert_eq!(found.tiles.path(), "/tiles");
    let error = endpoints(&environment.with("MAPILLARY_TILES_ENDPOINT", "tiles")).unwrap_err();
    assert!(error.to_string().contains("MAPILLARY_TILES_ENDPOINT"), "{error}");
}

#[test]
fn the_default_redirect_address_is_a_loopback_address_with_a_port() {
    let address = Url::parse(DEFAULT_REDIRECT_URI).unwrap();
    assert_eq!(
        (address.host_str(), address.port(), address.path()),
        (Some("localhost"), Some(19763), "/")
    );
    assert_eq!(address.as_str(), DEFAULT_REDIRECT_URI);
}

#[test]
fn settings_keep_the_secret_in_the_keychain_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = MemoryKeychain::new();
    let settings = parts(Some("1"), Some("canary-secret"), Some("http://localhost:7/"));
    save_identity_settings(folder.path(), &keychain, &settings).unwrap();
    let back = load_identity_settings(folder.path(), &keychain).unwrap();
    assert_eq!(
        (back.app_id.as_deref(), back.redirect_uri.as_deref()),
        (Some("1"), Some("http://localhost:7/"))
    );
    assert_eq!(back.secret.unwrap().expose_secret(), "canary-secret");
    let file = std::fs::read_to_string(folder.path().join(SETTINGS_FILE)).unwrap();
    assert!(!file.contains("canary"), "{file}");

    save_identity_settings(folder.path(), &keychain, &parts(Some("1"), None, None)).unwrap();
    assert!(
        load_identity_settings(folder.path(), &keychain)
            .unwrap()
            .secret
            .is_some(),
        "the secret stays"
    );
    save_identity_settings(folder.path(), &keychain, &parts(None, None, None)).unwrap();
    assert!(
        keychain.load(&secret_name("1")).unwrap().is_none(),
        "a replaced app's secret goes"
    );
}

#[test]
fn without_a_keychain_nothing_is_changed_and_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = NoKeychain::new("no session bus");
    let error = save_identity_settings(folder.path(), &keychain, &parts(Some("1"), Some("s"), None)).unwrap_err();
    assert_eq!(error.code(), "no_keychain");
    assert!(
        load_identity_settings(folder.path(), &keychain)
            .unwrap()
            .app_id
            .is_none()
    );
}

#[test]
fn debug_output_shows_no_secret() {
    assert!(!format!("{:?}", parts(Some("1"), Some("canary"), None)).contains("canary"));
}

#[test]
fn an_own_secret_can_be_forgotten_and_an_empty_field_alone_leaves_it() {
    let folder = tempfile::tempdir().unwrap();
    let keychain = MemoryKeychain::new();
    save_identity_settings(folder.path(), &keychain, &parts(Some("7"), Some("own"), None)).unwrap();
    let unchanged = parts(Some("7"), None, None);
    save_identity_settings(folder.path(), &keychain, &unchanged).unwrap();
    let kept = load_identity_settings(folder.path(), &keychain).unwrap();
    assert_eq!(kept.secret.unwrap().expose_secret(), "own");
    forget_app_secret(&keychain, &unchanged).unwrap();
    assert!(
        load_identity_settings(folder.path(), &keychain)
            .unwrap()
            .secret
            .is_none()
    );
}
