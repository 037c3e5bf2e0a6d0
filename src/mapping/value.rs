//! From the text of a cell to a typed value.
//!
//! A [`Converter`] is chosen once a column; it never sees a cell that is missing, empty or `\N`.

use std::sync::Arc;

use super::Attribute;
use super::DateFormat;
use super::FaultKind;
use super::Kind;
use super::MappingSpec;
use super::Phones;
use super::date;
use crate::intercom::Field;
use crate::intercom::Value;

/// How many characters Intercom keeps of a text: documented for custom attributes, and for `email` and `user_id` in 1.x.
const LIMIT: usize = 255;

/// How the cells of one column become values.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Converter {
    /// Text without the spaces around it.
    Trimmed,
    /// An address in lower case.
    Email,
    /// An https URL.
    Avatar,
    /// `user` or `lead`.
    Role,
    /// Digits.
    OwnerId,
    /// Text as it is.
    Text,
    /// One of the options of a list.
    Option(Arc<[String]>),
    /// A value of a type that nobody knows: text as it is, JSON as it is typed.
    Any,
    /// A whole number.
    Integer,
    /// A finite number.
    Float,
    /// One of ten words.
    Boolean,
    /// Seconds since 1970.
    Date(Option<DateFormat>),
    /// Texts between separators.
    List(String),
    /// Names between separators, of which none has a comma in it by accident.
    Names(String),
    /// A telephone number.
    Phone,
    /// This time where the cell says yes.
    Now(i64),
    /// Nothing: the field cannot be written, for this reason; this rule keeps the column.
    Nothing { why: &'static str, instead: String },
}

impl Converter {
    /// Chooses the converter of a standard field, or says why a kind does not suit it.
    pub(super) fn of_field(field: &Field, kind: Option<&Kind>, spec: &MappingSpec) -> Result<Self, String> {
        let (converter, what) = match (field, kind) {
            (Field::SignedUpAt | Field::LastSeenAt | Field::LastRequestAt, Some(Kind::Date(format))) => {
                return Ok(Self::Date(format.clone()));
            }
            (Field::LastSeenAt | Field::LastRequestAt, Some(Kind::Now)) => return Ok(Self::Now(spec.now)),
            (
                Field::UnsubscribedFromEmails | Field::UpdateLastRequestAt | Field::NewSession,
                Some(Kind::Boolean),
            ) => return Ok(Self::Boolean),
            (Field::SessionCount, Some(Kind::Integer)) => return Ok(Self::Integer),
            (Field::Companies | Field::Tags, Some(Kind::List(separator))) => {
                return Ok(Self::Names(separator.clone()));
            }
            (Field::SignedUpAt | Field::LastSeenAt | Field::LastRequestAt, _) => (Self::Date(None), "a date"),
            (Field::UnsubscribedFromEmails | Field::UpdateLastRequestAt | Field::NewSession, _) => {
                (Self::Boolean, "a boolean")
            }
            (Field::SessionCount, _) => (Self::Integer, "a whole number"),
            (Field::Companies | Field::Tags, _) => (Self::Names(";".into()), "a list"),
            (Field::Phone, _) if spec.phones == Phones::Checked => (Self::Phone, "text"),
            (Field::Email, _) => (Self::Email, "text"),
            (Field::Avatar, _) => (Self::Avatar, "text"),
            (Field::Role, _) => (Self::Role, "text"),
            (Field::OwnerId, _) => (Self::OwnerId, "text"),
            _ => (Self::Trimmed, "text"),
        };
        match kind {
            None => Ok(converter),
            Some(Kind::Text) if what == "text" => Ok(converter),
            Some(kind) => Err(format!("`{field}` is {what}, not {kind}")),
        }
    }

    /// Chooses the converter of a custom attribute of the workspace; the kind is what a rule says of it.
    pub(super) fn of_attribute(attribute: &Attribute, kind: Option<&Kind>) -> Self {
        match kind {
            None | Some(Kind::Text) if !attribute.options.is_empty() => {
                Self::Option(attribute.options.as_slice().into())
            }
            kind => Self::of_kind(kind.unwrap_or(&attribute.data_type.into())),
        }
    }

    /// Chooses the converter of a custom attribute of a kind.
    pub(super) fn of_kind(kind: &Kind) -> Self {
        match kind {
            Kind::Text => Self::Text,
            Kind::Integer => Self::Integer,
            Kind::Float => Self::Float,
            Kind::Boolean => Self::Boolean,
            Kind::Date(format) => Self::Date(format.clone()),
            Kind::List(separator) => Self::List(separator.clone()),
            // `now` is of a standard field only; anywhere else it is a date.
            Kind::Now => Self::Date(None),
        }
    }

