"""How does the program compare with what people use today, and what does each of them lose at a small quota?

    cargo build --release && python3 benches/compare/compare.py [--rows N] [--users N] [--repeats N] [--quota-rows N]

Installs the official SDKs for Python and Node, tap-intercom and a CSV target into a folder of its own, which needs a
network. Each command runs against a fresh sandbox in a process of its own; the commands take turns, and the medians are
told. Rows an import is given, and what the sandbox then holds, are compared: the difference is lost.
"""

import argparse
import csv
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

# More than any machine sends: without it the program keeps to what a workspace grants by default.
UNTHROTTLED = ["--rate", "6000000/min"]
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


class Sandbox:
    """A sandbox in a process of its own."""

    def __init__(self, binary, *flags):
        command = [binary, "sandbox", "serve", "--port", "0", "--lag", "0", *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def look(self, path):
        with urllib.request.urlopen(f"{self.url}/__sandbox/{path}") as answer:
            return answer.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.stdout.close()
        self.process.wait()


class Use:
    """What one command took."""

    def __init__(self, command, folder, environment):
        begun, log = time.monotonic(), open(folder / "log", "wb")
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        _, self.status, used = os.wait4(process.pid, 0)
        process.returncode = self.status
        log.close()
        self.wall = time.monotonic() - begun
        self.cpu = used.ru_utime + used.ru_stime
        self.peak = used.ru_maxrss / 1024
        self.log = (folder / "log").read_text(errors="replace")


class Tools:
    """Other people's tools, installed into a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.python = self.install_python()
        self.node = self.install_node()

    def install_python(self):
        python = self.folder / "venv" / "bin" / "python"
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", self.folder / "venv"], check=True)
        requirements = HERE / "requirements.txt"
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", requirements], check=True)
        return python

    def install_node(self):
        if not shutil.which("npm"):
            print("SKIPPED: the SDK for Node, because there is no npm here")
            return None
        for name in ["package.json", "sdk_upsert.mjs", "sdk_export.mjs"]:
            shutil.copy(HERE / name, self.folder)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"]
        subprocess.run(command, cwd=self.folder, check=True)
        return shutil.which("node")

    def imports(self, binary, *flags):
        """The commands that upsert `users.csv` or `users.ndjson`; URL is replaced. The flags are the program's own."""
        commands = {"intercom-bulk": [binary, "import", "users.csv", "--base-url", "URL", *flags]}
        commands["Python SDK, 16 threads"] = [self.python, HERE / "sdk_upsert.py", "URL", "users.csv"]
        if self.node:
            commands["Node SDK, 16 at a time"] = [self.node, self.folder / "sdk_upsert.mjs", "URL", "users.ndjson"]
        commands["curl, xargs -P 16"] = ["bash", HERE / "curl_upsert.sh", "URL", "users.ndjson"]
        return commands

    def exports(self, binary):
        commands = {"intercom-bulk": [binary, "export", "out.csv", "--base-url", "URL", *UNTHROTTLED]}
        commands["intercom-bulk, one cursor"] = [*commands["intercom-bulk"], "--cursors", "1"]
        commands["Python SDK"] = [self.python, HERE / "sdk_export.py", "URL", "out.csv"]
        if self.node:
            commands["Node SDK"] = [self.node, self.folder / "sdk_export.mjs", "URL", "out.csv"]
        pipe = f"{self.python} {HERE}/tap_export.py tap URL | {self.python} {HERE}/tap_export.py target"
        commands["tap-intercom, target-csv"] = ["bash", "-c", pipe]
        return commands


def write_users(folder, n_rows, night=0):
    """Writes the users as CSV and NDJSON; on a later night one in a hundred has another name."""
    rows = [
        {
            "external_id": f"u-{n:08}",
            "email": f"user{n:08}@mail.example.com",
            "name": f"Example {n}" + (f" of night {night}" if n % 100 == 0 and night else ""),
            "phone": f"+4930{n:08}",
        }
        for n in range(n_rows)
    ]
    with open(folder / "users.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    with open(folder / "users.ndjson", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def run(command, sandbox, folder):
    words = [str(word).replace("URL", sandbox.url) for word in command]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "INTERCOM_ACCESS_TOKEN": "compare"}
    return Use(words, folder, environment)


def requests(sandbox):
    return json.loads(sandbox.look("stats"))["requests"]


def held(sandbox):
    return len(sandbox.look("contacts").splitlines())


def import_two_nights(command, binary, n_rows):
    """Creates all users, and on the next night updates one in a hundred. Returns the figures of both nights."""
    with Sandbox(binary, "--quota", "0") as sandbox, tempfile.TemporaryDirectory() as folder:
        folder, nights, before = pathlib.Path(folder), [], 0
        for night in range(2):
            write_users(folder, n_rows, night)
            use = run(command, sandbox, folder)
            total = requests(sandbox)
            nights += [n_rows / use.wall, use.cpu * 1000 / n_rows, use.peak, (total - before) / n_rows]
            before = total
        return [*nights, n_rows - held(sandbox)]


def export_once(command, binary, n_users):
    with Sandbox(binary, "--quota", "0", "--users", str(n_users)) as sandbox, tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        use = run(command, sandbox, folder)
        outputs = [path for path in folder.glob("*.csv")]
        n_rows = sum(1 for _ in csv.reader(open(outputs[0], newline=""))) - 1 if outputs else 0
        per_100_000 = 100_000 / n_users
        return [n_users / use.wall, use.cpu * per_100_000, use.peak, requests(sandbox), n_users - n_rows]


def import_at_a_small_quota(command, binary, n_rows):
    with Sandbox(binary, "--quota", "600/min") as sandbox, tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        write_users(folder, n_rows)
        use = run(command, sandbox, folder)
        throttled = json.loads(sandbox.look("stats"))["throttled"]
        return [use.wall, throttled, n_rows - held(sandbox), os.waitstatus_to_exitcode(use.status)]


def interleaved(commands, measure, repeats):
    """Lets the commands take turns, and returns the median of each figure."""
    runs = {name: [] for name in commands}
    for _ in range(repeats):
        for name, command in commands.items():
            runs[name].append(measure(command))
    return {name: [statistics.median(figure) for figure in zip(*run)] for name, run in runs.items()}


def side_by_side(commands, measure):
    """Runs commands that mostly wait at the same time."""
    figures = {}

    def one(name, command):
        figures[name] = measure(command)

    threads = [threading.Thread(target=one, args=item) for item in commands.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {name: figures[name] for name in commands}


def show(title, header, table):
    print(f"\n{title}\n")
    print("| | " + " | ".join(header) + " |")
    print("|---" * (len(header) + 1) + "|")
    for name, figures in table.items():
        print(f"| {name} | " + " | ".join(number(figure) for figure in figures) + " |")
    sys.stdout.flush()


def number(figure):
    return f"{figure:,.0f}" if abs(figure) >= 100 or figure == int(figure) else f"{figure:.3g}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", default=ROOT / "target" / "release" / "intercom-bulk", type=pathlib.Path)
    parser.add_argument("--rows", default=3_000, type=int)
    parser.add_argument("--users", default=20_000, type=int)
    parser.add_argument("--repeats", default=3, type=int)
    parser.add_argument("--quota-rows", default=400, type=int)
    parser.add_argument("--tools", type=pathlib.Path)
    arguments = parser.parse_args()
    binary = arguments.binary.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        tools = Tools(arguments.tools or pathlib.Path(scratch))
        n_rows, n_users = arguments.rows, arguments.users
        night = ["rows/s", "CPU s per 1,000", "peak MiB", "requests a row"]
        imports = tools.imports(binary, *UNTHROTTLED)
        table = interleaved(imports, lambda it: import_two_nights(it, binary, n_rows), arguments.repeats)
        header = [f"night {n}: {figure}" for n in (1, 2) for figure in night] + ["rows lost"]
        show(f"{n_rows:,} users, all new on the first night, one in a hundred changed on the second", header, table)
        table = interleaved(
            tools.exports(binary), lambda it: export_once(it, binary, n_users), arguments.repeats
        )
        header = ["contacts/s", "CPU s per 100,000", "peak MiB", "requests", "rows lost"]
        show(f"{n_users:,} contacts to CSV", header, table)
        n_rows = arguments.quota_rows
        table = side_by_side(tools.imports(binary), lambda it: import_at_a_small_quota(it, binary, n_rows))
        show(f"{n_rows:,} new users at 600 requests a minute", ["seconds", "429s", "rows lost", "exit code"], table)


main()
