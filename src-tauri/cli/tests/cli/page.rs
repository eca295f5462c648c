//! docs/command-line.md is true: its examples run, in their order, and it knows every command and option.

use std::path::Path;

use crate::support::{World, run};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/command-line.md");
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn the_examples_of_the_page_work() {
    let world = World::start().await;
    world.photos("DCIM/100GOPRO", 3);
    world.photos("DCIM/101GOPRO", 2);
    let program = Path::new(env!("CARGO_BIN_EXE_waypost")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let page = page();
    let blocks: Vec<&str> = page
        .split("```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 9, "{blocks:#?}");
    for block in blocks {
        let mut shell = world.program(Path::new("/bin/sh"), &["-e", "-c", block]);
        shell.env("PATH", &path).env("WAYPOST_USER_TOKEN", &world.token);
        let said = run(&mut shell).await;
        assert_eq!(said.code, Some(0), "{block}\n{said:#?}");
    }
    assert_eq!(world.snapshot().violations, Vec::<String>::new());
}

#[tokio::test]
async fn every_command_stands_on_the_page() {
    let world = World::start().await;
    let help = run(&mut world.signed_out(&["--help"])).await.stdout;
    let commands: Vec<&str> = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .lines()
        .take_while(|line| !line.trim().is_empty())
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(commands.len() >= 9, "{commands:?}");
    let page = page();
    for command in commands {
        assert!(
            page.contains(&format!("| `waypost {command}")),
            "{command} is not in the table"
        );
    }
}
