// fhirclient.js (SMART's client-js) is launched from within the EHR, as its documentation has it for servers.
// Arguments: origin of the emulator, the application's client id, redirect URI and scopes, two launch URLs.
import smart from "fhirclient";

const [origin, clientId, redirectUri, scope, ...launchUrls] = process.argv.slice(2);
const kept = new Map();
const storage = {
  get: async (key) => kept.get(key),
  set: async (key, value) => {
    kept.set(key, value);
    return value;
  },
  unset: async (key) => kept.delete(key),
};

// What the application does when the browser comes to a URL of its own; answers where it sends the browser, too.
function visited(url) {
  const { host, pathname, search } = new URL(url);
  const visit = { location: null };
  const request = { headers: { host }, socket: {}, protocol: "http", url: pathname + search };
  const response = {
    writeHead: (_, headers) => {
      visit.location = headers.location ?? headers.Location;
    },
    end: () => {},
  };
  visit.api = smart(request, response, storage);
  return visit;
}

async function control(path, body) {
  const answer = await fetch(`${origin}/_mock/${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}

// From the launch URL to a client that is ready: the browser is sent to and fro.
async function launched(url, seen) {
  const launch = visited(url);
  await launch.api.authorize({ clientId, scope, redirectUri, pkceMode: "required" });
  seen.asked = Object.fromEntries(new URL(launch.location).searchParams);
  const browser = await fetch(launch.location, { redirect: "manual" });
  return visited(browser.headers.get("location")).api.ready();
}

const seen = {};
let client = await launched(launchUrls[0], seen);
seen.patient = (await client.patient.read()).id;
seen.user = (await client.user.read()).resourceType;
seen.fhirUser = client.user.fhirUser;
seen.encounter = client.encounter.id;
seen.banner = client.state.tokenResponse.need_patient_banner;

// It refreshes by itself once the time is over that it was told.
const tokens = new Set();
for (let round = 0; round < 3; round += 1) {
  tokens.add(client.state.tokenResponse.refresh_token);
  client.state.expiresAt = 1;
  seen.refreshed = (await client.request(`Patient/${client.patient.id}`)).id;
}
seen.rotated = tokens.size;

// Where it meets 401 all the same it gives the session up, and says that it must be launched anew.
await control("tokens/expire", { client_id: clientId });
try {
  await client.request(`Patient/${client.patient.id}`);
} catch (error) {
  seen.told = error.message;
}
client = await launched(launchUrls[1], {});
seen.recovered = (await client.request(`Patient/${client.patient.id}`)).id;
console.log(JSON.stringify(seen));
