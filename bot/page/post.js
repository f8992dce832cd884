// What the page sends: each press with its own key, so that sending it again does nothing twice.
const HEADERS = {"X-Canipost-Console": "1"};
const NO_ANSWER = "The console does not answer. Please try again in a moment.";

export function newKey() {
  return crypto.randomUUID();
}

async function send(person, what, body, headers) {
  try {
    const address = `/console/people/${encodeURIComponent(person)}/${what}`;
    const response = await fetch(address, {method: "POST", body, headers: {...HEADERS, ...headers}});
    return response.ok ? await response.json() : {trouble: await response.text()};
  } catch {
    return {trouble: NO_ANSWER};
  }
}

export function sendJson(person, what, body) {
  return send(person, what, JSON.stringify(body), {"Content-Type": "application/json"});
}

export function sendForm(person, what, fields) {
  return send(person, what, fields, {});
}

export function sayTrouble(place, words) {
  place.textContent = words ?? "";
  place.hidden = !words;
}
