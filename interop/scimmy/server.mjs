// An in-memory service provider made of SCIMMY and its Express routers.
// usage: node server.mjs PORT TOKEN
import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const [port, token] = process.argv.slice(2);

SCIMMY.Config.set({
  patch: true,
  sort: true,
  etag: false,
  changePassword: false,
  filter: { supported: true, maxResults: 200 },
  bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1 << 20 },
});

const users = new Map();
const groups = new Map();
const copy = (value) => JSON.parse(JSON.stringify(value));

/** What is stored, with what follows from other resources. */
function shown(kind, stored) {
  const resource = copy(stored);
  if (kind === "User") {
    const memberships = [...groups.values()].filter(({ members = [] }) =>
      members.some(({ value }) => value === resource.id));
    if (memberships.length > 0) {
      resource.groups = memberships.map(({ id, displayName }) => ({ value: id, display: displayName, type: "direct" }));
    }
  }
  return resource;
}

function missing(id) {
  return new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
}

/** SCIMMY's three handlers over one map; values of the attribute `unique` may occur once. */
function handlers(kind, store, unique) {
  return {
    egress({ id, filter }) {
      if (id) {
        if (!store.has(id)) throw missing(id);
        return shown(kind, store.get(id));
      }
      const all = [...store.values()].map((stored) => shown(kind, stored));
      return filter ? filter.match(all) : all;
    },

    ingress({ id }, incoming) {
      const before = id ? store.get(id) : undefined;
      if (id && !before) throw missing(id);
      const { meta: _meta, groups: _groups, ...attributes } = copy(incoming);
      if (unique) {
        const wanted = String(attributes[unique]).toLowerCase();
        const taken = [...store.values()].some((other) =>
          other.id !== id && String(other[unique]).toLowerCase() === wanted);
        if (taken) throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
      }
      const now = new Date().toISOString();
      const created = before?.meta.created ?? now;
      const stored = { ...attributes, id: id ?? randomUUID(), meta: { created, lastModified: now } };
      store.set(stored.id, stored);
      return shown(kind, stored);
    },

    degress({ id }) {
      if (!store.delete(id)) throw missing(id);
      for (const group of groups.values()) {
        group.members = group.members?.filter(({ value }) => value !== id);
      }
    },
  };
}

SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.declare(SCIMMY.Resources.User, handlers("User", users, "userName"));
SCIMMY.Resources.declare(SCIMMY.Resources.Group, handlers("Group", groups, null));

const server = express()
  .use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    docUri: "https://example.com/help",
    handler(request) {
      if (request.header("Authorization") !== `Bearer ${token}`) throw new Error("wrong token");
      return users.keys().next().value ?? "nobody";
    },
  }))
  .listen(Number(port), "127.0.0.1");

// Longer than any pause of the suite: a connection that is closed just as a request is sent loses
// the request, and a POST cannot be sent again.
server.keepAliveTimeout = 120_000;
