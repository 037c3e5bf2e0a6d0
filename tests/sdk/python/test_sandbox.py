"""The official Python SDK against `intercom-bulk sandbox serve`: what works with Intercom must work with the sandbox.

    python -m venv venv && venv/bin/pip install --require-hashes -r tests/sdk/python/requirements.txt
    cargo build && venv/bin/python -m unittest discover -s tests/sdk/python
"""

import unittest

import httpx
from intercom import Intercom
from intercom.core.api_error import ApiError
from intercom.errors import NotFoundError, UnauthorizedError
from intercom.types import (
    CreateContactRequestWithEmail,
    CreateContactRequestWithExternalId,
    CreateContactRequestWithRole,
    CreateOrUpdateCompanyRequest,
    CreateOrUpdateTagRequest,
    MultipleFilterSearchRequest,
    SingleFilterSearchRequest,
    StartingAfterPaging,
)
from sandbox import SandboxTest

UNHEARD_OF = "0123456789abcdef01234567"


class SdkTest(SandboxTest):
    def setUp(self):
        super().setUp()
        self.intercom = self.client()

    def client(self, token="sdk-token"):
        connections = httpx.Client(timeout=30)
        self.addCleanup(connections.close)
        return Intercom(base_url=self.ready["url"], token=token, httpx_client=connections)

    def user(self, email, **fields):
        return self.intercom.contacts.create(request=CreateContactRequestWithEmail(email=email, **fields))

    def refused(self, status, code, call, *arguments, **named):
        """Sees the error that the SDK raises, and returns its message."""
        with self.assertRaises(ApiError) as caught:
            call(*arguments, **named)
        body = caught.exception.body
        body = body if isinstance(body, dict) else body.dict()
        self.assertEqual((status, code), (caught.exception.status_code, body["errors"][0]["code"]))
        self.assertEqual("error.list", body["type"])
        self.assertEqual(caught.exception.headers["x-request-id"], body["request_id"])
        return body["errors"][0]["message"]


class Contacts(SdkTest):
    def test_a_user_is_created_found_updated_and_found_by_the_callers_id(self):
        request = CreateContactRequestWithExternalId(external_id="ann/1", email="Ann@Example.com", name="Ann")
        created = self.intercom.contacts.create(request=request)
        self.assertEqual(("contact", "user", "ann/1"), (created.type, created.role, created.external_id))
        self.assertEqual("ann@example.com", created.email)
        updated = self.intercom.contacts.update(created.id, name="Anna", phone="+15550100", signed_up_at=1700000000)
        self.assertEqual(("Anna", 1700000000), (updated.name, updated.signed_up_at))
        found = self.intercom.contacts.find(created.id)
        self.assertEqual(("Anna", "+15550100", "ann/1"), (found.name, found.phone, found.external_id))
        self.assertEqual((0, False), (found.tags.total_count, found.companies.has_more))
        # The SDK puts the id into the path as it is, so the caller quotes it.
        by_external_id = self.intercom.contacts.show_contact_by_external_id("ann%2F1")
        self.assertEqual(created.id, by_external_id.id)

    def test_custom_attributes_are_typed_and_must_exist(self):
        self.refused(400, "parameter_invalid", self.user, "a@example.com", custom_attributes={"fur": "grey"})
        self.intercom.data_attributes.create(request={"name": "fur", "model": "contact", "data_type": "string"})
        names = [it.name for it in self.intercom.data_attributes.list(model="contact").data if it.custom]
        self.assertIn("fur", names)
        created = self.user("a@example.com", custom_attributes={"fur": "grey"})
        self.assertEqual({"fur": "grey"}, self.intercom.contacts.find(created.id).custom_attributes)

    def test_a_duplicate_is_a_conflict_that_names_the_other(self):
        created = self.user("a@example.com")
        message = self.refused(409, "conflict", self.user, "A@example.com")
        self.assertEqual(f"A contact matching those details already exists with id={created.id}", message)

    def test_contacts_are_archived_unarchived_and_deleted(self):
        created = self.user("a@example.com")
        self.assertTrue(self.intercom.contacts.archive(created.id).archived)
        self.assertEqual("User Not Found", self.refused(404, "not_found", self.intercom.contacts.find, created.id))
        message = self.refused(409, "conflict", self.user, "a@example.com")
        self.assertIn("An archived contact", message)
        self.assertFalse(self.intercom.contacts.unarchive(created.id).archived)
        self.assertEqual("a@example.com", self.intercom.contacts.find(created.id).email)
        deleted = self.intercom.contacts.delete(created.id)
        self.assertEqual((created.id, True), (deleted.id, deleted.deleted))
        self.assertEqual([], self.look("contacts"))
        self.refused(400, "bad_request", self.intercom.contacts.unarchive, created.id)

    def test_a_lead_is_merged_into_a_user(self):
        user = self.user("a@example.com")
        lead = self.intercom.contacts.create(request=CreateContactRequestWithRole(role="lead", email="a@example.com"))
        merged = self.intercom.contacts.merge_lead_in_user(lead_id=lead.id, contact_id=user.id)
        self.assertEqual((user.id, "user"), (merged.id, merged.role))
        with self.assertRaises(ApiError) as caught:
            self.intercom.contacts.find(lead.id)
        self.assertEqual((410, "contact_merged"), (caught.exception.status_code, self.code(caught.exception)))
        self.assertIn(user.id, caught.exception.headers["link"])

    @staticmethod
    def code(error):
        return error.body["errors"][0]["code"]


