//! Protobuf JSON in, strictly: every member of every object is a known field, given once, of the
//! right type.
//!
//! Whether a value is of a field's type is for the generated reader to say, which is asked about it
//! alone; what the value means is not judged here. Invariant: of several faults the one with the
//! lowest path is reported, and only after every name was known. Worked number: of
//! `{"values": [{"typ": 1}]}` the name is `UNSUPPORTED_FIELD` at `values[0].typ`.

use std::fmt;

use paneline_proto::{Descriptor, Field, Kind, Message, Place};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Faults, path_text};
use crate::duration::quoted;
use crate::error::{Code, Error, nearest};

/// Reads a message.
pub(super) fn read<M: Message>(text: &str) -> Result<M, Error> {
    let Members(members) = serde_json::from_str(text)
        .map_err(|why| Error::new(Code::Corrupt, "", format!("a spec is a JSON object: {why}")))?;
    let mut reader = Reader {
        reads: |value| serde_json::from_value::<M>(value).is_ok(),
        path: Vec::new(),
        faults: Faults::default(),
        numbered_enums: Vec::new(),
    };
    let object = reader.message(members, M::DESCRIPTOR)?;
    reader.faults.into_result()?;
    let internal = |why: String| Error::new(Code::Internal, "", why);
    let mut message: M = serde_json::from_value(Value::Object(object))
        .map_err(|error| internal(error.to_string()))?;
    for (path, number) in reader.numbered_enums {
        let place = message.enum_mut(&path).ok_or_else(|| internal(path_text(&path)))?;
        *place = number;
    }
    Ok(message)
}

/// A value of JSON that keeps the members of objects in their order, repeated names included: a map
/// would keep the last of them in silence.
enum Json {
    Object(Vec<(String, Json)>),
    List(Vec<Json>),
    Leaf(Value),
}

impl Json {
    fn into_value(self) -> Value {
        match self {
            Json::Object(members) => {
                let members = members.into_iter();
                Value::Object(members.map(|(name, json)| (name, json.into_value())).collect())
            }
            Json::List(list) => list.into_iter().map(Json::into_value).collect(),
            Json::Leaf(value) => value,
        }
    }
}

struct Reader {
    /// Whether a value can be read as the root message.
    reads: fn(Value) -> bool,
    /// Where the object that is read stands, from the root.
    path: Vec<Place>,
    faults: Faults,
    /// In protobuf JSON an enum may be any number; like one on the wire it is judged with the other
    /// fields when the spec is compiled, so the generated reader, which refuses it, never sees it.
    numbered_enums: Vec<(Vec<Place>, i32)>,
}

impl Reader {
    /// The members of an object, by the names of the proto.
    fn message(
        &mut self,
        members: Vec<(String, Json)>,
        descriptor: &Descriptor,
    ) -> Result<Map<String, Value>, Error> {
        let mut seen = vec![false; descriptor.fields.len()];
        let mut object = Map::new();
        for (name, json) in members {
            let Some(at) = descriptor.fields.iter().position(|field| is_named(*field, &name))
            else {
                return Err(self.unknown_name(&name, descriptor));
            };
            let field = descriptor.fields[at];
            if std::mem::replace(&mut seen[at], true) {
                let path = self.inside(field.name);
                let message = format!("{path} must appear once");
                return Err(Error::new(Code::InvalidSpec, path, message));
            }
            // null means "as if absent".
            if matches!(json, Json::Leaf(Value::Null)) {
                continue;
            }
            if let Some(value) = self.field(field, json)? {
                object.insert(field.name.to_owned(), value);
            }
        }
        Ok(object)
    }

    fn unknown_name(&self, name: &str, descriptor: &Descriptor) -> Error {
        let quoted = quoted(name);
        let names = || descriptor.fields.iter().map(|field| field.name);
        // A length without its unit is the likeliest slip, and far from its name by edits.
        let meant = names()
            .find(|known| known.strip_suffix("_ms") == Some(name))
            .or_else(|| nearest(name, names()));
        let hint = match meant {
            Some(meant) if meant.ends_with("_ms") => {
                format!("; did you mean {meant:?}, in milliseconds?")
            }
            Some(meant) => format!("; did you mean {meant:?}?"),
            None => String::new(),
        };
        let message = format!("{quoted:?} is no field of {}{hint}", descriptor.name);
        let name = if name.is_empty() { "\"\"".into() } else { quoted.escape_debug().to_string() };
        Error::new(Code::UnsupportedField, self.inside(&name), message)
    }

