// Starts the page: whose chats are shown, and what happens in them as it happens.
import {wireComposers, startExample} from "/console/static/composer.js";
import {wireDialogs, act} from "/console/static/dialogs.js";

const NARROWEST = 340;
const RAIL = 900;
const people = [...document.querySelectorAll(".person")];
const chats = [...document.querySelectorAll(".chat")];
const byPerson = new Map(chats.map((chat) => [chat.dataset.person, chat]));
const buttonOf = new Map(people.map((button) => [button.dataset.person, button]));
const spoken = document.getElementById("spoken");
let places = [];      // who is shown, from left to right
let lastUsed = [];    // who was used last, the latest first
let ready = false;
const atEnd = new Set(); // chats that show their newest message, and were not scrolled since

function remembered(name, otherwise) {
  try { return JSON.parse(sessionStorage.getItem(name)) ?? otherwise; } catch { return otherwise; }
}
function remember(name, value) {
  try { sessionStorage.setItem(name, JSON.stringify(value)); } catch { /* then it is not kept */ }
}

function room() {
  const width = document.documentElement.clientWidth;
  if (width < 720) return 1;
  const stage = width >= RAIL ? width - 272 : width;
  return Math.max(1, Math.min(3, Math.floor(stage / NARROWEST)));
}

function arrange() {
  const most = Math.min(room(), chats.length);
  const wanted = [...new Set([...lastUsed, ...chats.map((chat) => chat.dataset.person)])];
  const shown = new Set(wanted.slice(0, most));
  const kept = places.filter((person) => shown.has(person));
  const fresh = wanted.filter((person) => shown.has(person) && !kept.includes(person));
  // Whoever comes takes the place of whoever goes, so that nobody else moves.
  places = places.slice(0, most).map((person) => (shown.has(person) ? person : fresh.shift()));
  for (const person of [...kept, ...fresh]) if (!places.includes(person)) places.push(person);
  places = places.filter(Boolean);
  for (const chat of chats) {
    const at = places.indexOf(chat.dataset.person);
    const opens = chat.hidden && at >= 0;
    chat.hidden = at < 0;
    chat.style.order = at;
    buttonOf.get(chat.dataset.person).setAttribute("aria-pressed", String(at >= 0));
    if (opens) toEnd(chat, false);
    if (at >= 0) buttonOf.get(chat.dataset.person).querySelector(".dot").hidden = true;
  }
  remember("places", places);
}

export function show(person) {
  if (!byPerson.has(person)) return;
  use(person);
  arrange();
  buttonOf.get(person).scrollIntoView({block: "nearest", inline: "nearest"});
}

function use(person) {
  lastUsed = [person, ...lastUsed.filter((other) => other !== person)];
  remember("used", lastUsed);
}

function toEnd(chat, seen = ready) {
  const log = chat.querySelector(".log");
  // What was said before somebody looked is not scrolled through.
  log.scrollTo({top: log.scrollHeight, behavior: seen ? "auto" : "instant"});
  atEnd.add(chat);
}

function messageOf(line) {
  const article = document.createElement("article");
  article.className = `message is-${line.kind}`;
  article.dataset.ref = line.ref;
  article.tabIndex = -1;
  article.innerHTML = line.html; // escaped by the server, and the policy allows no script in it
  const at = new Date(Number(line.ref.split("-")[0]));
  const time = document.createElement("time");
  time.dateTime = at.toISOString();
  time.textContent = at.toLocaleTimeString("en-GB", {hour: "2-digit", minute: "2-digit"});
  article.append(time);
  return article;
}

function put(log, article) {
  const before = [...log.querySelectorAll(".message")].reverse().find((each) => each.dataset.ref < article.dataset.ref);
  if (before) before.after(article);
  else log.prepend(article);
}

function told(line) {
  const chat = byPerson.get(line.person);
  if (!chat) return;
  const log = chat.querySelector(".log");
  const article = messageOf(line);
  const old = log.querySelector(`.message[data-ref="${line.ref}"]`);
  if (old && old.innerHTML === article.innerHTML) return;
  log.querySelector(".empty")?.remove();
  const follows = atEnd.has(chat) || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  if (!old) {
    put(log, article);
  } else {
    const focused = old.contains(document.activeElement);
    old.replaceWith(article);
    if (focused) article.focus({preventScroll: true});
  }
  if (ready) announce(chat, article, line);
  if (!old && (follows || line.kind !== "card" || !ready)) toEnd(chat);
  else if (ready && !chat.hidden) article.scrollIntoView({block: "nearest"});
}

function announce(chat, article, line) {
  article.classList.add("fresh");
  if (line.kind === "said") return;
  const name = chat.querySelector("h2").textContent;
  if (chat.hidden) buttonOf.get(line.person).querySelector(".dot").hidden = false;
  speak(`${name}: ${line.summary}`);
}

// Each thing is spoken of once, in a sentence: a log would read out a whole card, and a replaced one again.
function speak(words) {
  const line = document.createElement("p");
  line.textContent = words;
  spoken.append(line);
  while (spoken.childElementCount > 5) spoken.firstElementChild.remove();
}

function listen() {
  const source = new EventSource("/console/events?since=0");
  const offline = document.getElementById("offline");
  source.addEventListener("message", (event) => told(JSON.parse(event.data)));
  source.addEventListener("ready", () => { ready = true; offline.hidden = true; document.body.dataset.ready = ""; });
  source.addEventListener("error", () => { offline.hidden = false; });
  window.addEventListener("pagehide", () => source.close());
}

function wireWelcome() {
  const welcome = document.getElementById("welcome");
  const help = document.getElementById("help");
  const open = (yes) => {
    welcome.hidden = !yes;
    help.setAttribute("aria-expanded", String(yes));
    remember("welcomed", !yes);
  };
  open(!remembered("welcomed", false));
  help.addEventListener("click", () => open(welcome.hidden));
  document.getElementById("understood").addEventListener("click", () => { open(false); help.focus(); });
  document.getElementById("example").addEventListener("click", (event) => {
    const {personFirst, text} = event.currentTarget.dataset;
    const chat = chats.find((each) => each.dataset.person.startsWith(`${personFirst}@`)) ?? chats[0];
    open(false);
    show(chat.dataset.person);
    startExample(chat, text);
  });
}

for (const button of people) {
  button.addEventListener("click", (event) => {
    show(button.dataset.person);
    // Whoever came by keyboard writes next, and need not go through all that was said before.
    if (event.detail === 0) byPerson.get(button.dataset.person).querySelector("textarea").focus();
  });
}
for (const chat of chats) {
  chat.addEventListener("focusin", () => use(chat.dataset.person));
  chat.addEventListener("click", act);
  // A picture that arrives late must not push the newest message out of sight.
  chat.addEventListener("load", () => atEnd.has(chat) && toEnd(chat), true);
  const log = chat.querySelector(".log");
  for (const moved of ["wheel", "touchmove"]) log.addEventListener(moved, () => atEnd.delete(chat), {passive: true});
  // Its scroll bar and the keys that scroll it; a press on a card's button is none of these.
  for (const moved of ["pointerdown", "keydown"]) {
    log.addEventListener(moved, (event) => event.target === log && atEnd.delete(chat));
  }
}
places = remembered("places", []).filter((person) => byPerson.has(person));
lastUsed = remembered("used", []).filter((person) => byPerson.has(person));
wireComposers(chats);
wireDialogs();
wireWelcome();
arrange();
window.addEventListener("resize", arrange);
listen();