class Lists(SdkTest):
    def test_the_sdks_own_pager_walks_the_whole_list(self):
        emails = [f"user{n:02}@example.com" for n in range(25)]
        for email in emails:
            self.user(email)
        pager = self.intercom.contacts.list(per_page=10)
        self.assertEqual((25, 3), (pager.response.total_count, pager.response.pages.total_pages))
        pages = [[contact.email for contact in page.items] for page in pager.iter_pages()]
        self.assertEqual([10, 10, 5], [len(page) for page in pages])
        self.assertEqual(emails, sorted(sum(pages, [])))
        self.assertEqual(25, sum(1 for _ in self.intercom.contacts.list(per_page=10)))

    def test_an_empty_workspace_has_one_empty_page(self):
        pager = self.intercom.contacts.list()
        self.assertEqual(([], False, 0), (pager.items, pager.has_next, pager.response.total_count))

    def test_a_cursor_that_is_none_is_refused(self):
        self.refused(400, "client_error", self.intercom.contacts.list, starting_after="nonsense")


class Search(SdkTest):
    def setUp(self):
        super().setUp()
        attribute = {"name": "logins", "model": "contact", "data_type": "integer"}
        self.intercom.data_attributes.create(request=attribute)
        self.user("ann@example.com", name="Ann", unsubscribed_from_emails=True, custom_attributes={"logins": 1})
        self.user("bob@example.com", name="Bob", signed_up_at=1600000000, custom_attributes={"logins": 2})
        self.user("cem@example.org", name="Cem", signed_up_at=1700000000, custom_attributes={"logins": 3})

    def found(self, field, operator, value):
        # As a dictionary, because the SDK's own model of a filter makes 1 of True.
        query = {"field": field, "operator": operator, "value": value}
        return self.names(self.intercom.contacts.search(query=query))

    @staticmethod
    def names(pager):
        return sorted(contact.name for contact in pager.items)

    def test_text_is_searched_with_each_operator(self):
        self.assertEqual(["Ann"], self.found("email", "=", "ann@example.com"))
        self.assertEqual(["Bob", "Cem"], self.found("email", "!=", "ann@example.com"))
        self.assertEqual(["Ann", "Cem"], self.found("name", "IN", ["Ann", "Cem"]))
        self.assertEqual(["Bob"], self.found("name", "NIN", ["Ann", "Cem"]))
        self.assertEqual(["Ann", "Bob"], self.found("email", "~", "example.com"))
        self.assertEqual(["Cem"], self.found("email", "!~", "example.com"))
        self.assertEqual(["Bob"], self.found("email", "^", "bob"))
        self.assertEqual(["Cem"], self.found("email", "$", ".org"))

    def test_numbers_truths_and_days_are_searched_with_each_operator(self):
        self.assertEqual(["Bob", "Cem"], self.found("custom_attributes.logins", ">", 1))
        self.assertEqual(["Ann"], self.found("custom_attributes.logins", "<", 2))
        self.assertEqual(["Ann"], self.found("unsubscribed_from_emails", "=", True))
        # A day, whatever the hour: both are 2023-11-14 in UTC.
        self.assertEqual(["Cem"], self.found("signed_up_at", "=", 1699999200))
        self.assertEqual(["Cem"], self.found("signed_up_at", ">", 1650000000))
        self.assertEqual(["Bob"], self.found("signed_up_at", "<", 1650000000))

    def test_filters_are_combined_in_two_levels(self):
        leaf = lambda field, operator, value: SingleFilterSearchRequest(field=field, operator=operator, value=value)
        either = MultipleFilterSearchRequest(
            operator="OR", value=[leaf("name", "=", "Ann"), leaf("custom_attributes.logins", ">", 2)]
        )
        both = MultipleFilterSearchRequest(
            operator="AND", value=[either, MultipleFilterSearchRequest(operator="AND", value=[leaf("role", "=", "user"), leaf("email", "~", ".org")])]
        )
        self.assertEqual(["Ann", "Cem"], self.names(self.intercom.contacts.search(query=either)))
        self.assertEqual(["Cem"], self.names(self.intercom.contacts.search(query=both)))

    def test_pages_of_a_search_follow_the_cursor_in_the_body(self):
        query, cursor, names = SingleFilterSearchRequest(field="role", operator="=", value="user"), None, []
        # By hand: `get_next` of this version of the SDK asks for the same page again.
        while True:
            paging = StartingAfterPaging(per_page=2, starting_after=cursor)
            page = self.intercom.contacts.search(query=query, pagination=paging)
            names += [contact.name for contact in page.items]
            self.assertEqual(3, page.response.total_count)
            if not page.has_next:
                break
            cursor = page.response.pages.next.starting_after
        self.assertEqual(["Ann", "Bob", "Cem"], sorted(names))

    def test_a_field_that_cannot_be_searched_is_refused(self):
        query = SingleFilterSearchRequest(field="shoe_size", operator="=", value="9")
        self.refused(400, "invalid_field", self.intercom.contacts.search, query=query)


