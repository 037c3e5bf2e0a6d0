"""Writes all contacts to a CSV with the official Python SDK."""

import csv
import sys

import httpx
from intercom import Intercom

COLUMNS = ["id", "external_id", "email", "name", "phone", "role", "created_at", "updated_at", "signed_up_at"]


def main(url, path):
    intercom = Intercom(base_url=url, token="compare", httpx_client=httpx.Client(timeout=60))
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow([*COLUMNS, "custom_attributes"])
        for contact in intercom.contacts.list(per_page=150):
            writer.writerow([*(getattr(contact, column, None) for column in COLUMNS), contact.custom_attributes])


main(*sys.argv[1:])
