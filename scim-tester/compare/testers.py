"""Runs other testers of SCIM servers, each time as if it had just been started.

usage: testers.py

Reads lines `TESTER URL TOKEN` and answers each with a line of JSON: the members `code`, the exit
code, and `output`, what was written to standard output. Loading their libraries takes longer than a
run: they are loaded once, and each run is a process of its own that is forked from here.
"""

import io
import json
import os
import resource
import runpy
import signal
import sys

import scim_sanity.cli  # noqa: F401 (loaded for the runs)
import scim_sanity.probe.runner  # noqa: F401
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

# A tester that does not end by itself, such as where pages never end, is ended after so many seconds
# of its own, and of the clock, which count less on a busy machine.
CPU_SECONDS = 20
SECONDS = 300


def scim2_tester(url, token):
    """A line for each result that is not good."""
    scim = SyncSCIMClient(Client(base_url=url, headers={"Authorization": f"Bearer {token}"}))
    fine = {Status.SUCCESS, Status.ACCEPTABLE, Status.SKIPPED}
    for result in check_server(scim):
        if result.status not in fine:
            print(f"{result.title} ({result.resource_type})")


def scim_sanity(url, token):
    """The program, with its report in JSON."""
    sys.argv = ["scim-sanity", "probe", url, "--token", token]
    sys.argv += ["--json-output", "--i-accept-side-effects"]
    runpy.run_module("scim_sanity", run_name="__main__")


TESTERS = {"scim2-tester": scim2_tester, "scim-sanity": scim_sanity}


def child(tester, url, token, out):
    """Runs it with `out`, a descriptor, as standard output. Returns its exit code."""
    signal.alarm(SECONDS)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    os.dup2(out, 1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    # What is written there is the tester's; what this program writes there is to be seen.
    os.dup2(nothing, 2)
    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", closefd=False), encoding="utf-8")
    try:
        TESTERS[tester](url, token)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException as error:  # As Python would end.
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        code = 1
    sys.stdout.flush()
    return code


def run(tester, url, token):
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        code = 1
        try:
            code = child(tester, url, token, write)
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        output = pipe.read().decode("utf-8", "replace")
    # A signal, such as the alarm, is a negative number.
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return {"code": code, "output": output}


for line in sys.stdin:
    print(json.dumps(run(*line.split())), flush=True)
