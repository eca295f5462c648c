//! Who uploads: the account, checked before anything is read, and the organisation.

use std::sync::Arc;

use waypost_core::account::{Accounts, USER_TOKEN_VARIABLE};
use waypost_core::error::CoreError;
use waypost_core::upload::{NoTokens, TokenSource};
use waypost_mapillary::Client;

use crate::arguments::UploadArguments;
use crate::context::Context;
use crate::failure::Failure;
use crate::prompt;

/// Says that a dry run does not even ask whose token it is.
const UNCHECKED_VARIABLE: &str = "MAPILLARY_TOOLS__AUTH_VERIFICATION_DISABLED";

/// Somebody who may upload.
pub struct Uploader {
    /// Gives out the tokens.
    pub tokens: Arc<dyn TokenSource>,
    /// Mapillary's number of the user; empty in a dry run of nobody.
    pub user_id: String,
}

/// Who uploads: asked, if there are several and somebody can be asked.
pub async fn uploader(context: &Context, client: &Client, arguments: &UploadArguments) -> Result<Uploader, Failure> {
    let accounts = context.accounts(client.clone(), arguments.user_name.as_deref())?;
    if arguments.dry_run && context.is_on(UNCHECKED_VARIABLE) {
        let account = accounts.current().await?;
        return Ok(Uploader {
            tokens: Arc::new(NoTokens),
            user_id: account.and_then(|account| account.user_id).unwrap_or_default(),
        });
    }
    let accounts = match accounts.token(None).await {
        Err(CoreError::SeveralProfiles { names }) => {
            let Some(profile) = prompt::profile(context, &accounts.list().await?) else {
                return Err(CoreError::SeveralProfiles { names }.into());
            };
            context.accounts(client.clone(), Some(&profile))?
        }
        _ => accounts,
    };
    let active = match accounts.token(None).await {
        Err(CoreError::SignInExpired { .. }) if context.variable(USER_TOKEN_VARIABLE).is_some() => {
            let action = format!("{USER_TOKEN_VARIABLE} holds it: give a new one, or unset it and sign in.");
            return Err(Failure::with_action(&CoreError::TokenRefused, action));
        }
        other => other?,
    };
    context
        .output
        .detail(&format!("uploading as {} (user {})", active.username, active.user_id));
    if let Some(id) = &arguments.organization_key {
        organization(context, &accounts, &active.user_id, id).await?;
    }
    Ok(Uploader {
        tokens: Arc::new(accounts),
        user_id: active.user_id,
    })
}

async fn organization(context: &Context, accounts: &Accounts, user_id: &str, id: &str) -> Result<(), Failure> {
    let organization = accounts.organization(Some(user_id), id).await?;
    context.output.detail(&format!(
        "for the organisation {}",
        organization.name.as_deref().unwrap_or(id)
    ));
    Ok(())
}
