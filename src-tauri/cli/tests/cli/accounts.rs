//! `authenticate`, and whose token an upload uses. Tokens are kept in a profile file here; the keychain has a test of its
//! own.

use std::path::{Path, PathBuf};

use tokio::process::{Child, Command};
use waypost_sandbox::{Endpoint, Fault, SandboxConfig};

use crate::support::{World, ended, run, run_with_input, until};

/// The program with a profile file.
fn with_profiles(world: &World, arguments: &[&str]) -> Command {
    let mut command = world.signed_out(arguments);
    command.env("MAPILLARY_CONFIG_PATH", world.path("profiles"));
    command
}

fn profiles(world: &World) -> String {
    std::fs::read_to_string(world.path("profiles")).unwrap_or_default()
}

#[tokio::test]
async fn e_mail_and_password_sign_in_for_scripts_and_are_not_kept() {
    let world = World::start().await;
    world.photos("walk", 2);
    let arguments = [
        "authenticate",
        "--user_name",
        "walker",
        "--user_email",
        "ann@example.org",
        "--user_password",
        "secret",
    ];
    run(&mut with_profiles(&world, &arguments))
        .await
        .ends_with(0)
        .says(&["signed in as ann (profile walker)", "as MAPILLARY_CONFIG_PATH asks"]);
    let kept = profiles(&world);
    assert!(
        kept.contains("[walker]") && kept.contains("user_upload_token"),
        "{kept}"
    );
    assert!(!kept.contains("secret") && !kept.contains("example.org"));
    run(&mut with_profiles(&world, &["process_and_upload", "walk"]))
        .await
        .ends_with(0);
    assert_eq!(world.snapshot().clusters[0].account.username, "ann");
}

#[tokio::test]
async fn secrets_come_through_a_pipe_instead_of_the_process_list() {
    let world = World::start().await;
    let mut by_password = with_profiles(
        &world,
        &[
            "authenticate",
            "--user_name",
            "one",
            "--user_email",
            "ann@example.org",
            "--user_password",
            "-",
        ],
    );
    run_with_input(&mut by_password, b"secret\n").await.ends_with(0);
    let mut by_token = with_profiles(&world, &["authenticate", "--user_name", "two", "--jwt", "-"]);
    let said = run_with_input(&mut by_token, format!("{}\n", world.token).as_bytes())
        .await
        .ends_with(0);
    assert!(!said.stderr.contains(&world.token) && !said.stdout.contains(&world.token));
    let mut empty = with_profiles(&world, &["authenticate", "--jwt", "-"]);
    run(&mut empty)
        .await
        .ends_with(2)
        .says(&["--jwt", "standard input holds nothing"]);
    // Nothing to ask, nothing given.
    let mut nothing = with_profiles(&world, &["authenticate", "--user_email", "ann@example.org"]);
    run(&mut nothing)
        .await
        .ends_with(2)
        .says(&["--user_password", "nothing can be asked here"]);
}

#[tokio::test]
async fn what_the_service_does_not_let_in_has_mapillary_tools_exit_codes() {
    let world = World::start().await;
    let arguments = [
        "authenticate",
        "--user_email",
        "ann@example.org",
        "--user_password",
        "wrong",
    ];
    run(&mut with_profiles(&world, &arguments))
        .await
        .ends_with(16)
        .says(&["e-mail address or password was refused"]);
    run(&mut with_profiles(&world, &["authenticate", "--jwt", "not-a-token"]))
        .await
        .ends_with(14)
        .says(&["does not accept this token"]);
    run(&mut with_profiles(&world, &["authenticate", "--user_name", "1"]))
        .await
        .ends_with(2);
    let mut nowhere = with_profiles(&world, &["authenticate", "--jwt", "x"]);
    nowhere.env("MAPILLARY_GRAPH_API_ENDPOINT", "http://127.0.0.1:9/");
    run(&mut nowhere).await.ends_with(12);
    let mut no_client_token = with_profiles(&world, &arguments);
    no_client_token.env_remove("MAPILLARY_CLIENT_TOKEN");
    run(&mut no_client_token)
        .await
        .ends_with(2)
        .says(&["MAPILLARY_CLIENT_TOKEN"]);
    assert_eq!(profiles(&world), "");
}

#[tokio::test]
async fn among_several_profiles_one_has_to_be_named() {
    let world = World::start().await;
    world.photos("walk", 2);
    for (profile, user) in [("first", "ann"), ("second", "ben")] {
        let email = format!("{user}@example.org");
        let arguments = [
            "authenticate",
            "--user_name",
            profile,
            "--user_email",
            &email,
            "--user_password",
            "secret",
        ];
        run(&mut with_profiles(&world, &arguments)).await.ends_with(0);
    }
    let upload = ["process_and_upload", "walk"];
    run(&mut with_profiles(&world, &upload))
        .await
        .ends_with(2)
        .says(&["several profiles: first, second", "--user_name"]);
    let unknown = [&upload[..], &["--user_name", "third"]].concat();
    run(&mut with_profiles(&world, &unknown))
        .await
        .ends_with(2)
        .says(&["no profile called third"]);
    let named = [&upload[..], &["--user_name", "second"]].concat();
    run(&mut with_profiles(&world, &named)).await.ends_with(0);
    assert_eq!(world.snapshot().clusters[0].account.username, "ben");

    run(&mut with_profiles(
        &world,
        &["authenticate", "--user_name", "second", "--delete"],
    ))
    .await
    .ends_with(0)
    .says(&["signed out, profile second is forgotten"]);
    assert!(!profiles(&world).contains("second"));
    run(&mut with_profiles(
        &world,
        &["authenticate", "--user_name", "second", "--delete"],
    ))
    .await
    .ends_with(2);
}

