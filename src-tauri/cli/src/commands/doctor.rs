//! `doctor`: examines this computer, and with `--live` how Mapillary behaves. The report can be shown to anybody.

use std::sync::Arc;

use waypost_core::doctor::{ComputerSetup, Finding, LiveSetup, Verdict, ask_live, examine_computer};
use waypost_core::upload::{TokenSource as _, records_of};

use crate::arguments::DoctorCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::Ending;

/// Runs it.
pub async fn run(context: &Context, command: &DoctorCommand) -> Ending {
    context.create_data_dir()?;
    let client = context.client(context.endpoints(false)?)?;
    let accounts = context.accounts(client.clone(), None);
    let app = accounts.as_ref().ok().and_then(waypost_core::account::Accounts::app);
    let mut findings = examine_computer(ComputerSetup {
        data_dir: &context.data_dir,
        keychain: Arc::clone(&context.keychain),
        client: &client,
        clock: Arc::clone(&context.clock),
        has_app: Ok(app.is_some()),
    })
    .await;
    if command.live {
        let token = accounts?.token(None).await?;
        let uploads = records_of(&context.data_dir)?;
        findings.extend(
            ask_live(LiveSetup {
                client: &client,
                token: &token,
                redirect_host: app.and_then(|app| app.redirect_uri.host_str().map(str::to_owned)),
                uploads: &uploads,
            })
            .await,
        );
    }
    for finding in &findings {
        say(context, finding);
    }
    context.output.result_if_json(&findings);
    let has_failed = findings.iter().any(|finding| finding.verdict == Verdict::Failed);
    Ok(if has_failed { exit::OTHER } else { exit::OK })
}

fn say(context: &Context, finding: &Finding) {
    let mark = match finding.verdict {
        Verdict::Fine => "ok",
        Verdict::Attention => "look",
        Verdict::Failed => "FAILED",
        Verdict::NotAsked => "not asked",
    };
    context
        .output
        .say(&format!("{mark:9} {} {}", finding.question, finding.answer));
}
