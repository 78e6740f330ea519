//! `/`: what is loaded, since when, and what was refused, as a plain page for people.

use std::fmt::{self, Display, Write};
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};

use super::handbooks::written;
use super::state::{App, Loaded, Refused, Serving};

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .8rem .4rem 0;\
border-bottom:1px solid #8884}pre{overflow-x:auto;padding:1rem;background:#8881}\
.bad{border-left:4px solid #c33;padding-left:1rem}code{font-size:.9em}:root{color-scheme:light dark}";

/// The page.
pub(super) async fn page(State(app): State<Arc<App>>) -> Response {
    let text: String = written_page(&app.loaded());
    ([(CONTENT_SECURITY_POLICY, POLICY)], Html(text)).into_response()
}

fn written_page(loaded: &Loaded) -> String {
    let mut page = String::new();
    // Writing to a string does not fail.
    let _ = write_page(&mut page, loaded);
    page
}

fn write_page(page: &mut String, loaded: &Loaded) -> fmt::Result {
    write!(page, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Rulebook</title>")?;
    write!(page, "<meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head><body>")?;
    write!(page, "<h1>Rulebook</h1>\n<p>Set {} serves", loaded.generation)?;
    if let Some(since) = loaded.since {
        write!(page, " since <time>{}</time>", written(since))?;
    }
    writeln!(page, ". Version {}.</p>", env!("CARGO_PKG_VERSION"))?;
    if let Some(trouble) = &loaded.trouble {
        writeln!(
            page,
            "<p class=\"bad\">The last reload was refused, and everything goes on as it was: {}</p>",
            Escaped(trouble)
        )?;
    }
    writeln!(page, "<h2>Handbooks</h2>\n<table><tr><th>Handbook<th>Edition<th>Judges<th>Since<th>File<th>Digest</tr>")?;
    for serving in loaded.editions() {
        write_row(page, serving)?;
    }
    writeln!(page, "</table>")?;
    for refused in loaded.refused() {
        write_refused(page, loaded, refused)?;
    }
    write!(page, "<p>More: <a href=\"/v1/handbooks\">/v1/handbooks</a>, <a href=\"/v1/reloads\">/v1/reloads</a>, ")?;
    writeln!(page, "<a href=\"/readyz\">/readyz</a>, <a href=\"/metrics\">/metrics</a></p></body></html>")
}

fn write_row(page: &mut String, serving: &Serving) -> fmt::Result {
    let edition = &serving.edition;
    let (id, title, name) = (Escaped(edition.id()), Escaped(edition.title()), Escaped(edition.edition()));
    let (path, digest) = (serving.path.display(), edition.digest().get(..19).unwrap_or(edition.digest()));
    let stale: &str = if serving.is_stale() { " <strong>stale</strong>" } else { "" };
    write!(page, "<tr><td>{title}<br><code>{id}</code><td>{name}{stale}<td>from {}", edition.in_force())?;
    match edition.until() {
        Some(until) => write!(page, " to {until}")?,
        None => write!(page, " on")?,
    }
    write!(page, "<td><time>{}</time>", written(serving.since))?;
    write!(page, "<td><code>{}</code><br>", Escaped(path))?;
    match serving.warnings.len() + serving.date_warnings.len() {
        0 => {}
        1 => write!(page, "1 warning")?,
        several => write!(page, "{several} warnings")?,
    }
    writeln!(page, "<td><code>{}</code></tr>", Escaped(digest))
}

fn write_refused(page: &mut String, loaded: &Loaded, refused: &Arc<Refused>) -> fmt::Result {
    let serving = loaded.editions().find(|serving| serving.refused.iter().any(|one| Arc::ptr_eq(one, refused)));
    let path = Escaped(refused.path.display());
    write!(
        page,
        "<h2>Refused: <code>{path}</code></h2>\n<div class=\"bad\"><p>Since <time>{}</time>. ",
        written(refused.at)
    )?;
    match serving {
        Some(serving) => write!(page, "Edition {} goes on.</p>", Escaped(serving.edition.edition()))?,
        None => write!(page, "No edition from this file serves.</p>")?,
    }
    writeln!(page, "<pre>{}</pre></div>", Escaped(&refused.text))
}

/// Text as HTML shows it.
struct Escaped<T>(T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.to_string().chars() {
            match letter {
                '&' => formatter.write_str("&amp;")?,
                '<' => formatter.write_str("&lt;")?,
                '>' => formatter.write_str("&gt;")?,
                '"' => formatter.write_str("&quot;")?,
                '\'' => formatter.write_str("&#39;")?,
                other => formatter.write_char(other)?,
            }
        }
        Ok(())
    }
}
