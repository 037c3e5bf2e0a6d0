//! What a fresh workspace holds: six custom attributes, and as many users as were asked for. Deterministic.

use super::attributes::Attribute;
use super::attributes::Attributes;
use super::attributes::DataType;
use super::attributes::Model;
use super::clock::Moment;
use super::contact::AttributeValue;
use super::contact::Contact;
use super::contact::ContactId;
use super::contact::Life;
use super::contact::Role;
use super::contact::Scalar;
use super::extra::Extras;
use super::links::Links;
use super::store::Beginning;

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
/// Seeded users were created in the two years before the start.
const SPREAD_DAYS: i64 = 2 * 365;
const SPREAD_SECONDS: i64 = SPREAD_DAYS * SECONDS_PER_DAY;
/// Of a thousand users that many came on one of these days, as they do when a list is imported or a product moves in.
const HEAVY_DAYS: [HeavyDay; 3] = [
    HeavyDay { day: 210, per_mille: 100 },
    HeavyDay { day: 400, per_mille: 30 },
    HeavyDay { day: 655, per_mille: 10 },
];

const ATTRIBUTES: [(&str, DataType); 6] = [
    ("plan", DataType::String),
    ("company_size", DataType::Integer),
    ("mrr", DataType::Float),
    ("is_beta", DataType::Boolean),
    ("trial_ends_at", DataType::Date),
    ("account_number", DataType::String),
];
const PLANS: [&str; 4] = ["free", "starter", "pro", "enterprise"];
const FIRST_NAMES: [&str; 10] =
    ["Ana", "Bo", "Chloé", "Dmitri", "Ebba", "Femi", "Grace", "Hiro", "Inés", "Jürgen"];
const LAST_NAMES: [&str; 10] =
    ["Okafor", "Lindqvist", "O'Brien", "Tanaka", "Núñez", "Smith", "Müller", "Rossi", "Kowalski", "Singh"];

/// A day on which many users came at once.
struct HeavyDay {
    /// Days after the first user.
    day: i64,
    /// So many of a thousand users.
    per_mille: i64,
}

/// Returns when each of so many users came, in seconds after the first, in order: evenly, but for the heavy days.
fn arrivals(users: i64) -> Vec<i64> {
    let part = |of: i64, n: i64, all: i64| (i128::from(of) * i128::from(n) / i128::from(all)) as i64;
    let mut arrivals = Vec::new();
    for heavy in &HEAVY_DAYS {
        let n_heavy = part(users, heavy.per_mille, 1_000);
        let begins = heavy.day * SECONDS_PER_DAY;
        arrivals.extend((0..n_heavy).map(|n| begins + part(SECONDS_PER_DAY, n, n_heavy)));
    }
    let n_even = users - arrivals.len() as i64;
    arrivals.extend((0..n_even).map(|n| part(SPREAD_SECONDS, n, n_even)));
    arrivals.sort_unstable();
    arrivals
}

/// Returns the custom contact attributes of a fresh workspace.
pub(super) fn attributes(now: Moment) -> Vec<Attribute> {
    let attribute = |(id, (name, data_type)): (u64, (&str, DataType))| Attribute {
        id,
        name: name.to_owned(),
        model: Model::Contact,
        data_type,
        options: Vec::new(),
        description: String::new(),
        messenger_writable: false,
        archived: false,
        created_at: now.seconds(),
        updated_at: now.seconds(),
    };
    (1..).zip(ATTRIBUTES).map(attribute).collect()
}

/// Returns the seeded users, oldest first; their ids are given by whoever stores them.
pub(super) fn contacts(
    beginning: &Beginning,
    attributes: &Attributes,
    now: Moment,
) -> impl Iterator<Item = Contact> + use<> {
    let users = i64::try_from(beginning.users).unwrap_or(i64::MAX);
    let mut chance = fastrand::Rng::with_seed(beginning.seed);
    let names = ATTRIBUTES.map(|(name, _)| attributes.shared_name(Model::Contact, name));
    // From midnight on, so that two sandboxes of one day are alike.
    let start = now.seconds() - now.seconds() % SECONDS_PER_DAY - SPREAD_SECONDS;
    (0..).zip(arrivals(users)).map(move |(n, arrival)| {
        let created_at = start + arrival;
        let values = values(&mut chance, n, created_at);
        let custom_attributes = names.iter().cloned().zip(values);
        Contact {
            custom_attributes: custom_attributes
                .map(|(name, value)| AttributeValue { name, value })
                .collect(),
            ..contact(&mut chance, n + 1, created_at)
        }
    })
}

fn contact(chance: &mut fastrand::Rng, number: i64, created_at: i64) -> Contact {
    let first = FIRST_NAMES[chance.usize(..FIRST_NAMES.len())];
    let last = LAST_NAMES[chance.usize(..LAST_NAMES.len())];
    let seen = created_at + chance.i64(0..SECONDS_PER_DAY);
    Contact {
        id: ContactId { seconds: 0, number: 0 },
        role: Role::User,
        external_id: Some(format!("user-{number}")),
        email: Some(format!("user{number}@example.com")),
        phone: chance.bool().then(|| format!("+1555{number:07}")),
        name: Some(format!("{first} {last}")),
        avatar: None,
        owner_id: None,
        unsubscribed_from_emails: chance.u8(..10) == 0,
        created_at,
        updated_at: created_at,
        signed_up_at: Some(created_at),
        last_seen_at: chance.bool().then_some(seen),
        custom_attributes: Vec::new(),
        life: Life::Live,
        links: Links::default(),
        extras: Extras::default(),
    }
}

/// Returns a value for each attribute, in the order of `ATTRIBUTES`.
fn values(chance: &mut fastrand::Rng, n: i64, created_at: i64) -> [Scalar; 6] {
    [
        Scalar::Text(PLANS[chance.usize(..PLANS.len())].to_owned()),
        Scalar::Integer(chance.i64(1..5000)),
        Scalar::Float(chance.u32(..100_000).into()),
        Scalar::Boolean(chance.bool()),
        Scalar::Integer(created_at + 14 * SECONDS_PER_DAY),
        Scalar::Text(format!("{n:08}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_come_in_order_and_many_of_them_on_a_few_days() {
        for users in [1, 7, 1_000, 123_457] {
            let arrivals = arrivals(users);
            assert_eq!(users, arrivals.len() as i64);
            assert!(arrivals.is_sorted() && arrivals[0] == 0 && *arrivals.last().unwrap() < SPREAD_SECONDS);
        }
        let arrivals = arrivals(100_000);
        let on = |day| arrivals.iter().filter(|arrival| **arrival / SECONDS_PER_DAY == day).count();
        assert!((10_000..10_200).contains(&on(210)), "{}", on(210));
        assert!((100..150).contains(&on(211)), "{}", on(211));
    }
}
