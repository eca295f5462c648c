//! Accounts and organizations: who a token belongs to, and the login with e-mail and password.

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::client::{Client, Token};
use crate::context::Context;
use crate::endpoints::join;
use crate::error::MapillaryError;
use crate::json as read;
use crate::number_id::check_number;
use crate::operation::Operation;
use crate::redact::Redactor;

/// The account a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Account {
    /// The account's number, as text.
    pub id: String,
    /// The name under which its images are published.
    pub username: String,
}

/// An organization that uploads can be made for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Organization {
    /// The organization's number, as text: what `finish_upload` takes.
    pub id: String,
    /// Its short name in links.
    pub slug: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// What it says about itself.
    pub description: Option<String>,
}

/// What a login with e-mail address and password gives.
#[derive(Clone, Debug)]
pub struct LoginReply {
    /// The access token.
    pub token: Token,
    /// The account's number, as text.
    pub user_id: String,
}

impl Client {
    /// Whose token this is (`GET /me`). Also the check that a token is still good.
    ///
    /// Returns [`MapillaryError::Unauthorized`] when it is not.
    pub async fn me(&self, token: &Token) -> Result<Account, MapillaryError> {
        let (context, reply) = self.read_fields(Operation::Me, "me", "id,username", token).await?;
        Ok(Account {
            id: read::text(reply.get("id")).ok_or_else(|| context.missing("id"))?,
            username: read::text(reply.get("username")).ok_or_else(|| context.missing("username"))?,
        })
    }

    /// The organization with number `id`, as far as this token may see it.
    ///
    /// Returns [`MapillaryError::InvalidInput`] unless `id` is a number, and
    /// [`MapillaryError::Status`] with [`crate::ServerError::is_missing_object`] when it does not
    /// exist or is not this account's to see.
    pub async fn organization(&self, token: &Token, id: &str) -> Result<Organization, MapillaryError> {
        check_number("organization id", id)?;
        let (context, reply) = self
            .read_fields(Operation::Organization, id, "slug,description,name", token)
            .await?;
        Ok(Organization {
            id: read::text(reply.get("id")).ok_or_else(|| context.missing("id"))?,
            slug: read::text(reply.get("slug")),
            name: read::text(reply.get("name")),
            description: read::text(reply.get("description")),
        })
    }

    /// The account with number `id`.
    ///
    /// Errors as [`Self::organization`].
    pub async fn user(&self, token: &Token, id: &str) -> Result<Account, MapillaryError> {
        check_number("account id", id)?;
        let (context, reply) = self.read_fields(Operation::User, id, "id,username", token).await?;
        Ok(Account {
            id: read::text(reply.get("id")).ok_or_else(|| context.missing("id"))?,
            username: read::text(reply.get("username")).ok_or_else(|| context.missing("username"))?,
        })
    }

    /// Signs in with e-mail address and password (`POST /login`), under the app's `client_token`.
    /// Only for scripts that used it with `mapillary_tools`; the window signs in by
    /// [`crate::oauth`].
    ///
    /// Returns [`MapillaryError::LoginRefused`] when the two do not match, and
    /// [`MapillaryError::Unauthorized`] when the client token is refused.
    pub async fn login(
        &self,
        client_token: &SecretString,
        email: &str,
        password: &SecretString,
    ) -> Result<LoginReply, MapillaryError> {
        let url = join(&self.endpoints().graph, &["login"])?;
        let redactor = Redactor::new(&[client_token, password]);
        let context = Context::new(Operation::Login, &url, redactor);
        let request = self.request(Method::POST, url, client_token)?.json(&json!({
            "email": email,
            "password": password.expose_secret(),
            "locale": "en_US",
        }));
        let reply = self.json(&context, request).await?;
        let token = read::text(reply.get("access_token")).ok_or_else(|| context.missing("access_token"))?;
        Ok(LoginReply {
            token: token.into(),
            user_id: read::text(reply.get("user_id")).ok_or_else(|| context.missing("user_id"))?,
        })
    }

    async fn read_fields(
        &self,
        operation: Operation,
        node: &str,
        fields: &str,
        token: &Token,
    ) -> Result<(Context, Value), MapillaryError> {
        let mut url = join(&self.endpoints().graph, &[node])?;
        url.query_pairs_mut().append_pair("fields", fields);
        let context = Context::new(operation, &url, Redactor::new(&[token]));
        let request = self.request(Method::GET, url, token)?;
        let reply = self.json(&context, request).await?;
        Ok((context, reply))
    }
}
