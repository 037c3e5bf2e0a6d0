"""Runs tap-intercom against another address than Intercom's, for its contacts only, or the CSV target behind it.

    python tap_export.py tap URL | python tap_export.py target
"""

import collections
import collections.abc
import sys


def tap(url):
    import importlib

    from tap_intercom import client
    from tap_intercom.discover import discover

    # The package shows a function of the same name in its place.
    sync = importlib.import_module("tap_intercom.sync")

    class Client(client.IntercomClient):
        def __init__(self, *arguments, **named):
            super().__init__(*arguments, **named)
            self.base_url = url

    sync.IntercomClient = Client
    catalog = discover()
    for stream in catalog.streams:
        for entry in stream.metadata:
            if entry["breadcrumb"] in ((), []):
                entry["metadata"]["selected"] = stream.tap_stream_id == "contacts"
    config = {"access_token": "compare", "start_date": "2000-01-01T00:00:00Z", "user_agent": "compare"}
    sync.sync(config, {}, catalog)


def target():
    # It was written before Python 3.10 moved this name.
    collections.MutableMapping = collections.abc.MutableMapping
    import target_csv

    target_csv.persist_lines(",", '"', sys.stdin)


{"tap": tap, "target": target}[sys.argv[1]](*sys.argv[2:])
