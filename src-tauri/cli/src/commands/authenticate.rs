//! `authenticate`: sign in through the browser, with a token, or with e-mail and password; sign out.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;
use waypost_core::account::{
    Account, Accounts, KeepWhere, NewSignIn, PROFILE_FILE_VARIABLE, SignInOptions, SystemBrowser,
    UploadVerdict,
};
use waypost_core::error::CoreError;

use crate::arguments::AuthenticateArguments;
use crate::context::Context;
use crate::exit;
use crate::stop::Stop;

#[derive(Serialize)]
struct Answer {
    profile: String,
    user_id: Option<String>,
    username: Option<String>,
    may_upload: Option<bool>,
}

/// Runs it.
pub async fn run(
    context: &Context,
    arguments: &AuthenticateArguments,
    stop: &Stop,
) -> Result<u8, CoreError> {
    context.create_data_dir()?;
    let client = context.client(context.endpoints(false)?)?;
    let accounts = context.accounts(client, arguments.user_name.as_deref())?;
    if arguments.delete {
        return delete(context, &accounts, arguments.user_name.as_deref()).await;
    }
    let sign_in = sign_in(context, &accounts, arguments, stop).await?;
    let account = accounts
        .keep(
            &sign_in,
            arguments.user_name.as_deref(),
            KeepWhere::Keychain,
        )
        .await?;
    if let Some(path) = context.environment.path(PROFILE_FILE_VARIABLE) {
        context.output.say(&format!(
            "the token is kept in {}, as {PROFILE_FILE_VARIABLE} asks",
            path.display()
        ));
    }
    let name = account
        .username
        .clone()
        .unwrap_or_else(|| account.profile.clone());
    context.output.say(&format!(
        "signed in as {name} (profile {})",
        account.profile
    ));
    match sign_in.verdict() {
        UploadVerdict::Allowed => {}
        UploadVerdict::Refused { reason } => {
            let reason = reason
                .as_deref()
                .map_or_else(String::new, |reason| format!(": {reason}"));
            context
                .output
                .say(&format!("this sign-in may not upload{reason}"));
            context.output.say(
                "  → allow uploading when you sign in, or use --jwt with a token that may upload",
            );
        }
        UploadVerdict::Unknown { reason } => {
            context
                .output
                .say(&format!("whether it may upload is not known: {reason}"));
        }
    }
    context.output.result_if_json(&answer(account));
    Ok(exit::OK)
}

fn answer(account: Account) -> Answer {
    Answer {
        profile: account.profile,
        user_id: account.user_id,
        username: account.username,
        may_upload: account.may_upload,
    }
}

async fn sign_in(
    context: &Context,
    accounts: &Accounts,
    arguments: &AuthenticateArguments,
    stop: &Stop,
) -> Result<NewSignIn, CoreError> {
    let options = SignInOptions::default();
    if let Some(token) = &arguments.jwt {
        return accounts
            .sign_in_with_token(SecretString::from(token.trim().to_owned()), &options)
            .await;
    }
    if let Some(email) = &arguments.user_email {
        let password = match &arguments.user_password {
            Some(password) => SecretString::from(password.clone()),
            None => ask_password(context)?,
        };
        return accounts
            .sign_in_with_password(&context.client_token()?, email, &password, &options)
            .await;
    }
    let output = context.output;
    let on_wait = move |wait: waypost_core::account::SignInWait| match wait.browser_failure {
        None => output.say(
            "the browser shows Mapillary's sign-in page; waiting for you there (Ctrl-C stops)",
        ),
        Some(reason) => {
            output.say(&format!(
                "the browser did not open ({reason}); open this address:"
            ));
            output.say(wait.address.as_str());
        }
    };
    let cancel = stop.clone();
    let cancelled = async move { cancel.wanted().await };
    accounts
        .sign_in(Arc::new(SystemBrowser), &options, on_wait, cancelled)
        .await
}

fn ask_password(context: &Context) -> Result<SecretString, CoreError> {
    let missing = |reason: String| CoreError::InvalidSetting {
        name: "--user_password".into(),
        reason,
    };
    if context
        .variable("MAPILLARY_TOOLS_PROMPT_DISABLED")
        .is_some()
    {
        return Err(missing("it is needed where nothing may be asked".into()));
    }
    rpassword::prompt_password("Password: ")
        .map(SecretString::from)
        .map_err(|error| missing(error.to_string()))
}

async fn delete(
    context: &Context,
    accounts: &Accounts,
    named: Option<&str>,
) -> Result<u8, CoreError> {
    let profile = match named {
        Some(name) => name.to_owned(),
        None => {
            accounts
                .current()
                .await?
                .ok_or(CoreError::NotSignedIn)?
                .profile
        }
    };
    accounts.sign_out(&profile).await?;
    context
        .output
        .say(&format!("signed out, profile {profile} is forgotten"));
    Ok(exit::OK)
}
