//! The pages the listener shows in the browser. They are constants: nothing that came with a
//! request is ever written into one.

/// One page with its status line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    status: &'static str,
    title: &'static str,
    text: &'static str,
}

/// The code has arrived; whether it becomes a token is told in the app.
pub(super) const RECEIVED: Page = Page {
    status: "200 OK",
    title: "Almost done",
    text: "Mapillary's answer has reached Waypost, which now completes the sign-in. You can close this page and go back to Waypost.",
};

/// The service answered with an error, such as the person's no.
pub(super) const NOT_SIGNED_IN: Page = Page {
    status: "200 OK",
    title: "Not signed in",
    text: "Nothing has changed. You can close this page; Waypost tells what happened and how to try again.",
};

/// The answer belongs to another sign-in.
pub(super) const WRONG_STATE: Page = Page {
    status: "400 Bad Request",
    title: "This answer was not asked for",
    text: "It does not belong to the sign-in that is open in Waypost, perhaps because it comes from an older page. Please use the page that Waypost opened last.",
};

/// Anything that cannot be understood.
pub(super) const MALFORMED: Page = Page {
    status: "400 Bad Request",
    title: "This request cannot be understood",
    text: "Waypost waits here for the answer to a sign-in.",
};

/// Any other path.
pub(super) const NOT_FOUND: Page = Page {
    status: "404 Not Found",
    title: "There is nothing here",
    text: "Waypost waits here for the answer to a sign-in.",
};

/// Any method but GET.
pub(super) const WRONG_METHOD: Page = Page {
    status: "405 Method Not Allowed",
    title: "This request is not allowed",
    text: "Waypost waits here for the answer to a sign-in.",
};

/// A host name that is not this computer's own.
pub(super) const WRONG_HOST: Page = Page {
    status: "421 Misdirected Request",
    title: "This request is not meant for Waypost",
    text: "Waypost answers under localhost, 127.0.0.1 and [::1] only.",
};

/// A request longer than any browser's.
pub(super) const TOO_LARGE: Page = Page {
    status: "431 Request Header Fields Too Large",
    title: "This request is too long",
    text: "Waypost waits here for the answer to a sign-in.",
};

/// Light and dark by the system's choice; no script, no picture, no font from elsewhere.
const STYLE: &str = "\
:root{color-scheme:light dark}\
body{margin:0;min-height:100vh;display:grid;place-items:center;\
font:1.05rem/1.6 system-ui,sans-serif;background:#f4f6f5;color:#17211d}\
main{max-width:30rem;margin:1.5rem;padding:2rem 2.25rem;border-radius:1rem;\
background:#fff;border-top:.35rem solid #0b7a55;box-shadow:0 .5rem 2rem #0b2a1f1f}\
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}p{margin:0}\
footer{margin-top:1.5rem;font-size:.85rem;color:#5a6862}\
@media(prefers-color-scheme:dark){body{background:#101613;color:#e7eeea}\
main{background:#19211d;border-top-color:#3fc295;box-shadow:none}footer{color:#9bada4}}";

impl Page {
    /// The whole HTTP response.
    pub(super) fn response(self) -> Vec<u8> {
        let Self { status, title, text } = self;
        let body = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
<title>{title} – Waypost</title><style>{STYLE}</style></head>\
<body><main><h1>{title}</h1><p>{text}</p>\
<footer>Waypost. Not affiliated with Mapillary, Meta or GoPro.</footer></main></body></html>\n"
        );
        format!(
            "HTTP/1.1 {status}\r\n\
Content-Type: text/html; charset=utf-8\r\n\
Content-Length: {}\r\n\
Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\
Cache-Control: no-store\r\n\
Referrer-Policy: no-referrer\r\n\
X-Content-Type-Options: nosniff\r\n\
Connection: close\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}
