"""A sandbox of its own for each test class, started through the built binary, and the ways to look behind the API."""

import json
import os
import pathlib
import subprocess
import unittest
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[3]
BINARY = os.environ.get("INTERCOM_BULK_BINARY", ROOT / "target" / "debug" / "intercom-bulk")


class SandboxTest(unittest.TestCase):
    """Serves a sandbox for the class, and begins each test with a fresh workspace."""

    flags = ["--lag", "0"]

    @classmethod
    def setUpClass(cls):
        command = [BINARY, "sandbox", "serve", "--port", "0", *cls.flags]
        cls.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        cls.ready = json.loads(cls.server.stdout.readline())

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.stdout.close()
        if cls.server.wait(10) != 0:
            raise AssertionError(f"the sandbox ended with {cls.server.returncode}")

    def setUp(self):
        self.control("reset")

    def control(self, path, body=None):
        """Asks a control path; without a body, as POST all the same."""
        data = json.dumps(body).encode() if body is not None else b""
        with urllib.request.urlopen(f"{self.ready['url']}/__sandbox/{path}", data) as answer:
            return answer.read()

    def look(self, path):
        """Reads NDJSON from a control path."""
        with urllib.request.urlopen(f"{self.ready['url']}/__sandbox/{path}") as answer:
            return [json.loads(line) for line in answer.read().splitlines()]
