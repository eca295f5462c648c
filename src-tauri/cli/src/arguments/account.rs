//! Signing in and out.

use clap::Args;

/// Options of `authenticate`. Without any it opens the browser.
#[derive(Debug, Default, Args)]
pub struct AuthenticateArguments {
    /// Name of the profile [default: the Mapillary user name].
    #[arg(long = "user_name")]
    pub user_name: Option<String>,
    /// Sign in with e-mail and password instead of the browser; for scripts, never stored.
    #[arg(long = "user_email")]
    pub user_email: Option<String>,
    /// The password; asked for when left out.
    #[arg(long = "user_password", requires = "user_email")]
    pub user_password: Option<String>,
    /// Take this user token instead of the browser.
    #[arg(long)]
    pub jwt: Option<String>,
    /// Sign out and forget the profile.
    #[arg(long)]
    pub delete: bool,
}
