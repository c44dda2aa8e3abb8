// fhirclient.js (SMART's client-js), used as its documentation says. Prints what it saw as JSON.
// Arguments: base URL, token, id of a patient.
import smart from "fhirclient";

const [serverUrl, access_token, patient] = process.argv.slice(2);
const storage = { get: async () => null, set: async () => null, unset: async () => true };
const api = smart({ headers: {}, socket: {}, url: "/" }, {}, storage);
const client = api.client({ serverUrl, tokenResponse: { access_token, patient } });
const seen = {};

seen.fhirVersion = await client.getFhirVersion();
seen.read = await client.patient.read();

let pages = 0;
const onPage = (bundle) => {
  pages += 1;
  seen.total = bundle.total;
};
await client.request(`Observation?patient=${patient}&_count=200`, { pageLimit: 0, onPage });
seen.pages = pages;
const flat = await client.request(`Observation?patient=${patient}&_count=300`, { pageLimit: 0, flat: true });
seen.observations = flat.map((resource) => resource.id);

const search = new URLSearchParams({ patient, category: "laboratory,vital-signs", _count: "0" });
const counted = await client.request(`Observation?${search}`);
seen.got = counted.total;
const posted = await client.request({
  url: "Observation/_search",
  method: "POST",
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body: search.toString(),
});
seen.posted = posted.total;

const along = "_include=MedicationRequest:medication&_revinclude=Provenance:target";
const included = await client.request(`MedicationRequest?patient=${patient}&${along}`);
seen.included = included.entry.map((entry) => [entry.search.mode, entry.resource.resourceType]);

const compartment = await client.patient.request("Condition");
seen.compartment = compartment.entry.map((entry) => entry.resource.resourceType);

const [first] = included.entry;
const one = await client.request(`MedicationRequest/${first.resource.id}`, { resolveReferences: ["subject"] });
seen.resolved = one.subject.id;

seen.missing = await refused("Patient/nobody");
seen.malformed = await refused("Observation?date=junk");
for (let n = 0; n < 20 && !seen.throttled; n += 1) {
  seen.throttled = await refused(`Patient/${patient}`);
}
console.log(JSON.stringify(seen));

async function refused(url) {
  try {
    await client.request(url);
    return null;
  } catch (error) {
    // The client has read the body, and tells it in its message.
    const body = JSON.parse(error.message.slice(error.message.indexOf("{")));
    return { status: error.status, code: body.issue[0].code, wait: error.response.headers.get("retry-after") };
  }
}
