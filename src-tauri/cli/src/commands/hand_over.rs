//! `hand-over`: the record of an upload or a sequence, to standard output, into a folder, or to a webhook.

use waypost_core::error::CoreError;
use waypost_core::hand_over::{name_of, record_of, save_record, send_record};
use waypost_core::journal::Journal;
use waypost_wire::HandOverSubject;

use crate::arguments::HandOverCommand;
use crate::context::Context;
use crate::exit;
use crate::failure::Ending;

/// Runs it.
pub async fn run(context: &Context, command: &HandOverCommand) -> Ending {
    let subject = match (&command.sequence, command.upload_id) {
        (Some(key), _) => HandOverSubject::Sequence {
            sequence_key: key.clone(),
        },
        (None, upload_id) => HandOverSubject::Upload {
            upload_id: upload_id.unwrap_or_default(),
        },
    };
    let upload_id = command.upload_id.unwrap_or_default();
    let journal = Journal::open_read_only(&context.data_dir)?.ok_or(CoreError::NoSuchUpload { upload_id })?;
    let record = record_of(&journal, &subject)?;
    drop(journal);
    if let Some(folder) = &command.to {
        let path = save_record(&record, folder, &name_of(&subject))?;
        context.output.say(&format!("wrote {}", path.display()));
    }
    if let Some(address) = &command.webhook {
        let client = context.client(context.endpoints(false)?)?;
        let reply = send_record(&client, &record, address).await?;
        context.output.say(&format!(
            "{} took it: status {} {}",
            reply.host, reply.status, reply.beginning
        ));
    }
    let words = serde_json::to_string_pretty(&record).unwrap_or_default();
    if command.to.is_none() && command.webhook.is_none() {
        context.output.result(&record, &words);
    } else {
        context.output.result_if_json(&record);
    }
    Ok(exit::OK)
}
