// Runs the example under Node.js against a server on the loopback interface that asks to wait until a
// date, hands out tokens that soon expire, and gives the users page by page.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const { run } = createRequire(import.meta.url)(resolve(process.argv[2], 'example.js'));
const seen = [];
let tokens = 0;

const server = createServer((request, response) => {
  const answer = (status, body, headers = {}) => {
    response.writeHead(status, { 'Content-Type': 'application/scim+json', ...headers });
    response.end(JSON.stringify(body));
  };
  const { pathname, searchParams } = new URL(request.url, 'http://x');
  seen.push(`${request.method} ${pathname}`);
  if (pathname === '/token') {
    tokens += 1;
    return answer(200, { access_token: `t${tokens}`, token_type: 'Bearer', expires_in: 1 });
  }
  if (!/^Bearer t\d+$/.test(request.headers.authorization ?? '')) return answer(401, {});
  if (request.method === 'POST') {
    return answer(201, { id: '1', userName: 'bjensen@example.com' });
  }
  if (seen.filter((line) => line === 'GET /v2/Users').length === 1) {
    const date = new Date(Date.now() + 1000).toUTCString();
    return answer(429, { status: '429', detail: 'later' }, { 'Retry-After': date });
  }
  const start = Number(searchParams.get('startIndex') ?? 1);
  const users = start === 1 ? ['bjensen', 'mmeyer'] : ['alice'];
  return answer(200, {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 3,
    startIndex: start,
    itemsPerPage: users.length,
    Resources: users.map((userName) => ({ id: userName, userName })),
  });
});

server.listen(0, '127.0.0.1', async () => {
  try {
    const said = await run(`http://127.0.0.1:${server.address().port}`);
    console.log(said);
    assert.match(said, /^created 1; listed bjensen mmeyer alice; at 20\d\d-/);
    assert.equal(seen.filter((line) => line === 'GET /v2/Users').length, 3, seen.join('\n'));
    assert.ok(tokens >= 1);
    console.log('1 passed, 0 failed');
  } catch (error) {
    console.error(error, seen);
    process.exitCode = 1;
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
