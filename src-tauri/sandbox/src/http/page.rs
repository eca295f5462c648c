//! Small pages for people. Each says at its top that this is practice, so that nobody takes it for
//! the real service.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0 auto;max-width:44rem;padding:0 1rem 2rem}\
.practice{background:#7a4b00;color:#fff;margin:0 -1rem 1.5rem;padding:.6rem 1rem}\
h1{font-size:1.4rem;margin:.5rem 0}\
button{font:inherit;padding:.5rem 1.4rem;margin-right:.8rem;border-radius:.4rem;border:1px solid #777;cursor:pointer}\
button.allow{background:#0a6b3d;border-color:#0a6b3d;color:#fff}\
input{font:inherit;padding:.3rem .5rem}\
img{max-width:100%;height:auto;border-radius:.3rem}\
dt{font-weight:600}dd{margin:0 0 .4rem}code{overflow-wrap:anywhere}";

/// A page with `title` and the HTML `body`, which must be escaped already.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title} – practice</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n\
         <p class=\"practice\" role=\"note\"><strong>Practice.</strong> This is not Mapillary. \
         Everything stays on this computer.</p>\n<main>\n<h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; \
                  frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (status, headers, Html(html)).into_response()
}

/// `text` as it can stand in HTML, also inside quotes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
