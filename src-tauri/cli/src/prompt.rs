//! Asking on the terminal, where somebody sits in front of it and has not said otherwise.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use secrecy::SecretString;
use waypost_core::account::Account;

use crate::context::Context;
use crate::failure::Failure;

/// Says that nothing is to be asked.
const DISABLED_VARIABLE: &str = "MAPILLARY_TOOLS_PROMPT_DISABLED";

/// Whether something may be asked.
pub fn may_ask(context: &Context) -> bool {
    !context.is_on(DISABLED_VARIABLE) && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// A secret that must not stand on the command line: typed unseen, or the first line of a pipe when `from_pipe` allows.
pub fn secret(context: &Context, option: &str, question: &str, from_pipe: bool) -> Result<SecretString, Failure> {
    let missing = |reason: &str| Failure::refused(option, reason, "Give it as the option's value, or `-` and a pipe.");
    if may_ask(context) {
        return rpassword::prompt_password(question)
            .map(|text| SecretString::from(text.trim()))
            .map_err(|error| missing(&error.to_string()));
    }
    if !from_pipe {
        return Err(missing("it is needed, and nothing can be asked here"));
    }
    let mut line = String::new();
    match std::io::stdin().lock().read_line(&mut line) {
        Ok(count) if count > 0 && !line.trim().is_empty() => Ok(SecretString::from(line.trim())),
        Ok(_) => Err(missing("standard input holds nothing")),
        Err(error) => Err(missing(&error.to_string())),
    }
}

/// Which of several profiles is meant; `None` when nobody can be asked or nothing was chosen.
pub fn profile(context: &Context, accounts: &[Account]) -> Option<String> {
    if !may_ask(context) {
        return None;
    }
    let mut names: Vec<&str> = accounts.iter().map(|account| account.profile.as_str()).collect();
    names.dedup();
    context.output.say("several profiles:");
    for (number, name) in names.iter().enumerate() {
        let account = accounts.iter().find(|account| account.profile == *name)?;
        context.output.say(&format!(
            "{:>4}. {name} ({})",
            number + 1,
            account.username.as_deref().unwrap_or("user not known yet")
        ));
    }
    let mut error_stream = std::io::stderr();
    let _ = write!(error_stream, "upload as (number or name): ").and_then(|()| error_stream.flush());
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).ok()?;
    let answer = line.trim();
    answer
        .parse::<usize>()
        .ok()
        .and_then(|number| names.get(number.checked_sub(1)?))
        .or_else(|| names.iter().find(|name| **name == answer))
        .map(|name| (*name).to_owned())
}
