//! What does the query text of a response line give a handler's arguments?
//!
//! Raw text, no percent-decoding: `Vec` is split at commas, a missing `Option` is `None`, a
//! missing `String` is empty.

/// `name=value&..`; each value can be taken once.
#[derive(Debug)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let pairs = text.split('&').filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
                None => Err(format!("`{pair}` is not `name=value`")),
            })
            .collect::<Result<_, _>>()
            .map(Query)
    }

    /// The argument `name`, of whatever type the handler wants.
    pub(crate) fn take<T: Argument>(&mut self, name: &str) -> Result<T, String> {
        let at = self.0.iter().position(|(found, _)| found == name);
        let value = at.map(|at| self.0.remove(at).1);
        T::from_query(value.as_deref()).ok_or_else(|| match value {
            Some(value) => format!("`{name}` cannot be `{value}`"),
            None => format!("`{name}` is missing"),
        })
    }

    /// What no argument has taken: a misspelt name would otherwise pass for a missing value.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self.0.first() {
            Some((name, _)) => Err(format!("no argument takes `{name}`")),
            None => Ok(()),
        }
    }
}

/// A type that query text can become.
pub(crate) trait Argument: Sized {
    fn from_query(value: Option<&str>) -> Option<Self>;
}

macro_rules! parsed {
    ($($type:ty)*) => {$(
        impl Argument for $type {
            fn from_query(value: Option<&str>) -> Option<Self> {
                value?.parse().ok()
            }
        }
    )*};
}

parsed!(bool u16 u64 usize i64);

impl Argument for String {
    fn from_query(value: Option<&str>) -> Option<Self> {
        Some(value.unwrap_or_default().to_owned())
    }
}

impl<T: Argument> Argument for Option<T> {
    fn from_query(value: Option<&str>) -> Option<Self> {
        match value {
            Some(_) => T::from_query(value).map(Some),
            None => Some(None),
        }
    }
}

impl<T: Argument> Argument for Vec<T> {
    fn from_query(value: Option<&str>) -> Option<Self> {
        let items = value?.split(',').filter(|item| !item.is_empty());
        items.map(|item| T::from_query(Some(item))).collect()
    }
}

#[test]
fn arguments_come_from_raw_text() {
    let mut query = Query::parse("id=7&ids=1,2&text=  a =b&empty=").expect("a query");
    assert_eq!(query.take("id"), Ok(7u64));
    assert_eq!(query.take("ids"), Ok(vec![1u64, 2]));
    assert_eq!(query.take("text"), Ok("  a =b".to_owned()));
    assert_eq!(query.take("empty"), Ok(Some(String::new())));
    assert_eq!(query.take::<Option<u64>>("absent"), Ok(None));
    assert_eq!(query.take::<String>("absent"), Ok(String::new()));
    assert_eq!(query.finish(), Ok(()));
}

#[test]
fn what_no_argument_can_take_is_a_fault() {
    assert!(Query::parse("id").is_err());
    let mut query = Query::parse("id=x&od=7").expect("a query");
    assert_eq!(query.take::<u64>("id"), Err("`id` cannot be `x`".into()));
    assert_eq!(query.take::<u64>("id"), Err("`id` is missing".into()));
    assert_eq!(query.finish(), Err("no argument takes `od`".into()));
}
