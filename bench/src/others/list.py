"""Reads so many users in pages with scim2-client, and prints the peak of the process in KB."""

import resource
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import EnterpriseUser, SearchRequest, User

base, users, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
scim = SyncSCIMClient(
    Client(base_url=base, headers={"Authorization": "Bearer secret"}),
    resource_models=[User[EnterpriseUser]],
)
found = 0
while found < users:
    page = scim.query(
        User[EnterpriseUser],
        query_parameters=SearchRequest(start_index=found + 1, count=min(count, users - found)),
    )
    for user in page.resources:
        assert user.user_name
    found += len(page.resources)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
