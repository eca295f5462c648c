//! `authenticate`: sign in through the browser, with a token, or with e-mail and password; sign out.

use std::sync::Arc;

use secrecy::SecretString;
use serde::Serialize;
use waypost_core::account::{
    Account, Accounts, KeepWhere, NewSignIn, PROFILE_FILE_VARIABLE, SignInOptions, SignInWait, SystemBrowser,
    USER_TOKEN_VARIABLE, UploadVerdict, check_profile_name,
};
use waypost_core::error::CoreError;
use waypost_mapillary::MapillaryError;

use crate::arguments::AuthenticateArguments;
use crate::context::Context;
use crate::exit;
use crate::failure::{Ending, Failure};
use crate::prompt;
use crate::stop::Stop;

/// Stands for "ask me" in the place of a secret.
const ASK: &str = "-";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedIn {
    profile: String,
    user_id: Option<String>,
    username: Option<String>,
    may_upload: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedOut {
    signed_out: String,
}

/// Runs it.
pub async fn run(context: &Context, arguments: &AuthenticateArguments, stop: &Stop) -> Ending {
    if let Some(name) = &arguments.user_name
        && !arguments.delete
    {
        check_profile_name(name)?;
    }
    context.create_data_dir()?;
    let client = context.client(context.endpoints(false)?)?;
    let accounts = context.accounts(client, arguments.user_name.as_deref())?;
    if arguments.delete {
        return delete(context, &accounts, arguments.user_name.as_deref()).await;
    }
    let sign_in = sign_in(context, &accounts, arguments, stop).await?;
    let account = accounts
        .keep(&sign_in, arguments.user_name.as_deref(), KeepWhere::Keychain)
        .await?;
    if let Some(path) = context.environment.path(PROFILE_FILE_VARIABLE) {
        context.output.say(&format!(
            "the token is kept in {}, as {PROFILE_FILE_VARIABLE} asks",
            path.display()
        ));
    }
    say_who(context, &account);
    say_verdict(context, sign_in.verdict());
    if context.variable(USER_TOKEN_VARIABLE).is_some() {
        context.output.say(&format!(
            "{USER_TOKEN_VARIABLE} is set and comes first: uploads use that token, not this sign-in"
        ));
    }
    context.output.result_if_json(&SignedIn {
        profile: account.profile,
        user_id: account.user_id,
        username: account.username,
        may_upload: account.may_upload,
    });
    Ok(exit::OK)
}

fn say_who(context: &Context, account: &Account) {
    let name = account.username.as_deref().unwrap_or(&account.profile);
    context
        .output
        .say(&format!("signed in as {name} (profile {})", account.profile));
}

fn say_verdict(context: &Context, verdict: &UploadVerdict) {
    match verdict {
        UploadVerdict::Allowed => {}
        UploadVerdict::Refused { reason } => {
            let reason = reason
                .as_deref()
                .map_or_else(String::new, |reason| format!(": {reason}"));
            context.output.say(&format!("this sign-in may not upload{reason}"));
            context
                .output
                .say("  → allow uploading when you sign in, or use --jwt - with a token that may upload");
        }
        UploadVerdict::Unknown { reason } => {
            context
                .output
                .say(&format!("whether it may upload is not known: {reason}"));
        }
    }
}

async fn sign_in(
    context: &Context,
    accounts: &Accounts,
    arguments: &AuthenticateArguments,
    stop: &Stop,
) -> Result<NewSignIn, Failure> {
    let options = SignInOptions::default();
    if let Some(token) = &arguments.jwt {
        let token = if token == ASK {
            prompt::secret(context, "--jwt", "Token: ", true)?
        } else {
            SecretString::from(token.trim())
        };
        return Ok(accounts.sign_in_with_token(token, &options).await?);
    }
    if let Some(email) = &arguments.user_email {
        return with_password(context, accounts, email.trim(), arguments, &options).await;
    }
    let output = context.output;
    let on_wait = move |wait: SignInWait| match wait.browser_failure {
        None => output.say("the browser shows Mapillary's sign-in page; waiting for you there (Ctrl-C stops)"),
        Some(reason) => {
            output.say(&format!(
                "the browser did not open ({reason}); open this address on this computer:"
            ));
            output.say(wait.address.as_str());
        }
    };
    let cancel = stop.clone();
    let cancelled = async move { cancel.wanted().await };
    Ok(accounts
        .sign_in(Arc::new(SystemBrowser), &options, on_wait, cancelled)
        .await?)
}

async fn with_password(
    context: &Context,
    accounts: &Accounts,
    email: &str,
    arguments: &AuthenticateArguments,
    options: &SignInOptions,
) -> Result<NewSignIn, Failure> {
    let client_token = context.client_token()?;
    let given = arguments.user_password.as_deref().filter(|password| *password != ASK);
    let from_pipe = arguments.user_password.is_some();
    let ask = || prompt::secret(context, "--user_password", "Password: ", from_pipe);
    let mut password = match given {
        Some(password) => SecretString::from(password),
        None => ask()?,
    };
    loop {
        let result = accounts
            .sign_in_with_password(&client_token, email, &password, options)
            .await;
        match result {
            Err(CoreError::Service(
                error @ MapillaryError::LoginRefused {
                    may_ask_again: true, ..
                },
            )) if given.is_none() && prompt::may_ask(context) => {
                context.output.say(&error.to_string());
                password = ask()?;
            }
            other => return Ok(other?),
        }
    }
}

async fn delete(context: &Context, accounts: &Accounts, named: Option<&str>) -> Ending {
    let profile = match named {
        Some(name) => name.to_owned(),
        None => accounts.current().await?.ok_or(CoreError::NotSignedIn)?.profile,
    };
    accounts.sign_out(&profile).await?;
    context
        .output
        .say(&format!("signed out, profile {profile} is forgotten"));
    context.output.result_if_json(&SignedOut { signed_out: profile });
    Ok(exit::OK)
}
