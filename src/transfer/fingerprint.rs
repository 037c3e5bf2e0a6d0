//! What a row says, in 128 bits: its fields with their values, and how they are written.
//!
//! Which column a field came from is no part of it, nor is the order of columns: a mapping that gives the same fields
//! gives the same fingerprint.

use crate::intercom::Engine;
use crate::intercom::Field;
use crate::intercom::OtherCompanies;
use crate::intercom::Policy;
use crate::intercom::Role;
use crate::intercom::UserFields;
use crate::intercom::Value;
use crate::ledger::Fingerprint;

/// Raised when the same fields are to have another fingerprint: then every row is sent once more.
const FORM: u8 = 1;

/// Takes fingerprints of rows that are written in one way.
pub struct Fingerprinter {
    /// Everything said so far; begins with how rows are written.
    said: Vec<u8>,
    prefix: usize,
    /// The fields of the last row, and their places in order: most rows of a file have the same.
    last: Vec<Field>,
    order: Vec<usize>,
}

impl Fingerprinter {
    /// Returns one for rows that this engine writes in this way.
    #[must_use]
    pub fn new(engine: Engine, policy: &Policy) -> Self {
        let role = u8::from(policy.role == Role::Lead);
        let detaches = u8::from(policy.other_companies == OtherCompanies::Detach);
        let said = vec![FORM, u8::from(engine == Engine::Users), role, detaches];
        Self { prefix: said.len(), said, last: Vec::new(), order: Vec::new() }
    }

    /// Returns the fingerprint of a row's fields.
    pub fn of(&mut self, fields: &UserFields) -> Fingerprint {
        if !fields.iter().map(|(field, _)| field).eq(&self.last) {
            self.put_in_order(fields);
        }
        let pairs: Vec<(&Field, &Value)> = fields.iter().collect();
        self.said.truncate(self.prefix);
        for at in 0..pairs.len() {
            let (field, value) = pairs[self.order[at]];
            self.say_field(field);
            self.say_value(value);
        }
        Fingerprint::of(&self.said)
    }

    fn put_in_order(&mut self, fields: &UserFields) {
        self.last = fields.iter().map(|(field, _)| field.clone()).collect();
        self.order = (0..self.last.len()).collect();
        self.order.sort_unstable_by_key(|at| &self.last[*at]);
    }

    fn say_field(&mut self, field: &Field) {
        self.said.push(u8::from(matches!(field, Field::Custom(_))));
        self.say_text(field.api_name());
    }

    fn say_value(&mut self, value: &Value) {
        match value {
            Value::Clear => self.said.push(0),
            Value::Text(text) => {
                self.said.push(1);
                self.say_text(text);
            }
            Value::Integer(number) => self.say_bytes(2, &number.to_le_bytes()),
            Value::Float(number) => self.say_bytes(3, &number.to_bits().to_le_bytes()),
            Value::Boolean(yes) => self.say_bytes(4, &[u8::from(*yes)]),
            Value::List(items) => self.say_list(items),
        }
    }

    /// The order of companies and tags says nothing.
    fn say_list(&mut self, items: &[String]) {
        let mut sorted: Vec<&String> = items.iter().collect();
        sorted.sort_unstable();
        self.say_bytes(5, &sorted.len().to_le_bytes());
        sorted.into_iter().for_each(|item| self.say_text(item));
    }

    /// Says a text and its length, so that no two texts run into one another.
    fn say_text(&mut self, text: &str) {
        self.said.extend_from_slice(&text.len().to_le_bytes());
        self.said.extend_from_slice(text.as_bytes());
    }

    fn say_bytes(&mut self, kind: u8, bytes: &[u8]) {
        self.said.push(kind);
        self.said.extend_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(field: Field, text: &str) -> (Field, Value) {
        (field, Value::Text(text.into()))
    }

    fn of(fields: &[(Field, Value)]) -> Fingerprint {
        let fields = fields.iter().cloned().collect();
        Fingerprinter::new(Engine::Contacts, &Policy::default()).of(&fields)
    }

    #[test]
    fn the_order_of_columns_and_of_names_in_a_list_says_nothing() {
        let (name, email) = (text(Field::Name, "Ann"), text(Field::Email, "a@x.test"));
        assert_eq!(of(&[name.clone(), email.clone()]), of(&[email, name]));
        let tags = |names: [&str; 2]| (Field::Tags, Value::List(names.map(Into::into).into()));
        assert_eq!(of(&[tags(["a", "b"])]), of(&[tags(["b", "a"])]));
    }

    #[test]
    fn a_field_a_value_and_the_way_of_writing_all_count() {
        let ann = of(&[text(Field::Name, "Ann")]);
        assert_ne!(ann, of(&[text(Field::Name, "Anne")]));
        assert_ne!(ann, of(&[text(Field::Email, "Ann")]));
        assert_ne!(ann, of(&[text(Field::Custom("name".into()), "Ann")]));
        assert_ne!(ann, of(&[text(Field::Name, "Ann"), (Field::Phone, Value::Clear)]));
        assert_ne!(of(&[(Field::Phone, Value::Integer(1))]), of(&[(Field::Phone, Value::Boolean(true))]));
        let fields = [text(Field::Name, "Ann")].into_iter().collect();
        let lead = Policy { role: Role::Lead, ..Policy::default() };
        assert_ne!(ann, Fingerprinter::new(Engine::Contacts, &lead).of(&fields));
        assert_ne!(ann, Fingerprinter::new(Engine::Users, &Policy::default()).of(&fields));
    }

    #[test]
    fn texts_do_not_run_into_one_another() {
        let pair = |name, phone| of(&[text(Field::Name, name), text(Field::Phone, phone)]);
        assert_ne!(pair("ab", "c"), pair("a", "bc"));
    }

    /// A few fields and values of each type, so that two rows are often nearly the same.
    fn fields() -> impl Strategy<Value = UserFields> {
        let value = prop_oneof![
            Just(Value::Clear),
            "[1a]{0,2}".prop_map(|text| Value::Text(text.into())),
            (0..3_i64).prop_map(Value::Integer),
            prop::sample::select(vec![0.0, -0.0, 1.0]).prop_map(Value::Float),
            any::<bool>().prop_map(Value::Boolean),
            prop::collection::vec("[1a]{0,2}", 0..3).prop_map(Value::List),
        ];
        let field = prop::sample::select(vec![Field::Name, Field::Email, Field::Custom("name".into())]);
        let entries = prop::collection::btree_map(field, value, 0..3).prop_map(Vec::from_iter);
        entries.prop_shuffle().prop_map(|fields| fields.into_iter().collect())
    }

    /// What is sent, but for the order of what has none.
    fn sent(fields: &UserFields) -> String {
        let sorted = |value: &Value| match value {
            Value::List(items) => {
                let mut items = items.clone();
                items.sort_unstable();
                Value::List(items)
            }
            value => value.clone(),
        };
        let text = |(field, value)| format!("{field}: {}", serde_json::to_string(&sorted(value)).unwrap());
        let mut texts: Vec<String> = fields.iter().map(text).collect();
        texts.sort_unstable();
        texts.join("\n")
    }

    proptest! {
        #[test]
        fn two_rows_have_one_fingerprint_if_the_same_is_sent_of_both(one in fields(), other in fields()) {
            let mut fingerprinter = Fingerprinter::new(Engine::Contacts, &Policy::default());
            let is_same = fingerprinter.of(&one) == fingerprinter.of(&other);
            prop_assert_eq!(sent(&one) == sent(&other), is_same);
        }
    }
}
