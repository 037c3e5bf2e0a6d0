//! The way along everything that a sandbox has, success and refusal, in JSON as text.

use intercom_bulk::sandbox::{Config, Lag};
use reqwest::blocking::RequestBuilder;
use serde_json::Value;

use super::DESCRIPTIONS;
use crate::support::{TestEnv, client};

/// Asks a sandbox for everything, and remembers the ids it was given.
struct Driver {
    env: TestEnv,
    version: &'static str,
    names: Vec<(&'static str, String)>,
}

impl Driver {
    fn new(config: Config) -> Self {
        Self { env: TestEnv::with(config), version: "2.16", names: Vec::new() }
    }

    /// Asks, with `{name}` for ids, and sees the status. A body is sent unless it is empty.
    #[track_caller]
    fn say(&self, method: &str, path: &str, body: &str, status: u16) -> Value {
        let (path, body) = (self.named(path), self.named(body));
        let request = self.request(method, &path).bearer_auth("driver").header("Accept", "application/json");
        let request =
            if body.is_empty() { request } else { request.header("Content-Type", "application/json") };
        let response = request.header("Intercom-Version", self.version).body(body).send().unwrap();
        let (told, text) = (response.status().as_u16(), response.text().unwrap());
        assert_eq!(status, told, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Asks for something new, and remembers its id under a name.
    #[track_caller]
    fn make(&mut self, name: &'static str, method: &str, path: &str, body: &str) {
        let id = &self.say(method, path, body, 200)["id"];
        let id = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        self.names.push((name, id));
    }

    fn named(&self, text: &str) -> String {
        self.names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        client().request(method.parse().unwrap(), self.env.url() + path)
    }

    fn exchanges(&self) -> Vec<Value> {
        let lines = self.env.ask("GET", "/__sandbox/exchanges", "");
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn prompt() -> Config {
    Config { quota_per_minute: 0, lag: Lag::NONE, ..Config::default() }
}

fn contacts(driver: &mut Driver) {
    driver.make(
        "ann",
        "POST",
        "/contacts",
        r#"{"email":"ann@example.com","external_id":"ann","name":"Ann"}"#,
    );
    driver.make("nobody", "POST", "/contacts", r#"{"external_id":"nobody"}"#);
    driver.make("lead", "POST", "/contacts", r#"{"role":"lead","email":"ann@example.com"}"#);
    driver.say("POST", "/contacts", r#"{"email":"ann@example.com"}"#, 409);
    driver.say("POST", "/contacts", r#"{"email":"b@example.com","custom_attributes":{"no":1}}"#, 400);
    driver.say("GET", "/contacts/{ann}", "", 200);
    driver.say("GET", "/contacts/0123456789abcdef01234567", "", 404);
    driver.say("GET", "/contacts/find_by_external_id/ann", "", 200);
    driver.say("GET", "/contacts/find_by_external_id/unheard-of", "", 404);
    driver.say("PUT", "/contacts/{ann}", r#"{"name":"Anna","phone":"+15550100","owner_id":null}"#, 200);
    driver.say("PUT", "/contacts/{ann}", r#"{"role":"lead"}"#, 400);
    driver.say("PUT", "/contacts/{ann}", r#"{"external_id":"nobody"}"#, 409);
    driver.say("PUT", "/contacts/0123456789abcdef01234567", r#"{"name":"x"}"#, 404);
    driver.say("GET", "/contacts?per_page=1", "", 200);
    driver.say("GET", "/contacts?starting_after=nonsense", "", 400);
}

fn search(driver: &mut Driver) {
    let leaf = r#"{"query":{"field":"role","operator":"=","value":"user"},"pagination":{"per_page":1}}"#;
    driver.say("POST", "/contacts/search", leaf, 200);
    let tree = r#"{"query":{"operator":"AND","value":[{"operator":"OR","value":[
        {"field":"email","operator":"~","value":"ann"},{"field":"external_id","operator":"IN","value":["a"]}]}]}}"#;
    driver.say("POST", "/contacts/search", tree, 200);
    let sort =
        r#"{"query":{"field":"role","operator":"=","value":"user"},"sort":{"field":"name","order":"desc"}}"#;
    driver.say("POST", "/contacts/search", sort, 400);
    let operator = r#"{"query":{"field":"role","operator":"LIKE","value":"user"}}"#;
    driver.say("POST", "/contacts/search", operator, 500);
}

fn life(driver: &mut Driver) {
    driver.say("POST", "/contacts/{nobody}/archive", "{}", 200);
    driver.say("POST", "/contacts/{nobody}/unarchive", "{}", 200);
    driver.say("DELETE", "/contacts/{nobody}", "", 200);
    driver.say("POST", "/contacts/{nobody}/unarchive", "{}", 400);
    driver.say("DELETE", "/contacts/{nobody}", "", 404);
    driver.say("POST", "/contacts/{nobody}/archive", "{}", 404);
}

fn attributes(driver: &mut Driver) {
    let text = r#"{"name":"fur","model":"contact","data_type":"string"}"#;
    driver.make("attribute", "POST", "/data_attributes", text);
    driver.say("POST", "/data_attributes", text, 400);
    let list =
        r#"{"name":"paws","model":"contact","data_type":"options","options":[{"value":"S"},{"value":"L"}]}"#;
    driver.say("POST", "/data_attributes", list, 200);
    driver.say("GET", "/data_attributes?model=contact", "", 200);
    driver.say("GET", "/data_attributes?model=company", "", 200);
    driver.say("GET", "/data_attributes?model=conversation", "", 422);
    driver.say("PUT", "/data_attributes/{attribute}", r#"{"description":"What they wear"}"#, 200);
    driver.say("PUT", "/data_attributes/{attribute}", r#"{"options":[{"value":"only one"}]}"#, 400);
    driver.say("PUT", "/data_attributes/999999", r#"{"archived":true}"#, 404);
    driver.say("PUT", "/contacts/{ann}", r#"{"custom_attributes":{"fur":"grey"}}"#, 200);
}

fn companies(driver: &mut Driver) {
    driver.make("bare", "POST", "/companies", r#"{"company_id":"bare"}"#);
    let acme = r#"{"company_id":"acme","name":"Acme","plan":"pro","size":3,"website":"acme.test","industry":"Tools",
        "monthly_spend":9,"remote_created_at":1700000000}"#;
    driver.make("acme", "POST", "/companies", acme);
    driver.say("POST", "/companies", r#"{"company_id":"acme","test":1}"#, 400);
    driver.say("GET", "/companies/{acme}", "", 200);
    driver.say("GET", "/companies/0123456789abcdef01234567", "", 404);
    driver.say("PUT", "/companies/{acme}", r#"{"name":"Acme Ltd"}"#, 200);
    driver.say("PUT", "/companies/0123456789abcdef01234567", r#"{"name":"x"}"#, 404);
    driver.say("POST", "/contacts/{ann}/companies", r#"{"id":"{acme}"}"#, 200);
    driver.say("POST", "/contacts/{ann}/companies", r#"{"id":"{bare}"}"#, 200);
    driver.say("POST", "/contacts/{ann}/companies", "{}", 400);
    driver.say("POST", "/contacts/{ann}/companies", r#"{"id":"acme"}"#, 404);
    driver.say("GET", "/contacts/{ann}/companies", "", 200);
    driver.say("GET", "/contacts/0123456789abcdef01234567/companies", "", 404);
    driver.say("GET", "/companies/{acme}/contacts", "", 200);
    driver.say("GET", "/companies/0123456789abcdef01234567/contacts", "", 404);
    driver.say("DELETE", "/contacts/{ann}/companies/{bare}", "", 200);
    driver.say("DELETE", "/contacts/{ann}/companies/0123456789abcdef01234567", "", 404);
}

fn tags(driver: &mut Driver) {
    driver.make("vip", "POST", "/tags", r#"{"name":"VIP"}"#);
    driver.say("POST", "/tags", r#"{"name":"VIP","users":[{"id":"{ann}"}]}"#, 200);
    driver.say("POST", "/tags", r#"{"name":"VIP","companies":[{"company_id":"acme"}]}"#, 200);
    driver.say("POST", "/tags", r#"{"nome":"VIP"}"#, 400);
    driver.say("GET", "/tags", "", 200);
    driver.say("GET", "/tags/{vip}", "", 200);
    driver.say("GET", "/tags/999999", "", 404);
    driver.say("POST", "/contacts/{ann}/tags", r#"{"id":"{vip}"}"#, 200);
    driver.say("POST", "/contacts/{ann}/tags", r#"{"id":"999999"}"#, 404);
    driver.say("GET", "/contacts/{ann}/tags", "", 200);
    driver.say("GET", "/contacts/0123456789abcdef01234567/tags", "", 404);
    driver.say("GET", "/contacts/{ann}", "", 200);
    driver.say("DELETE", "/contacts/{ann}/tags/{vip}", "", 200);
    driver.say("DELETE", "/contacts/{ann}/tags/999999", "", 404);
}

fn more_companies(driver: &mut Driver) {
    driver.say("GET", "/companies?company_id=acme", "", 200);
    driver.say("GET", "/companies?company_id=bare", "", 200);
    driver.say("GET", "/companies?company_id=unheard-of", "", 404);
    driver.say("GET", "/companies", "", 200);
    driver.say("POST", "/contacts/{ann}/companies", r#"{"id":"{bare}"}"#, 200);
    driver.say("POST", "/companies/list?per_page=1", "", 200);
    driver.say("POST", "/companies/list?per_page=60&page=167", "", 400);
    driver.say("PUT", "/companies/{acme}", r#"{"company_id":"other"}"#, 400);
    let tier = r#"{"name":"tier","model":"company","data_type":"integer"}"#;
    driver.say("POST", "/data_attributes", tier, 200);
    driver.say("POST", "/companies", r#"{"company_id":"acme","custom_attributes":{"tier":1}}"#, 200);
    let scroll = driver.say("GET", "/companies/scroll", "", 200)["scroll_param"].clone();
    driver.say("GET", "/companies/scroll", "", 400);
    driver.say("GET", &format!("/companies/scroll?scroll_param={}", scroll.as_str().unwrap()), "", 200);
    driver.say("GET", "/companies/scroll?scroll_param=nonsense", "", 404);
    driver.say("GET", "/companies/{acme}/segments", "", 200);
    driver.say("GET", "/companies/0123456789abcdef01234567/segments", "", 404);
    driver.say("DELETE", "/companies/{bare}", "", 200);
    driver.say("DELETE", "/companies/0123456789abcdef01234567", "", 404);
    driver.say("DELETE", "/tags/{vip}", "", 200);
    driver.say("DELETE", "/tags/{vip}", "", 404);
    driver.make("rule", "POST", "/tags", r#"{"name":"VIP customer"}"#);
    driver.say("DELETE", "/tags/{rule}", "", 400);
    driver.say("POST", "/tags", r#"{"id":"1","name":"x"}"#, 404);
}

fn people(driver: &mut Driver) {
    driver.say("GET", "/admins", "", 200);
    driver.say("GET", "/admins/814860", "", 200);
    driver.say("GET", "/admins/1", "", 404);
    driver.say("POST", "/contacts/{ann}/notes", r#"{"body":"Called.","admin_id":"814860"}"#, 200);
    driver.say("POST", "/contacts/0123456789abcdef01234567/notes", r#"{"body":"Called."}"#, 404);
    driver.say("POST", "/contacts/{ann}/notes", "{}", 400);
    driver.say("GET", "/contacts/{ann}/notes", "", 200);
    driver.say("GET", "/contacts/0123456789abcdef01234567/notes", "", 404);
    driver.say("GET", "/contacts/{ann}/segments", "", 200);
    driver.say("GET", "/contacts/0123456789abcdef01234567/segments", "", 404);
    driver.say("GET", "/segments?include_count=true", "", 200);
    driver.say("GET", "/segments/5e0be1000000000000000001", "", 200);
    driver.say("GET", "/segments/nobody", "", 404);
    driver.say("POST", "/contacts/{ann}/subscriptions", r#"{"id":"118001","consent_type":"opt_out"}"#, 200);
    driver.say("POST", "/contacts/{ann}/subscriptions", r#"{"id":"1","consent_type":"opt_out"}"#, 404);
    driver.say("POST", "/contacts/{ann}/subscriptions", r#"{"id":"118001","consent_type":"opt_in"}"#, 400);
    driver.say("GET", "/contacts/{ann}/subscriptions", "", 200);
    driver.say("GET", "/contacts/0123456789abcdef01234567/subscriptions", "", 404);
    driver.say("GET", "/contacts/{ann}", "", 200);
    driver.say("DELETE", "/contacts/{ann}/subscriptions/118001", "", 200);
    driver.say("DELETE", "/contacts/{ann}/subscriptions/118001", "", 404);
}

fn merge(driver: &mut Driver) {
    driver.make("eve", "POST", "/contacts", r#"{"role":"lead","email":"eve@example.com"}"#);
    driver.say("POST", "/contacts/merge", r#"{"from":"{eve}","into":"{ann}"}"#, 400);
    driver.make("twin", "POST", "/contacts", r#"{"role":"lead","email":"ann@example.com"}"#);
    driver.say("POST", "/contacts/merge", r#"{"from":"{twin}","into":"{ann}"}"#, 200);
    driver.say("POST", "/contacts/merge", r#"{"from":"{twin}","into":"{ann}"}"#, 404);
    driver.say("POST", "/contacts/{twin}/unarchive", "{}", 404);
    driver.say("GET", "/contacts/{twin}", "", 410);
    driver.say("GET", "/contacts/{ann}?include_merge_history=true", "", 200);
    driver.say("GET", "/contacts/{ann}/merge_history", "", 200);
    driver.say("GET", "/contacts/0123456789abcdef01234567/merge_history", "", 404);
    driver.say("POST", "/contacts/{eve}/block", "", 200);
}

fn preview(driver: &mut Driver) {
    driver.version = "Preview";
    let creating = r#"{"contacts":[{"external_id":"bulk-1","companies":[{"company_id":"acme"}]}]}"#;
    let (updating, deleting) =
        (r#"{"contacts":[{"id":"{ann}","name":"Ann"}]}"#, r#"{"contacts":[{"id":"{lead}"}]}"#);
    for (method, path, body) in [
        ("POST", "/contacts/bulk", creating),
        ("PUT", "/contacts/bulk", updating),
        ("POST", "/contacts/bulk/delete", deleting),
    ] {
        let job = driver.say(method, path, body, 202)["id"].as_str().unwrap().to_owned();
        driver.say("GET", &format!("/contacts/bulk/{job}"), "", 200);
        let to_job = |job: &str| body.replacen('{', &format!(r#"{{"job":{{"id":"{job}"}},"#), 1);
        driver.say(method, path, &to_job("job_v2_0"), 404);
        driver.say(method, path, "{}", 422);
        driver.env.ask("POST", "/__sandbox/clock", r#"{"advance_seconds":1000}"#);
        driver.say("GET", &format!("/contacts/bulk/{job}"), "", 200);
        driver.say(method, path, &to_job(&job), 403);
    }
    driver.say("GET", "/contacts/bulk/job_v2_0", "", 404);
    driver.say("GET", "/contacts/activities", "", 200);
    driver.say("GET", "/contacts/activities?starting_after=nonsense", "", 400);
    driver.version = "2.16";
}

/// What is told before any room is asked.
fn heads(driver: &mut Driver) {
    driver.say("GET", "/me", "", 200);
    driver.version = "9.9";
    driver.say("GET", "/me", "", 400);
    driver.version = "2.16";
    let refused = |request: RequestBuilder, status| assert_eq!(status, request.send().unwrap().status());
    refused(driver.request("GET", "/me").bearer_auth("driver").header("Accept", "text/html"), 406);
    let text = driver.request("POST", "/contacts").bearer_auth("driver").header("Content-Type", "text/plain");
    refused(text.header("Accept", "*/*").body("email=a@example.com"), 415);
    refused(driver.request("GET", "/me").header("Accept", "*/*"), 401);
    let operations = DESCRIPTIONS.iter().flat_map(|description| &description.operations);
    for operation in operations.filter(|operation| operation.answers.contains_key(&401)) {
        refused(driver.request(&operation.method, &operation.path).header("Accept", "*/*"), 401);
    }
}

/// A sandbox in which what is not known turns out otherwise.
fn with_switches() -> Driver {
    let settings =
        ["restoring-deleted=server-error", "development-cap=twenty", "large-search-page=times-out"];
    let unknowns = settings.iter().map(|setting| setting.parse().unwrap()).collect();
    Driver::new(Config { unknowns, ..prompt() })
}

fn switches(driver: &mut Driver) {
    driver.make("first", "POST", "/contacts", r#"{"external_id":"first"}"#);
    (1..20).for_each(|n| drop(driver.say("POST", "/contacts", &format!(r#"{{"external_id":"{n}"}}"#), 200)));
    driver.say("POST", "/contacts", r#"{"external_id":"20"}"#, 403);
    let large = r#"{"query":{"field":"role","operator":"=","value":"user"},"pagination":{"per_page":150}}"#;
    driver.say("POST", "/contacts/search", large, 504);
    driver.say("DELETE", "/contacts/{first}", "", 200);
    driver.say("POST", "/contacts/{first}/unarchive", "{}", 500);
}

/// Everything that was said on the way; what nobody can explain fails at the end of each sandbox.
pub fn journey() -> Vec<Value> {
    let mut driver = Driver::new(prompt());
    for stage in
        [contacts, search, attributes, companies, tags, more_companies, people, merge, life, preview, heads]
    {
        stage(&mut driver);
    }
    let mut switched = with_switches();
    switches(&mut switched);
    let throttled = Driver::new(Config { quota_per_minute: 6, ..prompt() });
    throttled.say("GET", "/me", "", 200);
    throttled.say("GET", "/me", "", 429);
    [driver.exchanges(), switched.exchanges(), throttled.exchanges()].concat()
}
