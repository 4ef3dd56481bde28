//! Mappings whose keys are known, so that an unknown key is answered where it stands, with the
//! nearest known one. (What serde derives would list every key and offer none.)

use std::{fmt, marker::PhantomData};

use harness::model::suggest::{Unknown, lookup};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error, MapAccess, Visitor},
};

/// A mapping whose keys are known.
pub trait Section: Default {
    /// Its keys, as they are written; none where [`Self::find`] has a list of its own.
    const KEYS: &'static [&'static str] = &[];

    /// The key that this text is.
    fn find(text: &str) -> Result<&'static str, Unknown> {
        lookup("key", text, Self::KEYS.iter().map(|key| (*key, *key)))
    }

    /// Takes the value of a key that was found.
    fn set<'de, A: MapAccess<'de>>(
        &mut self,
        key: &'static str,
        map: &mut A,
    ) -> Result<(), A::Error>;
}

/// A section as it is read.
pub struct Read<S>(pub S);

impl<'de, S: Section> Deserialize<'de> for Read<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SectionVisitor(PhantomData))
    }
}

struct SectionVisitor<S>(PhantomData<S>);

impl<'de, S: Section> Visitor<'de> for SectionVisitor<S> {
    type Value = Read<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys with values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Read<S>, A::Error> {
        let mut section = S::default();
        let mut seen = Vec::new();
        while let Some(key) = map.next_key_seed(Key::<S> { seen: &seen, section: PhantomData })? {
            seen.push(key);
            section.set(key, &mut map)?;
        }
        Ok(Read(section))
    }
}

struct Key<'a, S> {
    seen: &'a [&'static str],
    section: PhantomData<S>,
}

impl<'de, S: Section> DeserializeSeed<'de> for Key<'_, S> {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<S: Section> Visitor<'_> for Key<'_, S> {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<&'static str, E> {
        let key = S::find(text).map_err(E::custom)?;
        if self.seen.contains(&key) {
            return Err(E::custom(format_args!("the key \"{text}\" comes twice")));
        }
        Ok(key)
    }
}

/// Makes a [`Section`] of a type: each key with the field that it sets and the function that reads
/// its value.
macro_rules! section {
    ($section:ty { $($key:literal => $field:ident: $read:expr,)* }) => {
        impl Section for $section {
            const KEYS: &'static [&'static str] = &[$($key),*];

            fn set<'de, A: MapAccess<'de>>(
                &mut self,
                key: &'static str,
                map: &mut A,
            ) -> Result<(), A::Error> {
                match key {
                    $($key => self.$field = $read(map)?,)*
                    // `find` knows no other.
                    _ => {}
                }
                Ok(())
            }
        }
    };
}

pub(super) use section;
