"""What scim2-client does with a service provider. It checks every answer against the schemas that
the service provider publishes; a failed check ends this.

usage: independent_client.py URL TOKEN
"""

import sys
from uuid import uuid4

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import (
    BulkOperation,
    BulkRequest,
    Error,
    PatchOp,
    PatchOperation,
    ResponseParameters,
    SearchRequest,
)

url, token = sys.argv[1:3]
scim = SyncSCIMClient(
    Client(base_url=url, headers={"Authorization": f"Bearer {token}"}), raise_scim_errors=False
)


def step(words):
    print(f"   {words}")


def expect(condition, words):
    if not condition:
        sys.exit(f"FAIL: {words}")


def done(answer, words):
    """The answer, unless it is an error."""
    expect(not isinstance(answer, Error), f"{words}: {answer}")
    return answer


step("discover")
scim.discover()
User = scim.get_resource_model("User")
Group = scim.get_resource_model("Group")
expect(User and Group, "there are users and groups")
name = f"independent-{uuid4()}"

step("create")
user = done(scim.create(User(user_name=name, display_name="Babs", title="Guide")), "create")
expect(user.id and user.meta.version, "a new user has an id and a version")
refused = scim.create(User(user_name=name))
expect(isinstance(refused, Error) and refused.status == 409, f"a second one: {refused}")
expect(refused.scim_type == "uniqueness", f"its scimType: {refused.scim_type}")

step("read, whole and in part")
read = done(scim.query(User, user.id), "read")
expect(read.display_name == "Babs", "it is the same user")
some = ResponseParameters(attributes=["title"])
part = done(scim.query(User, user.id, query_parameters=some), "read a part")
expect(part.title == "Guide" and part.display_name is None, f"a part: {part}")

step("query")
search = SearchRequest(filter=f'userName eq "{name}"', count=5, start_index=1)
found = done(scim.query(User, query_parameters=search), "query")
expect([one.id for one in found.resources] == [user.id], "the query finds the user")
none = SearchRequest(filter='userName eq "nobody at all"')
found = done(scim.query(User, query_parameters=none), "query for nobody")
expect(found.total_results == 0, "the query for nobody finds nobody")

step("search")
found = done(scim.search(search_request=search), "search all types")
expect([one.id for one in found.resources] == [user.id], "the search finds the user")

step("replace")
read.display_name = "Babs Jensen"
replaced = done(scim.replace(read), "replace")
expect(replaced.display_name == "Babs Jensen", "the new name is there")

step("patch")
operations = [
    PatchOperation(op="replace", path="title", value="CTO"),
    PatchOperation(op="add", path="emails", value=[{"value": "b@x.example", "type": "work"}]),
    PatchOperation(op="replace", path='emails[type eq "work"].value', value="c@x.example"),
]
patched = done(scim.modify(User, user.id, PatchOp[User](operations=operations)), "patch")
patched = patched or done(scim.query(User, user.id), "read again")
expect(patched.title == "CTO", "the new title is there")
expect([one.value for one in patched.emails] == ["c@x.example"], "the new address is there")

step("bulk, with a reference to what it creates")
bulk = BulkRequest[User | Group](
    operations=[
        BulkOperation[User](
            method="POST", path="/Users", bulk_id="one", data=User(user_name=f"{name}-bulk")
        ),
        BulkOperation[Group](
            method="POST",
            path="/Groups",
            bulk_id="two",
            data=Group.model_validate(
                {
                    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                    "displayName": f"{name}-group",
                    "members": [{"value": "bulkId:one", "type": "User"}],
                }
            ),
        ),
    ]
)
answer = done(scim.bulk(bulk), "bulk")
statuses = [operation.status for operation in answer.operations]
expect(statuses == [201, 201], f"statuses of the bulk: {statuses}")
groups = SearchRequest(filter=f'displayName eq "{name}-group"')
group = done(scim.query(Group, query_parameters=groups), "the group").resources[0]
users = SearchRequest(filter=f'userName eq "{name}-bulk"')
other = done(scim.query(User, query_parameters=users), "the other user").resources[0]
expect([member.value for member in group.members] == [other.id], "the reference was resolved")
expect([one.value for one in other.groups] == [group.id], "the user is in the group")

step("delete")
for resource in [group, other, patched]:
    done(scim.delete(type(resource), resource.id), "delete")
gone = scim.query(User, user.id)
expect(isinstance(gone, Error) and gone.status == 404, f"the deleted user: {gone}")

print("all done")
