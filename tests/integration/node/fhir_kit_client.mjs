// fhir-kit-client, used as its README says. Prints what it saw as JSON.
// Arguments: base URL, token, id of a patient.
import { Client } from "fhir-kit-client";

const [baseUrl, bearerToken, patient] = process.argv.slice(2);
const client = new Client({ baseUrl, bearerToken });
const seen = {};

const statement = await client.capabilityStatement();
seen.fhirVersion = statement.fhirVersion;
seen.read = await client.read({ resourceType: "Patient", id: patient });

const observations = [];
let pages = 0;
let bundle = await client.search({ resourceType: "Observation", searchParams: { patient, _count: "200" } });
seen.total = bundle.total;
while (bundle) {
  pages += 1;
  observations.push(...bundle.entry.map((entry) => entry.resource.id));
  bundle = await client.nextPage({ bundle });
}
seen.observations = observations;
seen.pages = pages;

const searchParams = { patient, category: "laboratory,vital-signs", _count: "0" };
seen.got = (await client.search({ resourceType: "Observation", searchParams })).total;
const posted = await client.search({ resourceType: "Observation", searchParams, options: { postSearch: true } });
seen.posted = posted.total;

const included = await client.search({
  resourceType: "MedicationRequest",
  searchParams: { patient, _include: "MedicationRequest:medication", _revinclude: "Provenance:target" },
});
seen.included = included.entry.map((entry) => [entry.search.mode, entry.resource.resourceType]);

const compartment = await client.compartmentSearch({
  resourceType: "Condition",
  compartment: { resourceType: "Patient", id: patient },
});
seen.compartment = compartment.entry.map((entry) => entry.resource.resourceType);

const reference = included.entry[0].resource.subject.reference;
seen.resolved = (await client.resolve({ reference })).id;

seen.missing = await refused(() => client.read({ resourceType: "Patient", id: "nobody" }));
seen.malformed = await refused(() => client.search({ resourceType: "Observation", searchParams: { date: "junk" } }));
for (let n = 0; n < 20 && !seen.throttled; n += 1) {
  seen.throttled = await refused(() => client.read({ resourceType: "Patient", id: patient }));
}
console.log(JSON.stringify(seen));

async function refused(call) {
  try {
    await call();
    return null;
  } catch (error) {
    const { status, data } = error.response;
    return { status, code: data.issue[0].code, wait: error.config.headers.get("retry-after") };
  }
}
