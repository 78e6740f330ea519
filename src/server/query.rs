//! The part of an address after the `?`, and the names in its path.
//!
//! A parameter that nobody knows, one given twice, and a value that cannot be read are problems that name the known
//! ones, never a silent nothing.

use std::borrow::Cow;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::{BAD_PATH, BAD_QUERY, Problem, listed};
use crate::calendar::{Instant, Zone};

/// The parameters of a request, all of them known to the path and given once.
#[derive(Default)]
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn read(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        // Nearly every request has none.
        if uri.query().is_none_or(str::is_empty) {
            return Ok(Parameters::default());
        }
        let Query(pairs): Query<Vec<(String, String)>> =
            Query::try_from_uri(uri).map_err(|error| Problem::new(&BAD_QUERY, error.body_text()))?;
        for (index, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let detail = match known {
                    [] => format!("unknown query parameter `{name}`; this path takes none"),
                    _ => format!("unknown query parameter `{name}`; this path takes {}", listed(known)),
                };
                return Err(Problem::new(&BAD_QUERY, detail).known(name, known.iter().copied()));
            }
            if pairs[..index].iter().any(|(before, _)| before == name) {
                return Err(Problem::new(&BAD_QUERY, format!("query parameter `{name}` is given twice")));
            }
        }
        Ok(Parameters(pairs))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        match self.get(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                Err(Problem::new(&BAD_QUERY, format!("query parameter `{name}` is `true` or `false`, not `{other}`")))
            }
        }
    }

    /// An instant; one without offset is read in `zone`.
    pub(super) fn instant(&self, name: &str, zone: Zone) -> Result<Option<Instant>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let failed: String = match zone.read(text) {
            Ok(at) => return Ok(Some(at)),
            Err(why) => why,
        };
        // A `+` that was not escaped has arrived as a space.
        let mended: Cow<str> = match text.rsplit_once(' ') {
            Some((before, offset)) => Cow::Owned(format!("{before}+{offset}")),
            None => Cow::Borrowed(text),
        };
        match zone.read(&mended) {
            Ok(at) => Ok(Some(at)),
            Err(_) => Err(Problem::new(&BAD_QUERY, format!("query parameter `{name}` is `{text}`: {failed}"))),
        }
    }
}

/// Says that a path takes no parameters.
pub(super) struct NoQuery;

impl<S: Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Parameters::read(&parts.uri, &[]).map(|_| NoQuery)
    }
}

/// The names in the path.
pub(super) struct Named<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(names)) => Ok(Named(names)),
            Err(error) => Err(Problem::new(&BAD_PATH, error.body_text())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(query: &str) -> Option<i64> {
        let uri: Uri = format!("/?{query}").parse().unwrap();
        let parameters = Parameters::read(&uri, &["as_of"]).unwrap();
        parameters.instant("as_of", Zone::parse("Asia/Shanghai").unwrap()).unwrap().map(|at| at.0)
    }

    #[test]
    fn an_instant_may_come_with_its_plus_unescaped_or_without_offset() {
        let expected = Zone::UTC.read("2025-03-03T02:00:00Z").unwrap().0;
        for text in ["2025-03-03T10:00:00%2B08:00", "2025-03-03T10:00:00+08:00", "2025-03-03T10:00", "2025-03-03+10:00"]
        {
            assert_eq!(instant(&format!("as_of={text}")), Some(expected), "{text}");
        }
        assert_eq!(instant(""), None);
    }
}
