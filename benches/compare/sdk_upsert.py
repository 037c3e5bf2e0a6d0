"""Upserts the users of a CSV with the official Python SDK: create, and on a conflict update the contact that it names."""

import csv
import re
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
from intercom import Intercom
from intercom.core.api_error import ApiError
from intercom.types import CreateContactRequestWithEmail

IN_FLIGHT = 16


def main(url, path):
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    intercom = Intercom(base_url=url, token="compare", httpx_client=httpx.Client(timeout=60, limits=limits))

    def upsert(row):
        try:
            intercom.contacts.create(request=CreateContactRequestWithEmail(**row))
        except ApiError as error:
            found = re.search(r"id=([0-9a-f]{24})", str(error.body)) if error.status_code == 409 else None
            if not found:
                return str(error.body)[:200]
            try:
                intercom.contacts.update(found[1], **row)
            except ApiError as error:
                return str(error.body)[:200]
        return None

    with open(path, newline="", encoding="utf-8") as rows, ThreadPoolExecutor(IN_FLIGHT) as pool:
        failed = [why for why in pool.map(upsert, csv.DictReader(rows)) if why]
    print(f"{len(failed)} rows failed", *failed[:1], file=sys.stderr)


main(*sys.argv[1:])
