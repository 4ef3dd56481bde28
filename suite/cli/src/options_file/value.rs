//! Values of an options file that are more than a text or a boolean.

use std::{fmt, marker::PhantomData, str::FromStr};

use harness::model::{
    suggest::{Unknown, lookup},
    timeouts::{Limit, REQUIRED_CONSECUTIVE_SUCCESSES, Timeouts, parse_duration},
};
use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::section::Section;

/// A list of names; or a mapping from them to nothing, which is how Go writes a set.
pub struct Names<T>(pub Vec<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Names<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamesVisitor(PhantomData))
    }
}

struct NamesVisitor<T>(PhantomData<T>);

impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for NamesVisitor<T> {
    type Value = Names<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of names")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Names<T>, A::Error> {
        let mut names = Vec::new();
        while let Some(Name(name)) = list.next_element()? {
            names.push(name);
        }
        Ok(Names(names))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut set: A) -> Result<Names<T>, A::Error> {
        let mut names = Vec::new();
        while let Some((Name(name), IgnoredAny)) = set.next_entry()? {
            names.push(name);
        }
        Ok(Names(names))
    }
}

/// A text that stands for something.
struct Name<T>(T);

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor(PhantomData))
    }
}

struct NameVisitor<T>(PhantomData<T>);

impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for NameVisitor<T> {
    type Value = Name<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name<T>, E> {
        text.parse().map(Name).map_err(E::custom)
    }
}

/// The mapping `timeoutConfig`.
#[derive(Default)]
pub struct Limits(pub Vec<(&'static str, String)>);

impl Section for Limits {
    /// Case does not count: the Go suite's keys begin with a small letter, its flag's names do not.
    fn find(text: &str) -> Result<&'static str, Unknown> {
        let names = || Limit::all().map(|(_, name)| name).chain([REQUIRED_CONSECUTIVE_SUCCESSES]);
        let found = names().find(|name| name.eq_ignore_ascii_case(text));
        found.map_or_else(
            || {
                let keys: Vec<String> = names().map(camel_case).collect();
                lookup("timeout", text, keys.iter().map(|key| (key.as_str(), "")))
            },
            Ok,
        )
    }

    fn set<'de, A: MapAccess<'de>>(
        &mut self,
        key: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let value = if key == REQUIRED_CONSECUTIVE_SUCCESSES {
            map.next_value::<Option<u32>>()?.map(|count| count.to_string())
        } else {
            map.next_value::<Option<Length>>()?.map(|Length(text)| text)
        };
        if let Some(value) = value {
            Timeouts::default().set_text(key, &value).map_err(A::Error::custom)?;
            self.0.push((key, value));
        }
        Ok(())
    }
}

/// `GWCMustBeAccepted` as a key: `gwcMustBeAccepted`.
fn camel_case(name: &str) -> String {
    let capitals = name.bytes().take_while(u8::is_ascii_uppercase).count();
    let (head, tail) = name.split_at(if capitals > 1 { capitals - 1 } else { capitals });
    head.to_ascii_lowercase() + tail
}

/// A length of time, as a text that [`Timeouts::set_text`] understands.
struct Length(String);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LengthVisitor)
    }
}

struct LengthVisitor;

impl Visitor<'_> for LengthVisitor {
    type Value = Length;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a length of time such as 75s, or whole nanoseconds")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Length, E> {
        // Go refuses a number in quotes; taking it for seconds would make 60 and "60" differ.
        match text.parse::<f64>() {
            Ok(_) => Err(E::custom(format_args!("\"{text}\" has no unit; write {text}s"))),
            Err(_) if parse_duration(text).is_none() => Err(E::custom(format_args!(
                "\"{text}\" is not a length of time; write a number with a unit (250ms, 1.5s, 2m)"
            ))),
            Err(_) => Ok(Length(text.to_owned())),
        }
    }

    fn visit_u64<E: Error>(self, nanoseconds: u64) -> Result<Length, E> {
        // Below a millisecond no limit makes sense: whoever wrote it meant seconds.
        match nanoseconds {
            1..1_000_000 => Err(E::custom(format_args!(
                "{nanoseconds} means nanoseconds here; write {nanoseconds}s for seconds"
            ))),
            _ => Ok(Length(format!("{nanoseconds}ns"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_begin_small() {
        assert_eq!(camel_case("RequestTimeout"), "requestTimeout");
        assert_eq!(camel_case("GWCMustBeAccepted"), "gwcMustBeAccepted");
        assert_eq!(camel_case("HTTPRouteMustNotHaveParents"), "httpRouteMustNotHaveParents");
    }

    #[test]
    fn every_limit_is_found_by_its_key() {
        for (_, name) in Limit::all() {
            assert_eq!(Limits::find(&camel_case(name)), Ok(name));
        }
    }
}