class Companies(SdkTest):
    def company(self, company_id, **fields):
        request = CreateOrUpdateCompanyRequest(company_id=company_id, **fields)
        return self.intercom.companies.create_or_update(request=request)

    def test_a_company_is_upserted_found_and_updated(self):
        acme = self.company("acme", name="Acme", plan="pro", size=3, monthly_spend=9)
        self.assertEqual(acme.id, self.company("acme", name="Acme Ltd").id)
        found = self.intercom.companies.find(acme.id)
        self.assertEqual(("Acme Ltd", "pro", 3, 9), (found.name, found.plan.name, found.size, found.monthly_spend))
        self.assertEqual(acme.id, self.intercom.companies.retrieve(company_id="acme").id)
        message = self.refused(404, "company_not_found", self.intercom.companies.find, UNHEARD_OF)
        self.assertEqual("Company Not Found", message)

    def test_companies_are_attached_listed_and_detached(self):
        ann, acme, bmce = self.user("ann@example.com"), self.company("acme", name="Acme"), self.company("bmce", name="B")
        for company in [acme, bmce, acme]:
            attached = self.intercom.companies.attach_contact(ann.id, company_id=company.id)
            self.assertEqual(company.id, attached.id)
        self.assertEqual(2, self.intercom.contacts.find(ann.id).companies.total_count)
        listed = self.intercom.contacts.list_attached_companies(ann.id, per_page=1).response
        # Intercom's examples have `data` where the SDK looks for `companies`.
        self.assertEqual((2, 1), (listed.total_count, len(listed.data)))
        self.assertEqual([ann.id], [contact.id for contact in self.intercom.companies.list_attached_contacts(acme.id).data])
        self.assertEqual(acme.id, self.intercom.companies.detach_contact(ann.id, acme.id).id)
        self.assertEqual(1, self.intercom.contacts.find(ann.id).companies.total_count)

    def test_a_company_is_attached_by_intercoms_id_only(self):
        ann = self.user("ann@example.com")
        self.company("acme", name="Acme")
        self.refused(404, "company_not_found", self.intercom.companies.attach_contact, ann.id, company_id="acme")
        acme = self.intercom.companies.retrieve(company_id="acme")
        self.refused(404, "not_found", self.intercom.companies.attach_contact, UNHEARD_OF, company_id=acme.id)

    def test_the_sdks_own_pagers_walk_all_companies(self):
        ann = self.user("ann@example.com")
        for n in range(5):
            company = self.company(f"c-{n}", name=f"Company {n}")
            self.intercom.companies.attach_contact(ann.id, company_id=company.id)
        expected = [f"c-{n}" for n in range(5)]
        listed = [company.company_id for company in self.intercom.companies.list(page=1, per_page=2)]
        self.assertEqual(expected, sorted(listed))
        # It asks for a page once more after the last one, which is empty and ends the scroll.
        scrolled = [company.company_id for company in self.intercom.companies.scroll()]
        self.assertEqual(expected, sorted(scrolled))

    def test_a_company_is_deleted(self):
        acme = self.company("acme", name="Acme")
        deleted = self.intercom.companies.delete(acme.id)
        self.assertEqual((acme.id, True), (deleted.id, deleted.deleted))
        self.refused(404, "company_not_found", self.intercom.companies.find, acme.id)


