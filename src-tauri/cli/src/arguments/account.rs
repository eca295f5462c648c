//! Signing in and out.

use clap::Args;

/// Options of `authenticate`. Without any it opens the browser.
#[derive(Debug, Default, Args)]
pub struct AuthenticateArguments {
    /// Name of the profile [default: the Mapillary user name].
    #[arg(long = "user_name", value_name = "PROFILE")]
    pub user_name: Option<String>,
    /// Sign in with e-mail and password instead of the browser; for scripts. Neither is stored.
    #[arg(long = "user_email", value_name = "ADDRESS")]
    pub user_email: Option<String>,
    /// The password; asked for when left out or `-`. Other users of this computer can see it while the command runs.
    #[arg(
        long = "user_password",
        value_name = "PASSWORD",
        requires = "user_email",
        allow_hyphen_values = true
    )]
    pub user_password: Option<String>,
    /// Take this user token instead of the browser; `-` asks for it, or reads it from standard input.
    #[arg(
        long,
        value_name = "TOKEN",
        conflicts_with = "user_email",
        allow_hyphen_values = true
    )]
    pub jwt: Option<String>,
    /// Sign out and forget the profile.
    #[arg(long, conflicts_with_all = ["user_email", "jwt"])]
    pub delete: bool,
}
