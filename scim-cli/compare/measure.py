"""Measures `scim get users` beside scim2-cli: CPU time of the process, and the time from its start to its first
request, as the server sees it. Each figure is the least of so many rounds: the machine may be busy.

usage: measure.py SCIM SCIM2 ROUNDS
"""

import http.client
import http.server
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import threading
import time

scim, scim2, rounds = os.path.abspath(sys.argv[1]), sys.argv[2], int(sys.argv[3])
TOKEN = "only-for-this"
# What the command promises.
MAX_SHARE, MAX_MILLISECONDS, MAX_SIZE = 1 / 50, 15, 12_000_000


def certificates(folder):
    """An authority, and a certificate of localhost that it has signed."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=tests")
    openssl("req", *key, "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=localhost")
    (folder / "ext").write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
    openssl("x509", "-req", "-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", "own.pem", "-days", "2", "-extfile", "ext")


class Front(http.server.ThreadingHTTPServer):
    """Hands everything on to the service provider, and remembers when the first byte of a client came."""

    daemon_threads = True

    def __init__(self, provider, context=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.provider, self.context, self.connected, self.asked = provider, context, 0.0, 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def get_request(self):
        connection, address = super().get_request()
        if not self.connected:
            self.connected = time.monotonic()
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if not self.server.asked:
            self.server.asked = time.monotonic()
        provider = http.client.HTTPConnection("127.0.0.1", self.server.provider)
        provider.request("GET", self.path, headers={"authorization": self.headers["authorization"] or ""})
        answer = provider.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        self.send_header("content-type", answer.getheader("content-type", ""))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def cost(command, environment, front=None):
    """CPU seconds, and milliseconds to the connection and to the request of one run."""
    if front:
        front.connected = front.asked = 0.0
    begun = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    words = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command}: {words.decode()}")
    spans = ((front.connected - begun) * 1000, (front.asked - begun) * 1000) if front else (0, 0)
    return used.ru_utime + used.ru_stime, *spans


def least(rows):
    return [min(column) for column in zip(*rows)]


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="scim-measure-"))
    certificates(folder)
    own = {"PATH": os.environ["PATH"], "HOME": str(folder), "ACME_TOKEN": TOKEN, "LC_ALL": "C.UTF-8"}
    seed = folder / "users.csv"
    seed.write_text("userName,emails.work\n" + "".join(f"user{n},u{n}@acme.example\n" for n in range(20)))
    serve = [scim, "-t", "env:ACME_TOKEN", "serve", "--port", "0", "--seed", str(seed)]
    server = subprocess.Popen(serve, env=own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        url = server.stdout.readline().strip()
        port = int(url.split(":")[2].split("/")[0])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "own.pem", folder / "own.key")
        plain, secure = Front(port), Front(port, context)
        config = folder / ".config" / "scim" / "config.toml"
        config.parent.mkdir(parents=True)
        auth = 'auth = { kind = "bearer", token = "env:ACME_TOKEN" }\n'
        config.write_text(
            f'[context.plain]\nurl = "http://127.0.0.1:{plain.server_port}/scim/v2"\n{auth}'
            f'[context.secure]\nurl = "https://localhost:{secure.server_port}/scim/v2"\n{auth}'
            f'tls = {{ ca = "{folder}/ca.pem" }}\n'
        )
        rows = {}
        for name, front in (("plain", plain), ("secure", secure)):
            command = [scim, "-c", name, "get", "users", "-o", "id"]
            cost(command, own)  # keeps what the server publishes
            rows[name] = least([cost(command, own, front) for _ in range(rounds)])
        theirs = dict(own, SCIM_CLI_HEADERS=f"Authorization: Bearer {TOKEN}")
        command = [scim2, "--url", url, "query", "user"]
        rows["scim2-cli"] = least([cost(command, theirs) for _ in range(max(3, rounds // 5))])
    finally:
        server.kill()
    size = os.path.getsize(scim)
    print(f"the program: {size / 1e6:.1f} MB")
    print("                    CPU ms   to the connection   to the request")
    for name, (cpu, connected, asked) in rows.items():
        wall = f"{connected:14.1f} ms {asked:13.1f} ms" if asked else ""
        print(f"{name:18} {cpu * 1000:7.1f} {wall}")
    share = rows["plain"][0] / rows["scim2-cli"][0]
    print(f"of scim2-cli's CPU time over HTTP: 1/{1 / share:.0f}, over HTTPS: 1/{rows['scim2-cli'][0] / rows['secure'][0]:.0f}")
    wrong = [what for what, is_so in (
        (f"it has more than {MAX_SIZE} bytes", size > MAX_SIZE),
        ("it takes more than 1/50 of scim2-cli's CPU time", share > MAX_SHARE),
        (f"it needs more than {MAX_MILLISECONDS} ms to its first request",
         max(rows["plain"][1], rows["secure"][1]) > MAX_MILLISECONDS),
    ) if is_so]
    sys.exit("\n".join(wrong) or None)


main()
