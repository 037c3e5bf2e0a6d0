//! Who may ask, in which version, for what: before any contact is touched.

use intercom_bulk::sandbox::Config;

use super::Api;
use super::prompt;
use super::told;

#[test]
fn a_request_without_a_token_is_told_401_and_nothing_about_quota() {
    let api = Api::start();
    let request = api.http.get(format!("{}/me", api.sandbox.url())).header("Accept", "application/json");
    let told = told(request);
    told.refused(401, "unauthorized", "Access Token Invalid");
    assert_eq!(told.header("x-ratelimit-limit"), None);
}

#[test]
fn an_empty_token_is_no_token() {
    let api = Api::start();
    let url = format!("{}/me", api.sandbox.url());
    let told = told(api.http.get(url).header("Accept", "*/*").header("Authorization", "Bearer "));
    told.refused(401, "unauthorized", "Access Token Invalid");
}

#[test]
fn only_the_configured_token_is_accepted_if_there_is_one() {
    let api = Api::with(Config { token: Some("only".to_owned()), ..prompt() });
    assert_eq!(api.get("/me").status, 401);
    assert_eq!(api.sandbox.token(), "only");
    let url = format!("{}/me", api.sandbox.url());
    let told = told(api.http.get(url).header("Accept", "*/*").bearer_auth("only"));
    assert_eq!(told.status, 200);
}

#[test]
fn a_token_may_be_the_user_name_of_basic_authentication() {
    let api = Api::with(Config { token: Some("only".to_owned()), ..prompt() });
    let me = |user_name: &str| {
        let request = api.http.get(format!("{}/me", api.sandbox.url())).header("Accept", "*/*");
        told(request.basic_auth(user_name, Some(""))).status
    };
    assert_eq!((me("only"), me("other"), me("")), (200, 401, 401));
}

#[test]
fn me_is_an_admin_with_the_workspace_as_app() {
    let me = Api::start().get("/me").ok();
    assert_eq!(me.str("/type"), "admin");
    assert_eq!(me.str("/app/id_code"), "sandbox1");
    assert_eq!((me.str("/app/region"), me.str("/app/timezone")), ("US".to_owned(), "UTC".to_owned()));
}

#[test]
fn an_accept_header_that_admits_no_json_is_told_406() {
    let api = Api::start();
    let text = "The Accept header should send a media type of application/json";
    let request = |accept: &str| {
        let url = format!("{}/me", api.sandbox.url());
        told(api.http.get(url).bearer_auth("secret").header("Accept", accept.to_owned()))
    };
    request("text/html").refused(406, "media_type_not_acceptable", text);
    assert_eq!(request("text/html, */*;q=0.1").status, 200);
    assert_eq!(request("application/json; charset=utf-8").status, 200);
    assert_eq!(request("application/json, text/plain, */*").status, 200);
    assert_eq!(request("application/vnd.intercom.3+json").status, 200);
}

#[test]
fn a_missing_accept_header_is_told_406() {
    use std::io::Read;
    use std::io::Write;
    let api = Api::start();
    let address = api.sandbox.url().replace("http://", "");
    let mut stream = std::net::TcpStream::connect(&address).unwrap();
    let head = "GET /me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer t\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 406 "), "{answer}");
}

#[test]
fn malformed_json_is_told_400() {
    let api = Api::start();
    assert_eq!(api.post("/contacts", "{\"email\":").status, 400);
    assert_eq!(api.post("/contacts", "[]").status, 400);
    assert_eq!(api.stored().len(), 0);
}

#[test]
fn a_body_that_says_it_is_not_json_is_told_415() {
    let api = Api::start();
    let request = api.request("POST", "/contacts").header("Content-Type", "text/plain");
    assert_eq!(told(request.body("{\"email\":\"a@example.com\"}")).status, 415);
}

#[test]
fn an_unknown_path_is_told_404_in_the_envelope() {
    let text = "The requested resource does not exist; check your path and try again";
    let api = Api::start();
    api.get("/nowhere").refused(404, "not_found", text);
    api.delete("/contacts").refused(404, "not_found", text);
}

#[test]
fn the_request_id_is_in_the_header_and_in_the_envelope() {
    let api = Api::start();
    let told = api.get("/contacts/nobody");
    assert_eq!(told.header("x-request-id"), Some(told.str("/request_id").as_str()));
    assert_ne!(api.get("/me").header("x-request-id"), api.get("/me").header("x-request-id"));
}

#[test]
fn the_version_that_was_used_is_echoed() {
    let api = Api::with(Config { api_version: "2.14".to_owned(), ..prompt() });
    assert_eq!(api.get("/me").header("intercom-version"), Some("2.14"));
    for version in ["1.0", "1.4", "2.0", "2.9", "2.16", "Preview"] {
        let told = told(api.request("GET", "/me").header("Intercom-Version", version));
        assert_eq!((told.status, told.header("intercom-version")), (200, Some(version)));
    }
}

#[test]
fn an_unknown_version_is_told_400() {
    let api = Api::start();
    for version in ["1.5", "2.17", "2.016", "3.0", "preview", "Unstable", ""] {
        let told = told(api.request("GET", "/me").header("Intercom-Version", version));
        told.refused(400, "intercom_version_invalid", "The requested version could not be found");
    }
}

#[test]
fn users_are_not_available_in_2_x_and_a_search_not_in_1_x() {
    let api = Api::start();
    let text = "Requested resource is not available in current API version";
    api.get("/users").refused(400, "intercom_version_invalid", text);
    api.post("/users", "{}").refused(400, "intercom_version_invalid", text);
    let old = told(api.with_body("POST", "/contacts/search", "{}").header("Intercom-Version", "1.4"));
    old.refused(400, "intercom_version_invalid", text);
}

#[test]
fn find_by_external_id_exists_since_2_13() {
    let api = Api::start();
    api.create(r#"{"external_id":"a b/ü"}"#);
    let find = |version: &str| {
        let path = "/contacts/find_by_external_id/a%20b%2F%C3%BC";
        told(api.request("GET", path).header("Intercom-Version", version.to_owned()))
    };
    assert_eq!(find("2.12").str("/errors/0/code"), "not_found");
    assert_eq!(find("2.13").ok().str("/external_id"), "a b/ü");
    assert_eq!(find("Preview").ok().str("/external_id"), "a b/ü");
}

#[test]
fn the_date_header_is_the_sandbox_s_own_time() {
    let api = Api::start();
    assert_eq!(api.get("/me").header("date"), Some("Tue, 14 Nov 2023 22:13:20 GMT"));
    api.control("clock", r#"{"advance_seconds":61}"#);
    assert_eq!(api.get("/me").header("date"), Some("Tue, 14 Nov 2023 22:14:21 GMT"));
}

#[test]
fn what_other_clients_send_besides_is_taken() {
    let api = Api::start();
    let create = |n: u32| api.request("POST", "/contacts").body(format!(r#"{{"external_id":"{n}"}}"#));
    assert_eq!(told(create(1).header("Content-Type", "application/json; charset=utf-8")).status, 200);
    let patient = create(2).header("Content-Type", "application/json").header("Expect", "100-continue");
    assert_eq!(told(patient).status, 200);
    assert_eq!(told(api.with_body("GET", "/contacts/", "{}")).ok().at("/total_count"), 2);
    let bare = api.request("POST", "/contacts/nobody/archive").header("Content-Type", "application/json");
    told(bare).refused(404, "not_found", "User Not Found");
}