    /// Turns a cell that is not empty into a value; `trimmed` is `text` without the spaces around it.
    pub(super) fn convert(&self, text: &str, trimmed: &str) -> Result<Value, FaultKind> {
        match self {
            Self::Trimmed => limited(trimmed),
            Self::Email => email(trimmed),
            Self::Avatar => avatar(trimmed),
            Self::Role => role(trimmed),
            Self::OwnerId => owner_id(trimmed),
            Self::Text | Self::Any => limited(text),
            Self::Option(options) => option(trimmed, options),
            Self::Integer => integer(trimmed).map(Value::Integer),
            Self::Float => float(trimmed).map(Value::Float),
            Self::Boolean => boolean(trimmed).map(Value::Boolean),
            Self::Date(format) => date::parse(trimmed, format.as_ref()).map(Value::Integer),
            Self::List(separator) => list(text.split(separator.as_str())),
            Self::Names(separator) => names(text, separator),
            Self::Phone => phone(trimmed),
            Self::Nothing { why, instead } => Err(FaultKind::NotWritable { why, instead: instead.clone() }),
            // A list of nothing leaves its field alone, as an empty cell does.
            Self::Now(now) => Ok(match boolean(trimmed)? {
                true => Value::Integer(*now),
                false => Value::List(Vec::new()),
            }),
        }
    }
}

fn limited(text: &str) -> Result<Value, FaultKind> {
    // Bytes first: counting characters takes longer, and hardly any text comes near the limit.
    if text.len() > LIMIT {
        let length = text.chars().count();
        if length > LIMIT {
            return Err(FaultKind::TooLong { length, limit: LIMIT });
        }
    }
    Ok(Value::Text(text.into()))
}

// Whether Intercom refuses another value differs from version to version [S]: what it would keep beside the list is
// nothing that anyone can choose in Intercom.
/// Takes one of a list's options.
fn option(text: &str, options: &Arc<[String]>) -> Result<Value, FaultKind> {
    if options.iter().any(|option| option == text) {
        return Ok(Value::Text(text.into()));
    }
    Err(FaultKind::NotAnOption { options: Arc::clone(options) })
}

fn email(text: &str) -> Result<Value, FaultKind> {
    if !is_email(text) {
        return Err(FaultKind::NotAnEmail);
    }
    match limited(text)? {
        Value::Text(mut text) if text.is_ascii() => {
            text.make_ascii_lowercase();
            Ok(Value::Text(text))
        }
        _ => Ok(Value::Text(text.to_lowercase().into())),
    }
}

/// Returns whether a text looks like one address. Nobody knows what Intercom accepts, so only what can be no address at
/// all is refused: two addresses, a name with an address, a stray space.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let has_every_label = domain.as_bytes().split(|byte| *byte == b'.').all(|label| !label.is_empty());
    if local.is_empty() || domain.contains('@') || !has_every_label {
        return false;
    }
    // Every byte, even after one that is out of place: so the compiler looks at sixteen at a time.
    let all_plain = text.bytes().fold(true, |all_plain, byte| all_plain & is_plain(byte));
    all_plain || !text.chars().any(is_out_of_place)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'-' | b'_' | b'+')
}

/// Returns whether a character has no business in an address; the invisible ones come from copying out of web pages.
fn is_out_of_place(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '<' | '>' | '(' | ')' | '[' | ']' | '\\' | ',' | ';' | ':' | '"')
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fffd}')
}

/// Reads names between separators, or a JSON array of them: what an export writes where a name has the separator in it.
fn names(text: &str, separator: &str) -> Result<Value, FaultKind> {
    if text.trim_start().starts_with(['[', '{']) {
        let names: Vec<String> = serde_json::from_str(text).map_err(|_| FaultKind::NotAList)?;
        return list(names.iter().map(String::as_str));
    }
    // `vip, beta` may be two names or one, and a name that was made by mistake stays in Intercom.
    match separator {
        ";" if text.contains(',') => Err(FaultKind::CommaInList),
        "," if text.contains(';') => Err(FaultKind::SemicolonInList),
        separator => list(text.split(separator)),
    }
}

/// Returns a telephone number as it is. What Intercom accepts is not known; every example of it is E.164, so that a text
/// without digits, or with letters, is none.
fn phone(text: &str) -> Result<Value, FaultKind> {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_written_so =
        |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | '/' | ' ' | '\u{a0}');
    let has_plus_in_front = !text.trim_start_matches('+').contains('+');
    // E.164 has at most fifteen digits; the shortest numbers that people have are of three.
    if (3..=15).contains(&digits) && text.chars().all(is_written_so) && has_plus_in_front {
        limited(text)
    } else {
        Err(FaultKind::NotAPhone)
    }
}

