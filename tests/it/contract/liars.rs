//! The check itself, against answers that are not as described: it must not believe them.

use serde_json::{Value, json};

use super::description::Description;
use super::findings;

/// A thing has an id and may have a name; whoever makes one sends a name; the examples show a colour.
const DESCRIPTION: &str = "
openapi: 3.0.1
info: {version: '2.16'}
paths:
  /things/{id}:
    post:
      requestBody: {content: {application/json: {schema: {oneOf: [{$ref: '#/components/schemas/new_thing'}]}}}}
      responses:
        '200':
          content:
            application/json:
              schema: {allOf: [{$ref: '#/components/schemas/thing'}], properties: {parts: {type: array, items: {type: integer}}}}
              examples: {one: {value: {id: '1', name: null, colour: red, parts: []}}}
        '404': {content: {application/json: {schema: {$ref: '#/components/schemas/error'}}}}
    delete:
      responses: {'200': {description: gone}}
components:
  schemas:
    thing: {type: object, properties: {id: {type: string}, name: {type: string, nullable: true}}}
    new_thing: {type: object, properties: {name: {type: string}}, required: [name]}
    error: {type: object, properties: {type: {type: string}}, required: [type]}
";

/// Checks what is said of an exchange; `ours` is the token of every one.
#[track_caller]
fn check(method: &str, request: &Value, status: u16, response: &Value, expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("description.yaml");
    std::fs::write(&path, DESCRIPTION).unwrap();
    let exchange = json!({
        "method": method, "path": "/things/7?x=1", "status": status, "version": "2.16", "fault": null,
        "token_id": "ours", "request": request, "response": response,
    });
    let found: Vec<String> = findings(&[Description::read(&path)], &exchange, "ours")
        .iter()
        .map(|finding| finding.to_string().replace("/things/{id} ", ""))
        .collect();
    assert_eq!(expected, found);
}

#[track_caller]
fn check_answer(response: &Value, expected: &[&str]) {
    check("POST", &json!({"name": "x"}), 200, response, expected);
}

#[test]
fn what_is_as_described_is_believed() {
    check_answer(&json!({"id": "1", "name": null, "parts": [1, 2]}), &[]);
    check_answer(&json!({"id": "1", "name": "x", "parts": [], "colour": "as in the example"}), &[]);
    check("POST", &json!({"name": "x"}), 404, &json!({"type": "error.list"}), &[]);
    check("DELETE", &Value::Null, 200, &Value::Null, &[]);
}

#[test]
fn what_is_not_as_described_is_noticed() {
    check_answer(&json!({"id": 1, "name": null, "parts": []}), &["POST 200: `/id` is a number"]);
    check_answer(&json!({"name": null, "parts": []}), &["POST 200: `/id` is missing"]);
    check_answer(&json!({"id": "1", "name": null, "parts": [1, "2"]}), &["POST 200: `/parts/*` is text"]);
    let misspelt = json!({"id": "1", "nmae": null, "name": null, "parts": []});
    check_answer(&misspelt, &["POST 200: `/nmae` is not described"]);
    check("DELETE", &Value::Null, 200, &json!({}), &["DELETE 200: `` has a body"]);
}

#[test]
fn a_status_that_is_not_described_is_noticed_and_still_has_to_be_a_refusal() {
    let unknown = "POST 409: `` is a status that is not described";
    check("POST", &json!({"name": "x"}), 409, &json!({"type": "error.list"}), &[unknown]);
    check("POST", &json!({"name": "x"}), 409, &json!({}), &[unknown, "POST 409: `/type` is missing"]);
}

#[test]
fn our_own_requests_are_as_described_too() {
    let thing = json!({"id": "1", "name": null, "parts": []});
    check("POST", &json!({}), 200, &thing, &["POST request: `/name` is missing"]);
    check("POST", &json!({"name": 5}), 200, &thing, &["POST request: `/name` is a number"]);
    check(
        "POST",
        &json!({"name": "x", "nmae": "x"}),
        200,
        &thing,
        &["POST request: `/nmae` is not described"],
    );
}