#[tokio::test]
async fn on_a_terminal_several_profiles_are_asked_about_unless_that_is_switched_off() {
    let script = Path::new("/usr/bin/script");
    if !script.exists() {
        eprintln!("SKIPPED: there is no /usr/bin/script to make a terminal");
        return;
    }
    let world = World::start().await;
    world.photos("walk", 2);
    for (profile, user) in [("first", "ann"), ("second", "ben")] {
        let email = format!("{user}@example.org");
        let arguments = [
            "authenticate",
            "--user_name",
            profile,
            "--user_email",
            &email,
            "--user_password",
            "secret",
        ];
        run(&mut with_profiles(&world, &arguments)).await.ends_with(0);
    }
    let upload = format!("{} process_and_upload walk", env!("CARGO_BIN_EXE_waypost"));
    let on_terminal = || {
        let mut command = world.program(script, &["-qec", &upload, "/dev/null"]);
        command.env("MAPILLARY_CONFIG_PATH", world.path("profiles"));
        command
    };
    let mut silent = on_terminal();
    silent.env("MAPILLARY_TOOLS_PROMPT_DISABLED", "yes");
    run_with_input(&mut silent, b"2\n").await.ends_with(2);
    assert_eq!(world.clusters().len(), 0);
    // The terminal shows both streams on one.
    let said = run_with_input(&mut on_terminal(), b"2\n").await.ends_with(0);
    assert!(said.stdout.contains("upload as (number or name)"), "{said:#?}");
    assert_eq!(world.snapshot().clusters[0].account.username, "ben");
}

#[tokio::test]
async fn a_sign_in_that_ended_in_the_middle_goes_on_after_a_new_one() {
    let world = World::start().await;
    world.photos("walk", 3);
    let arguments = [
        "authenticate",
        "--user_name",
        "walker",
        "--user_email",
        "ann@example.org",
        "--user_password",
        "secret",
    ];
    run(&mut with_profiles(&world, &arguments)).await.ends_with(0);
    world
        .sandbox
        .faults()
        .push(Fault::answer(Endpoint::UploadOffset, 401, "{}"));
    run(&mut with_profiles(&world, &["process_and_upload", "walk"]))
        .await
        .ends_with(14)
        .says(&["needs a sign-in", "waypost authenticate"]);
    world.sandbox.revoke_tokens().unwrap();
    run(&mut with_profiles(&world, &["process_and_upload", "walk"]))
        .await
        .ends_with(14)
        .says(&["no longer accepts the sign-in of"]);
    run(&mut with_profiles(&world, &arguments)).await.ends_with(0);
    run(&mut with_profiles(&world, &["process_and_upload", "walk"]))
        .await
        .ends_with(0)
        .says(&["goes on as upload 1"]);
    assert_eq!(world.clusters().len(), 1);
}

/// A fake `xdg-open` that notes the address; the test plays the person.
fn fake_browser(world: &World) -> (String, PathBuf) {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, note) = (world.path("browser"), world.path("address"));
    std::fs::create_dir_all(&folder).unwrap();
    let script = folder.join("xdg-open");
    let text = format!(
        "#!/bin/sh\nprintf '%s' \"$1\" > '{0}.new' && mv '{0}.new' '{0}'\n",
        note.display()
    );
    std::fs::write(&script, text).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let rest = std::env::var("PATH").unwrap_or_default();
    (format!("{}:{rest}", folder.display()), note)
}

async fn browser_sign_in(world: &World, decision: &str) -> (Child, String) {
    let info = world.sandbox.info();
    let (path, note) = fake_browser(world);
    let mut command = with_profiles(world, &["authenticate"]);
    command
        .env("PATH", path)
        .env("MAPILLARY_APP_ID", &info.client_id)
        .env("MAPILLARY_SECRET", &info.client_secret)
        .env("MAPILLARY_REDIRECT_URI", &info.redirect_uri);
    let child = command.spawn().unwrap();
    until("the browser", || Path::new(&note).exists()).await;
    let address = std::fs::read_to_string(&note).unwrap();
    let mut address = url::Url::parse(&address).unwrap();
    address
        .query_pairs_mut()
        .append_pair("decision", decision)
        .append_pair("account", "cleo");
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = client.get(address).send().await.unwrap().text().await.unwrap();
    (child, page)
}

#[tokio::test]
async fn the_browser_signs_in_and_deny_is_an_answer() {
    let world = World::start_with(SandboxConfig {
        stage_ms: 0,
        ..SandboxConfig::default()
    })
    .await;
    world.photos("walk", 2);
    let (child, page) = browser_sign_in(&world, "deny").await;
    ended(child).await.ends_with(14).says(&["the sign-in was denied"]);
    assert!(page.contains("Waypost"), "{page}");
    std::fs::remove_file(world.path("address")).unwrap();

    let (child, _) = browser_sign_in(&world, "allow").await;
    ended(child)
        .await
        .ends_with(0)
        .says(&["the browser shows Mapillary's sign-in page", "signed in as cleo"]);
    run(&mut with_profiles(&world, &["process_and_upload", "walk"]))
        .await
        .ends_with(0);
    assert_eq!(world.snapshot().clusters[0].account.username, "cleo");
}

#[tokio::test]
async fn without_an_app_the_way_to_one_is_told() {
    let world = World::start().await;
    run(&mut with_profiles(&world, &["authenticate"]))
        .await
        .ends_with(2)
        .says(&[
            "no Mapillary app id is set",
            "mapillary.com/dashboard/developers",
            "waypost practice",
        ]);
}
