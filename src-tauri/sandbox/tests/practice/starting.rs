//! Starting and stopping: what is said when it does not work, and the line for other programs.

use std::path::Path;

use waypost_sandbox::{Sandbox, SandboxConfig, SandboxError, SandboxInfo, serve_until};

use crate::support::{Practice, http};

async fn refused(config: SandboxConfig) -> SandboxError {
    match Sandbox::start(config).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

fn in_folder(folder: &Path) -> SandboxConfig {
    SandboxConfig {
        data_dir: folder.to_path_buf(),
        ..SandboxConfig::default()
    }
}

#[tokio::test]
async fn two_services_cannot_work_in_one_folder() {
    let folder = tempfile::tempdir().unwrap();
    let practice = Practice::in_folder(folder.path()).await;
    let error = refused(in_folder(folder.path())).await;
    assert_eq!(error.code(), "sandbox_data_folder_in_use");
    practice.sandbox.stop().await;
    Sandbox::start(in_folder(folder.path())).await.unwrap();
}

#[tokio::test]
async fn a_taken_port_is_said() {
    let practice = Practice::start().await;
    let graph = url::Url::parse(&practice.sandbox.info().graph).unwrap();
    let port = graph.port().unwrap();
    let error = refused(SandboxConfig {
        port,
        ..SandboxConfig::default()
    })
    .await;
    assert_eq!(error.code(), "sandbox_listen");
    assert!(error.to_string().contains(&port.to_string()));
}

#[tokio::test]
async fn a_file_in_the_place_of_the_folder_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = refused(in_folder(&file)).await;
    assert_eq!(error.code(), "sandbox_data_folder");
    assert!(error.to_string().contains("file"));
}

#[tokio::test]
async fn a_damaged_state_is_said_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("identity.json"), "{").unwrap();
    let error = refused(in_folder(folder.path())).await;
    assert_eq!(error.code(), "sandbox_damaged_state");
    assert!(error.to_string().contains("identity.json"));
}

#[tokio::test]
async fn a_redirect_uri_that_is_no_url_is_said() {
    let error = refused(SandboxConfig {
        redirect_uri: Some("app.example//app".to_owned()),
        ..SandboxConfig::default()
    })
    .await;
    assert_eq!(error.code(), "sandbox_redirect_uri");
    assert!(error.to_string().contains("app.example//app"));
}

#[tokio::test]
async fn serving_says_where_it_listens_and_ends_when_it_should() {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (ready, is_ready) = tokio::sync::oneshot::channel::<String>();
    let say = |info: &SandboxInfo| {
        ready.send(serde_json::to_string(info).unwrap()).unwrap();
    };
    let serving = tokio::spawn(serve_until(SandboxConfig::default(), say, stopped));
    let line = is_ready.await.unwrap();
    let fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&line).unwrap();
    let mut names: Vec<&str> = fields.keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "authorize",
        "client_id",
        "client_secret",
        "client_token",
        "graph",
        "redirect_uri",
        "streets",
        "tiles",
        "upload",
    ];
    assert_eq!(names, expected);
    assert!(fields.values().all(serde_json::Value::is_string));
    let root = fields["graph"].as_str().unwrap().replace("/graph", "/");
    let http = http();
    assert_eq!(http.get(&root).send().await.unwrap().status(), 200);
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    assert!(http.get(&root).send().await.is_err());
}
