// The line below each chat: words, pictures, and the few things one can always ask.
import {answered} from "/console/static/dialogs.js";
import {preview, setFiles} from "/console/static/pictures.js";
import {newKey, sayTrouble, sendForm, sendJson} from "/console/static/post.js";

const coarse = window.matchMedia("(pointer: coarse)");

async function samplePicture() {
  const response = await fetch("/console/sample.png");
  return new File([await response.blob()], "science-fair.png", {type: "image/png"});
}

function fit(area) {
  area.style.height = "auto";
  area.style.height = `${Math.min(area.scrollHeight, 180)}px`;
}

async function say(chat, form) {
  const text = form.elements.text;
  const files = form.elements.files;
  if (form.dataset.busy || (!text.value.trim() && !files.files.length)) return text.focus();
  form.dataset.busy = "1";
  form.dataset.key ||= newKey();
  const fields = new FormData();
  fields.append("key", form.dataset.key);
  fields.append("text", text.value);
  for (const file of files.files) fields.append("files", file);
  const answer = await sendForm(chat.dataset.person, "say", fields);
  delete form.dataset.busy;
  if (!answer.trouble) {
    delete form.dataset.key;
    text.value = "";
    fit(text);
    setFiles(files, []);
  }
  answered(chat, answer);
}

async function ask(chat, verb) {
  answered(chat, await sendJson(chat.dataset.person, "ask", {key: newKey(), verb}));
}

function wire(chat) {
  const form = chat.querySelector(".composer");
  const {text, files} = form.elements;
  const sample = form.querySelector("[data-sample]");
  preview(files, form.querySelector(".previews"));
  const changed = () => {
    delete form.dataset.key;
    sayTrouble(form.querySelector(".trouble"));
  };
  const offerSample = () => { sample.hidden = !text.value.trim() || files.files.length > 0; };
  text.addEventListener("input", () => { changed(); fit(text); offerSample(); });
  files.addEventListener("change", () => { changed(); offerSample(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); say(chat, form); });
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || coarse.matches) return;
    event.preventDefault();
    say(chat, form);
  });
  const add = (list) => {
    const pictures = [...list].filter((file) => file.type.startsWith("image/"));
    if (pictures.length) setFiles(files, [...files.files, ...pictures]);
    return pictures.length;
  };
  text.addEventListener("paste", (event) => { if (add(event.clipboardData.files)) event.preventDefault(); });
  chat.addEventListener("dragover", (event) => event.preventDefault());
  chat.addEventListener("drop", (event) => { event.preventDefault(); add(event.dataTransfer.files); });
  sample.addEventListener("click", async () => { add([await samplePicture()]); text.focus(); });
  for (const button of form.querySelectorAll("[data-ask]")) {
    button.addEventListener("click", () => ask(chat, button.dataset.ask));
  }
}

export function wireComposers(chats) {
  chats.forEach(wire);
}

export async function startExample(chat, words) {
  const {text, files} = chat.querySelector(".composer").elements;
  text.value = words;
  text.focus();
  setFiles(files, [await samplePicture()]);
  text.dispatchEvent(new Event("input"));
}
