"""Runs all checks of scim2-tester against a service provider.

usage: tester.py URL TOKEN
"""

import sys
from collections import Counter

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

url, token = sys.argv[1:3]
headers = {"Authorization": f"Bearer {token}"}
scim = SyncSCIMClient(Client(base_url=url, headers=headers))
results = check_server(scim)

fine = {Status.SUCCESS, Status.ACCEPTABLE, Status.SKIPPED}
for result in results:
    if result.status not in fine:
        print(f"{result.status.name} {result.title} ({result.resource_type}): {result.reason}")
counts = Counter(result.status.name for result in results)
print(", ".join(f"{count} {name.lower()}" for name, count in sorted(counts.items())))
sys.exit(not results or any(result.status not in fine for result in results))
