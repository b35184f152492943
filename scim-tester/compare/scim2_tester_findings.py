"""Prints what scim2-tester finds wrong, a line each.

usage: scim2_tester_findings.py URL TOKEN
"""

import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

url, token = sys.argv[1:3]
scim = SyncSCIMClient(Client(base_url=url, headers={"Authorization": f"Bearer {token}"}))
fine = {Status.SUCCESS, Status.ACCEPTABLE, Status.SKIPPED}
for result in check_server(scim):
    if result.status not in fine:
        print(f"{result.title} ({result.resource_type})")
