//! Files shared with the real mapillary_tools 0.14.7, written by the one and read by the other, both ways.
//!
//! Not part of an ordinary run, because the tool has to be there:
//! `WAYPOST_MAPILLARY_TOOLS=/path/to/venv/bin/mapillary_tools cargo test -p waypost-core --test account_peer --
//! --ignored`.

mod account_support;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use account_support::{World, sign_in_as};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use waypost_core::account::{FileProfile, KeepWhere, PROFILE_FILE_VARIABLE, ProfileFile};
use waypost_core::environment::Environment;
use waypost_core::peer_history::{HISTORY_VARIABLE, PeerHistory, Record};
use waypost_core::upload::TokenSource;
use waypost_testkit::canary;
use waypost_testkit::scratch::Scratch;

const WHY_IGNORED: &str = "set WAYPOST_MAPILLARY_TOOLS to the program mapillary_tools 0.14.7";

/// The program, and the Python it belongs to.
fn peer() -> (PathBuf, PathBuf) {
    let program = Environment::from_process()
        .path("WAYPOST_MAPILLARY_TOOLS")
        .expect(WHY_IGNORED);
    let python = program.with_file_name("python");
    (program, python)
}

/// Runs Python code of mapillary_tools and gives what it prints as JSON.
fn python(code: &str, variables: &[(&str, &Path)]) -> Value {
    let mut command = Command::new(peer().1);
    command.args(["-c", code]).stderr(Stdio::inherit());
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{code}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
#[ignore = "needs mapillary_tools"]
async fn a_profile_that_mapillary_tools_wrote_signs_waypost_in() {
    let mut world = World::start().await;
    let path = world.folder.path().join("configs").join(canary::PROFILES);
    let token = world.token_of("mapper").await;
    let status = tokio::process::Command::new(peer().0)
        .args([
            "authenticate",
            "--user_name",
            "from-the-tool",
            "--jwt",
            token.expose_secret(),
        ])
        .env(PROFILE_FILE_VARIABLE, &path)
        .env("MAPILLARY_GRAPH_API_ENDPOINT", &world.sandbox.info().graph)
        .env("MAPILLARY_CLIENT_TOKEN", &world.sandbox.info().client_token)
        .env("MAPILLARY_TOOLS_PROMPT_DISABLED", "YES")
        .env("MAPILLARY_DISABLE_API_LOGGING", "YES")
        .status()
        .await
        .unwrap();
    assert!(status.success());
    world.environment = world.environment.clone().with(PROFILE_FILE_VARIABLE, &path);
    let accounts = world.accounts();
    let listed = accounts.list().await.unwrap();
    assert_eq!((listed.len(), listed[0].profile.as_str()), (1, "from-the-tool"));
    assert_eq!(listed[0].username.as_deref(), Some("mapper"));
    assert_eq!(accounts.token(None).await.unwrap().username, "mapper");
}

#[tokio::test]
#[ignore = "needs mapillary_tools"]
async fn a_profile_that_waypost_wrote_is_known_to_mapillary_tools() {
    let mut world = World::start().await;
    let path = world.folder.path().join(canary::PROFILES);
    world.environment = world.environment.clone().with(PROFILE_FILE_VARIABLE, &path);
    let accounts = world.accounts();
    let sign_in = sign_in_as(&accounts, "mapper").await.unwrap();
    accounts
        .keep(&sign_in, Some("from-waypost"), KeepWhere::Keychain)
        .await
        .unwrap();
    let active = accounts.token(None).await.unwrap();
    let odd = FileProfile {
        profile: "odd".into(),
        token: "50% = a; b # c: %(x)s".into(),
        user_id: None,
        username: None,
    };
    ProfileFile::at(path.clone()).put(&odd).unwrap();
    let code = "import json; from mapillary_tools import config; print(json.dumps(config.list_all_users()))";
    let users = python(code, &[(PROFILE_FILE_VARIABLE, &path)]);
    let expected = json!({
        "from-waypost": {
            "user_upload_token": active.token.expose_secret(),
            "MAPSettingsUserKey": active.user_id,
            "MAPSettingsUsername": "mapper",
        },
        "odd": {"user_upload_token": odd.token.expose_secret()},
    });
    assert_eq!(users, expected);
}

/// Texts on which the two could disagree.
const TEXTS: [&str; 24] = [
    "",
    "[a]\nuser_upload_token = 1\n",
    "[a]\nuser_upload_token: 1\n",
    "[a]\nuser_upload_token=1=2:3\n",
    "[a]\n  user_upload_token = 1\n",
    "[a]\nuser_upload_token = 1\n  more\n\n  and more\n\n",
    "[a]\nuser_upload_token = 1\n# comment\n  after\n",
    "[a]\nuser_upload_token = 1 ; no comment # none\n",
    "[a]\nuser_upload_token = 50%%\n",
    "[a]\nUSER_UPLOAD_TOKEN = 1\n",
    "[DEFAULT]\nuser_upload_token = 9\n[a]\n[b]\nuser_upload_token = 2\n",
    "[a]b\nuser_upload_token = 1\n",
    "[a]]\nuser_upload_token = 1\n",
    "[a]\r\nuser_upload_token = 1\r\n",
    "; c\n\n[a b]\nuser_upload_token = \u{e4}\u{1F30D}\n",
    "[a]\nuser_upload_token =\nMAPSettingsUserKey = 3\n",
    "[a]\nuser_upload_token = 1\n\t[b]\n",
    "user_upload_token = 1\n",
    "[a]\nuser_upload_token\n",
    "[a]\nuser_upload_token = 1\nuser_upload_token = 2\n",
    "[a]\n[a]\n",
    "[a]\n= 1\n",
    "[]\n",
    "[a]\nuser_upload_token = 1\n   \n x = 2\n",
];

#[test]
#[ignore = "needs mapillary_tools"]
fn both_read_the_same_from_the_same_file() {
    let folder = Scratch::new("account-peer");
    let code = "
import json
from mapillary_tools import config
try:
    users = config.list_all_users()
    print(json.dumps({k: v['user_upload_token'] for k, v in users.items() if v.get('user_upload_token')}))
except Exception:
    print('null')
";
    for text in TEXTS {
        let path = folder.path().join(canary::PROFILES);
        std::fs::write(&path, text).unwrap();
        let theirs = python(code, &[(PROFILE_FILE_VARIABLE, &path)]);
        let ours = match ProfileFile::at(path).profiles() {
            Err(_) => Value::Null,
            Ok(profiles) => profiles
                .into_iter()
                .map(|profile| (profile.profile, Value::from(profile.token.expose_secret())))
                .collect::<serde_json::Map<_, _>>()
                .into(),
        };
        assert_eq!(ours, theirs, "{text:?}");
    }
}

const MD5: &str = "0123456789abcdef0123456789abcdef";

#[test]
#[ignore = "needs mapillary_tools"]
fn the_upload_history_is_shared_both_ways() {
    let folder = Scratch::new("account-peer");
    let history = PeerHistory::at(folder.path().to_path_buf());
    let variables = [(HISTORY_VARIABLE, folder.path())];
    let write = format!(
        "import time; from mapillary_tools import history; print(1); history.write_history('{MD5}', \
         {{'import_path': None, 'organization_key': None, 'user_key': '42', 'version': '0.14.7', 'run_at': 1.5}}, \
         {{'sequence_md5sum': '{MD5}', 'file_type': 'zip', 'sequence_idx': 0, 'total_sequence_count': 1, \
         'entity_size': 9, 'cluster_id': '77', 'upload_end_time': 2.5, 'upload_first_offset': 0}})"
    );
    assert_eq!(history.already_uploaded(MD5), None);
    python(&write, &variables);
    let theirs = history.already_uploaded(MD5).unwrap();
    assert_eq!(theirs.params.user_key.as_deref(), Some("42"));
    assert_eq!(theirs.summary.cluster_id.as_deref(), Some("77"));
    assert_eq!(theirs.summary.entity_size, Some(9));
    assert_eq!(theirs.summary.others["upload_first_offset"], 0);

    let other = MD5.replace('0', "f");
    let mut ours: Record = theirs;
    ours.summary.sequence_md5sum = Some(other.clone());
    history.write(&ours).unwrap();
    let read = format!(
        "import json; from mapillary_tools import history; print(json.dumps(history.read_history_record('{other}')))"
    );
    let read = python(&read, &variables);
    assert_eq!(read["summary"]["cluster_id"], "77");
    assert_eq!(read["params"]["import_path"], Value::Null);
    assert_eq!(serde_json::from_value::<Record>(read).unwrap(), ours);
}

#[test]
#[ignore = "needs mapillary_tools"]
fn both_look_in_the_same_folder_when_nothing_is_set() {
    let code = "import json; from mapillary_tools import constants; \
                print(json.dumps(constants.MAPILLARY_UPLOAD_HISTORY_PATH))";
    let theirs = python(code, &[]);
    let environment = Environment::from_process().without(HISTORY_VARIABLE);
    let ours = PeerHistory::of_mapillary_tools(&environment).unwrap();
    assert_eq!(theirs, ours.folder().to_str().unwrap());
}
