// What opens on top of the chats: forms, "are you sure?", pictures. And what a press on a card does.
import {preview} from "/console/static/pictures.js";
import {newKey, sayTrouble, sendForm, sendJson} from "/console/static/post.js";

const dialog = document.getElementById("form-dialog");
const confirmDialog = document.getElementById("confirm-dialog");
const pictureDialog = document.getElementById("picture-dialog");
let decide = null; // what to call with the answer to "are you sure?"
let open = null; // {chat, message, key, dirty}: the form that is open, and for whom

export function act(event) {
  const chat = event.currentTarget;
  const button = event.target.closest("[data-action]");
  const link = event.target.closest("[data-picture]");
  if (link) {
    event.preventDefault();
    look(link);
  } else if (event.target.closest("[data-copy]")) {
    copy(event.target.closest("[data-copy]"));
  } else if (button) {
    press(chat, button);
  }
}

export function answered(chat, answer, message = "") {
  sayTrouble(chat.querySelector(".composer .trouble"), answer.trouble);
  if (answer.form) openForm(chat, answer.form, message);
}

async function press(chat, button) {
  if (button.ariaBusy === "true") return;
  if (button.dataset.confirm && !(await sure(button.dataset.confirm, button.textContent))) return;
  button.ariaBusy = "true";
  const message = button.closest(".message").dataset.ref;
  const body = {key: newKey(), action: button.dataset.action, message};
  const answer = await sendJson(chat.dataset.person, "press", body);
  button.ariaBusy = "false";
  answered(chat, answer, message);
}

function sure(question, yes) {
  document.getElementById("confirm-words").textContent = question;
  confirmDialog.querySelector("[value=yes]").textContent = yes;
  confirmDialog.returnValue = "no";
  decide?.(false);
  confirmDialog.showModal();
  return new Promise((resolve) => { decide = resolve; });
}

// "close" comes late: by then the next question may be open already, and this is not its answer.
function decided() {
  if (confirmDialog.open) return;
  decide?.(confirmDialog.returnValue === "yes");
  decide = null;
}

function openForm(chat, html, message) {
  open = {chat, message, key: newKey(), dirty: false};
  dialog.querySelector(".as").textContent = `As ${chat.querySelector("h2").textContent}`;
  sayTrouble(dialog.querySelector(":scope > .trouble"));
  dialog.querySelector(".body").innerHTML = html;
  wireForm(dialog.querySelector("form")); // pictures that were sent with it are shown in it now
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  const wrong = dialog.querySelector("[aria-invalid=true], .wrong input, .error");
  const first = wrong ?? dialog.querySelector(".field :is(input:not([type=hidden]), textarea)");
  const target = first?.matches("fieldset") ? first.querySelector("input:not([type=hidden])") : first;
  // What stands above the first field is there to be read first: whom to ring, or what not to do.
  target?.focus({preventScroll: true});
  if (wrong) target?.closest(".field")?.scrollIntoView({block: "center"});
}

function wireForm(form) {
  const input = form.querySelector("[type=file]");
  if (input) preview(input, form.querySelector(".previews"));
  form.querySelectorAll("[data-limit]").forEach(count);
  form.addEventListener("input", (event) => {
    Object.assign(open, {dirty: true, key: newKey()});
    if (event.target.dataset.limit) count(event.target);
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(form); });
  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-picture]");
    if (link) { event.preventDefault(); look(link); }
  });
  form.querySelector("[data-close]").addEventListener("click", leave);
}

// Says how much room is left when it gets short. Nothing is cut off: too much is answered at the field.
function count(field) {
  const left = Number(field.dataset.limit) - [...field.value].length;
  let words = field.parentElement.querySelector(".left");
  if (!words) {
    words = document.createElement("p");
    words.className = "left";
    field.after(words);
  }
  words.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`;
  words.hidden = left > Math.min(200, Number(field.dataset.limit) / 3);
  words.classList.toggle("over", left < 0);
}

async function submit(form) {
  const mine = open;
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const fields = new FormData(form);
  fields.append("key", mine.key);
  fields.append("action", form.dataset.action);
  fields.append("message", mine.message);
  const answer = await sendForm(mine.chat.dataset.person, "form", fields);
  form.ariaBusy = "false";
  if (answer.trouble) return sayTrouble(dialog.querySelector(":scope > .trouble"), answer.trouble);
  if (answer.form) {
    openForm(mine.chat, answer.form, mine.message);
    // The same form again has an error: what was typed is in it, and still not kept.
    open.dirty = mine.dirty && dialog.querySelector("form").dataset.action === form.dataset.action;
    return;
  }
  open = null;
  dialog.close();
  // The card that the form came from may have been replaced meanwhile.
  if (document.activeElement === document.body) mine.chat.querySelector(".log").focus({preventScroll: true});
}

async function leave() {
  if (open?.dirty && !(await sure("What you typed in this form is not kept. Leave it?", "Leave it"))) return;
  open = null;
  dialog.close();
}

function look(link) {
  const shown = link.querySelector("img");
  const image = pictureDialog.querySelector("img");
  image.src = link.href;
  image.alt = shown.alt;
  pictureDialog.querySelector(".caption").textContent = shown.alt;
  const save = pictureDialog.querySelector("a");
  save.href = link.href;
  save.download = link.download;
  pictureDialog.showModal();
}

async function copy(button) {
  const words = button.parentElement.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(words.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(words);
    button.textContent = "Selected";
  }
  setTimeout(() => { button.textContent = "Copy"; }, 2500);
}

export function wireDialogs() {
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
  // A browser lets "cancel" be refused once only; the key that leads to it can always be.
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    leave();
  });
  confirmDialog.addEventListener("close", decided);
  for (const each of [confirmDialog, pictureDialog]) {
    each.addEventListener("click", (event) => { if (event.target === each) each.close("no"); });
  }
}