    /// The path of a member of the object that is read.
    fn inside(&self, name: &str) -> String {
        let path = path_text(&self.path);
        if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
    }

    /// The value of a field, a list where it is repeated; `None` where that is known otherwise.
    fn field(&mut self, field: Field, json: Json) -> Result<Option<Value>, Error> {
        if !field.repeated {
            return self.value(field.at(0), json);
        }
        let Json::List(list) = json else {
            // The path of the list, which is not one of its values.
            self.path.push(Field { repeated: false, ..field }.at(0));
            self.faults.invalid_at(&self.path, || wrong("a list", &json.into_value()));
            self.path.pop();
            return Ok(None);
        };
        let mut values = Vec::with_capacity(list.len());
        for (index, json) in list.into_iter().enumerate() {
            values.extend(self.value(field.at(index), json)?);
        }
        Ok(Some(Value::Array(values)))
    }

    /// One value; `None` where it is a fault or a number of an enum.
    fn value(&mut self, place: Place, json: Json) -> Result<Option<Value>, Error> {
        self.path.push(place);
        let value = match (place.field.kind, json) {
            (Kind::Message(descriptor), Json::Object(members)) => {
                Some(Value::Object(self.message(members, descriptor)?))
            }
            (kind, json) => self.leaf(kind, json.into_value()),
        };
        self.path.pop();
        Ok(value)
    }

    fn leaf(&mut self, kind: Kind, value: Value) -> Option<Value> {
        let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
        if let (Kind::Enum, Some(number)) = (kind, number) {
            self.numbered_enums.push((self.path.clone(), number));
            return None;
        }
        // Alone in a message.
        let alone = self.path.iter().rev().fold(value.clone(), |value, Place { field, .. }| {
            let value = if field.repeated { Value::Array(vec![value]) } else { value };
            Value::Object([(field.name.to_owned(), value)].into_iter().collect())
        });
        if (self.reads)(alone) {
            return Some(value);
        }
        let wanted = match kind {
            Kind::Int64 => "an integer of 64 bits",
            Kind::Uint32 => "an integer in 0..=4294967295",
            Kind::Uint64 => "an integer in 0..=18446744073709551615",
            Kind::Enum => "the name of a value, or its number",
            Kind::Bool => "true or false",
            Kind::String => "a text",
            Kind::Message(_) => "an object",
        };
        self.faults.invalid_at(&self.path, || wrong(wanted, &value));
        None
    }
}

/// What is said of a value that protobuf JSON does not allow for its field.
fn wrong(wanted: &str, value: &Value) -> String {
    // JSON escapes control characters, but for DEL and those above it.
    let got = quoted(&value.to_string()).replace(char::is_control, "\u{fffd}");
    format!("must be {wanted}, got {got}")
}

/// Whether a JSON name means a field: by its proto name or its lowerCamelCase name.
fn is_named(field: Field, name: &str) -> bool {
    let mut camel = String::new();
    for (i, part) in field.name.split('_').enumerate() {
        match part.split_at_checked(1) {
            Some((first, rest)) if i > 0 => camel += &(first.to_ascii_uppercase() + rest),
            _ => camel += part,
        }
    }
    field.name == name || camel == name
}

/// The members of the object that a whole text is.
struct Members(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Members, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Members, A::Error> {
                members(map).map(Members)
            }
        }
        reader.deserialize_map(Object)
    }
}

fn members<'de, A: MapAccess<'de>>(mut map: A) -> Result<Vec<(String, Json)>, A::Error> {
    let mut members = Vec::new();
    while let Some(member) = map.next_entry()? {
        members.push(member);
    }
    Ok(members)
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Json, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }

            fn visit_unit<E>(self) -> Result<Json, E> {
                Ok(Json::Leaf(Value::Null))
            }

            fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
                Ok(Json::Leaf(value.into()))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
                Ok(Json::Leaf(value.into()))
            }

            fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
                Ok(Json::Leaf(value.into()))
            }

            fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
                Ok(Json::Leaf(value.into()))
            }

            fn visit_str<E>(self, value: &str) -> Result<Json, E> {
                Ok(Json::Leaf(value.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
                let mut list = Vec::new();
                while let Some(json) = seq.next_element()? {
                    list.push(json);
                }
                Ok(Json::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Json, A::Error> {
                members(map).map(Json::Object)
            }
        }
        reader.deserialize_any(Any)
    }
}
