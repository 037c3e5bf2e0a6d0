//! `POST /contacts`: strict, immediate, and refusing as a whole.

use super::Api;
use super::NOW;
use super::prompt;
use intercom_bulk::sandbox::Config;

#[test]
fn a_created_contact_can_be_read_at_once() {
    let api = Api::with(Config { lag: "60s".parse().unwrap(), ..prompt() });
    let path =
        api.create(r#"{"email":"ann@example.com","external_id":"7","custom_attributes":{"plan":"pro"}}"#);
    let read = api.get(&path).ok();
    assert_eq!(read.str("/role"), "user");
    assert_eq!(read.str("/custom_attributes/plan"), "pro");
    assert_eq!((read.at("/created_at"), read.at("/updated_at")), (NOW.into(), NOW.into()));
    assert_eq!(api.get("/contacts/find_by_external_id/7").ok().str("/email"), "ann@example.com");
}

#[test]
fn ids_have_24_hexadecimal_digits_and_ascend() {
    let api = Api::start();
    let ids: Vec<String> = (0..20).map(|n| api.create(&format!(r#"{{"external_id":"{n}"}}"#))).collect();
    let id = ids[0].strip_prefix("/contacts/").unwrap();
    assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn a_taken_email_is_a_conflict_whatever_its_case() {
    let api = Api::start();
    let path = api.create(r#"{"email":"ann@example.com"}"#);
    let id = path.strip_prefix("/contacts/").unwrap();
    let text = format!("A contact matching those details already exists with id={id}");
    api.post("/contacts", r#"{"email":"ANN@Example.com"}"#).refused(409, "conflict", &text);
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn of_racing_creates_exactly_one_wins() {
    let api = Api::start();
    let statuses = std::thread::scope(|scope| {
        let create = || api.post("/contacts", r#"{"email":"ann@example.com"}"#).status;
        let racers: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(api.stored().len(), 1);
}

#[test]
fn the_external_id_is_looked_at_before_the_email() {
    let api = Api::start();
    api.create(r#"{"email":"ann@example.com","external_id":"1"}"#);
    let second = api.create(r#"{"email":"bob@example.com","external_id":"2"}"#);
    let told = api.post("/contacts", r#"{"email":"ann@example.com","external_id":"2"}"#);
    let id = second.strip_prefix("/contacts/").unwrap();
    let text = format!("A contact matching those details already exists with id={id}");
    told.refused(409, "conflict", &text);
}

#[test]
fn an_archived_match_is_a_conflict_with_its_own_words() {
    let api = Api::start();
    let path = api.create(r#"{"email":"ann@example.com"}"#);
    api.post(&format!("{path}/archive"), "{}").ok();
    let id = path.strip_prefix("/contacts/").unwrap();
    let text = format!("An archived contact matching those details already exists with id={id}");
    api.post("/contacts", r#"{"email":"ann@example.com"}"#).refused(409, "conflict", &text);
}

#[test]
fn a_deleted_contact_keeps_its_identifiers_for_a_week() {
    let api = Api::start();
    let path = api.create(r#"{"email":"ann@example.com","external_id":"1"}"#);
    api.delete(&path).ok();
    let told = api.post("/contacts", r#"{"external_id":"1"}"#);
    assert!(told.str("/errors/0/message").starts_with("An archived contact"), "{}", told.text);
    api.control("clock", r#"{"advance_seconds":604799}"#);
    assert_eq!(api.post("/contacts", r#"{"external_id":"1"}"#).status, 409);
    api.control("clock", r#"{"advance_seconds":1}"#);
    api.post("/contacts", r#"{"email":"ann@example.com","external_id":"1"}"#).ok();
}

#[test]
fn a_user_needs_an_email_or_an_external_id() {
    let api = Api::start();
    for body in ["{}", r#"{"name":"Ann"}"#, r#"{"role":"user"}"#, r#"{"email":null,"external_id":""}"#] {
        assert_eq!(api.post("/contacts", body).status, 400, "{body}");
    }
    assert_eq!(api.stored().len(), 0);
}

#[test]
fn unknown_and_read_only_keys_are_ignored() {
    let api = Api::start();
    let body =
        r#"{"email":"a@example.com","id":"x","created_at":1,"utm_source":"x","tags":["x"],"nonsense":{}}"#;
    let path = api.create(body);
    let read = api.get(&path).ok();
    assert_eq!(read.at("/created_at"), NOW);
    assert!(read.at("/utm_source").is_null());
    assert_eq!(read.at("/tags/total_count"), 0);
}

#[test]
fn role_contact_makes_a_user_and_an_unknown_role_is_refused() {
    let api = Api::start();
    let path = api.create(r#"{"email":"a@example.com","role":"contact"}"#);
    assert_eq!(api.get(&path).str("/role"), "user");
    let told = api.post("/contacts", r#"{"email":"b@example.com","role":"admin"}"#);
    assert_eq!((told.status, told.str("/errors/0/code").as_str()), (400, "parameter_invalid"));
}

/// Asserts that a body is refused with a code, and that nothing is stored.
#[track_caller]
fn check(fields: &str, code: &str) {
    let api = Api::start();
    let told = api.post("/contacts", &format!(r#"{{"email":"a@example.com",{fields}}}"#));
    assert_eq!((told.status, told.str("/errors/0/code")), (400, code.to_owned()), "{}", told.text);
    assert_eq!(api.stored().len(), 0);
}

#[test]
fn values_of_a_wrong_type_are_refused_as_a_whole() {
    check(r#""signed_up_at":"2024-01-01""#, "bad_request");
    check(r#""signed_up_at":1.5"#, "bad_request");
    check(r#""signed_up_at":1700000000000"#, "bad_request");
    check(r#""last_seen_at":"yesterday""#, "bad_request");
    check(r#""name":5"#, "bad_request");
    check(&format!(r#""name":"{}""#, "x".repeat(256)), "parameter_invalid");
    check(r#""external_id":5"#, "bad_request");
    check(r#""unsubscribed_from_emails":"yes""#, "bad_request");
    check(r#""avatar":{"type":"avatar","image_url":"https://x.test/a.png"}"#, "bad_request");
    check(r#""avatar":"http://x.test/a.png""#, "bad_request");
    check(r#""custom_attributes":["plan"]"#, "bad_request");
    check(r#""owner_id":1"#, "parameter_invalid");
    check(r#""owner_id":"nobody""#, "parameter_invalid");
    check(r#""email":"not an address""#, "parameter_invalid");
}

#[test]
fn a_text_date_is_refused_by_the_parameter_filter_which_knows_no_request_id() {
    let api = Api::start();
    let told = api.post("/contacts", r#"{"email":"a@example.com","signed_up_at":"2024-01-01T00:00:00Z"}"#);
    told.refused(400, "bad_request", "bad 'remote_created_at' parameter");
    assert!(told.at("/request_id").is_null());
    assert!(told.header("x-request-id").is_some());
}

#[test]
fn an_owner_must_be_an_admin() {
    let api = Api::start();
    let text = "The owner specified is not a member of the workspace";
    let told = api.post("/contacts", r#"{"email":"a@example.com","owner_id":123}"#);
    told.refused(400, "parameter_invalid", text);
    let me = api.get("/me").str("/id");
    let path = api.create(&format!(r#"{{"email":"a@example.com","owner_id":"{me}"}}"#));
    assert_eq!(api.get(&path).str("/owner_id"), me);
}

#[test]
fn email_verified_needs_an_email_since_2_16() {
    let api = Api::start();
    assert_eq!(api.post("/contacts", r#"{"external_id":"1","email_verified":true}"#).status, 400);
    api.create(r#"{"email":"a@example.com","email_verified":true}"#);
}