fn avatar(text: &str) -> Result<Value, FaultKind> {
    let scheme = text.get(..8).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("https://") || text.len() == scheme.len() || text.contains(' ') {
        return Err(FaultKind::NotHttps);
    }
    // URLs are longer than attributes; no limit is documented.
    Ok(Value::Text(text.into()))
}

fn role(text: &str) -> Result<Value, FaultKind> {
    if text.eq_ignore_ascii_case("user") {
        Ok(Value::Text("user".into()))
    } else if text.eq_ignore_ascii_case("lead") {
        Ok(Value::Text("lead".into()))
    } else {
        Err(FaultKind::NotARole)
    }
}

fn owner_id(text: &str) -> Result<Value, FaultKind> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { limited(text) } else { Err(FaultKind::NotAnOwnerId) }
}

/// Reads a whole number. `42.0` is one: spreadsheets and data frames write whole numbers so when a cell is empty.
fn integer(text: &str) -> Result<i64, FaultKind> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => whole,
        _ => text,
    };
    whole.parse().map_err(|_| {
        let digits = whole.strip_prefix(['+', '-']).unwrap_or(whole);
        if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return FaultKind::TooLarge;
        }
        match formatted(text) {
            Some(plain) if plain.contains('.') => FaultKind::NotAnInteger,
            // A whole number has no decimals, so that its commas are between thousands.
            Some(plain) => FaultKind::FormattedNumber { plain: Some(plain) },
            None => FaultKind::NotAnInteger,
        }
    })
}

fn float(text: &str) -> Result<f64, FaultKind> {
    // `parse` also reads `inf`, `nan` and overflows to infinity.
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        Ok(_) => Err(FaultKind::NotANumber),
        Err(_) => Err(match formatted(text) {
            Some(_) if is_either(text) => FaultKind::FormattedNumber { plain: None },
            Some(plain) => FaultKind::FormattedNumber { plain: Some(plain) },
            None => FaultKind::NotANumber,
        }),
    }
}

/// Returns whether a number has one comma and three digits behind it: thousands to some, decimals to others.
fn is_either(text: &str) -> bool {
    !text.contains('.')
        && text
            .split_once(',')
            .is_some_and(|(_, rest)| rest.len() == 3 && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Returns a number that was written for people (`1,234.5`, `1.234,5`, `1 234`) as `parse` reads it.
fn formatted(text: &str) -> Option<String> {
    let is_separator =
        |c: char| matches!(c, ',' | '.' | ' ' | '\'' | '_' | '\u{a0}' | '\u{202f}' | '\u{2019}');
    let last = text.rfind(is_separator)?;
    let separator = text[last..].chars().next()?;
    let decimals = &text[last + separator.len_utf8()..];
    let is_decimal = matches!(separator, ',' | '.')
        && text.matches(separator).count() == 1
        && (decimals.len() != 3 || text[..last].contains(is_separator));
    let whole = if is_decimal { &text[..last] } else { text };
    let mut plain: String = whole.chars().filter(|c| !is_separator(*c)).collect();
    if is_decimal {
        plain.push('.');
        plain.push_str(decimals);
    }
    let begins_well = plain.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    (begins_well && plain.parse::<f64>().is_ok_and(f64::is_finite)).then_some(plain)
}

fn boolean(text: &str) -> Result<bool, FaultKind> {
    let is_any = |words: [&str; 5]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is_any(["true", "1", "yes", "y", "on"]) {
        Ok(true)
    } else if is_any(["false", "0", "no", "n", "off"]) {
        Ok(false)
    } else {
        Err(FaultKind::NotABoolean)
    }
}

/// Makes a list of what is not empty.
pub(super) fn list<'a>(items: impl Iterator<Item = &'a str>) -> Result<Value, FaultKind> {
    let is_too_long = |item: &&str| item.len() > LIMIT && item.chars().count() > LIMIT;
    let items: Vec<&str> = items.map(str::trim).filter(|item| !item.is_empty()).collect();
    match items.iter().find(|item| is_too_long(item)) {
        Some(item) => Err(FaultKind::TooLong { length: item.chars().count(), limit: LIMIT }),
        None => Ok(Value::List(items.into_iter().map(str::to_owned).collect())),
    }
}

#[cfg(test)]
mod tests;