class Tags(SdkTest):
    def test_tags_are_made_by_name_and_attached_by_id(self):
        ann = self.user("ann@example.com")
        vip = self.intercom.tags.create(request=CreateOrUpdateTagRequest(name="VIP"))
        self.assertEqual(vip.id, self.intercom.tags.create(request=CreateOrUpdateTagRequest(name="vip")).id)
        self.assertEqual("VIP", self.intercom.tags.tag_contact(ann.id, tag_id=vip.id).name)
        self.assertEqual(["VIP"], [tag.name for tag in self.intercom.contacts.list_attached_tags(ann.id).data])
        self.assertEqual([vip.id], [tag.id for tag in self.intercom.tags.list().data])
        tagged = SingleFilterSearchRequest(field="tag_id", operator="=", value=vip.id)
        self.assertEqual([ann.id], [contact.id for contact in self.intercom.contacts.search(query=tagged).items])
        self.assertEqual(vip.id, self.intercom.tags.untag_contact(ann.id, vip.id).id)
        self.assertEqual([], self.intercom.contacts.list_attached_tags(ann.id).data)
        self.intercom.tags.delete(vip.id)
        self.assertEqual([], self.intercom.tags.list().data)

    def test_a_tag_that_is_not_there_is_not_found(self):
        ann = self.user("ann@example.com")
        with self.assertRaises(NotFoundError):
            self.intercom.tags.tag_contact(ann.id, tag_id="999999")


class Rest(SdkTest):
    def test_notes_are_written_and_paged(self):
        ann = self.user("ann@example.com")
        for n in range(3):
            self.intercom.notes.create(ann.id, body=f"note {n}")
        notes = [note.body for note in self.intercom.notes.list(ann.id, page=1, per_page=2)]
        self.assertEqual(3, len(notes))

    def test_teammates_segments_and_subscriptions_are_read(self):
        me = self.intercom.admins.identify()
        self.assertEqual(("admin", self.look("contacts")), (me.type, []))
        self.assertIn(me.id, [admin.id for admin in self.intercom.admins.list().admins])
        self.assertEqual(me.email, self.intercom.admins.find(me.id).email)
        self.assertEqual("segment.list", self.intercom.segments.list().type)
        ann = self.user("ann@example.com")
        self.assertEqual("list", self.intercom.contacts.list_attached_segments(ann.id).type)
        self.assertEqual("list", self.intercom.contacts.list_attached_subscriptions(ann.id).type)
        self.assertEqual("list", self.intercom.subscription_types.list().type)

    def test_a_throttled_request_is_tried_again_when_asked_for(self):
        self.control("faults", {"next": [{"fault": "json_503"}]})
        # This version counts its tries from two.
        me = self.intercom.admins.identify(request_options={"max_retries": 3})
        self.assertEqual("admin", me.type)
        self.assertEqual([503, 200], [request["status"] for request in self.look("requests")])

    flags = ["--lag", "0", "--quota", "0/min"]


class OneToken(SdkTest):
    flags = ["--lag", "0", "--token", "the-only-one"]

    def test_another_token_is_refused(self):
        with self.assertRaises(UnauthorizedError) as caught:
            self.intercom.contacts.list()
        self.assertEqual("Access Token Invalid", caught.exception.body.errors[0].message)
        self.assertEqual("admin", self.client("the-only-one").admins.identify().type)


class Lag(SdkTest):
    flags = ["--lag", "60s"]

    def test_a_search_trails_what_was_written_and_a_read_does_not(self):
        created = self.user("ann@example.com")
        query = SingleFilterSearchRequest(field="email", operator="=", value="ann@example.com")
        self.assertEqual([], self.intercom.contacts.search(query=query).items)
        self.assertEqual([], self.intercom.contacts.list().items)
        self.assertEqual("ann@example.com", self.intercom.contacts.find(created.id).email)
        self.control("settle")
        self.assertEqual([created.id], [contact.id for contact in self.intercom.contacts.search(query=query).items])
        self.assertEqual([created.id], [contact.id for contact in self.intercom.contacts.list().items])


if __name__ == "__main__":
    unittest.main()
