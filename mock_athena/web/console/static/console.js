// What a screen does by itself: its parts marked data-live are asked for again, and commands can be copied.
// Without it every screen works, and shows how it was when it was loaded.

const live = () => [...document.querySelectorAll("[data-live]")];
const lost = document.getElementById("lost");
let paused = false;

/** Take over the live parts of the page as it is now, and what its forms are known by; what somebody holds open or has
 * in focus stays so. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // It is another page by now: go there, and send no form a second time.
  if (!live().some((part) => page.getElementById(part.id))) return location.replace(location.pathname + location.search);
  const token = page.querySelector("[name=form_token]")?.value;
  for (const field of document.querySelectorAll("[name=form_token]")) field.value = token ?? field.value;
  for (const part of live()) {
    const now = page.getElementById(part.id);
    if (now && now.innerHTML !== part.dataset.seen) replace(part, now);
  }
}

function replace(part, now) {
  const focused = part.contains(document.activeElement) ? document.activeElement.id : "";
  const open = new Set([...part.querySelectorAll("details[open][id]")].map((each) => each.id));
  const html = now.innerHTML;
  part.replaceChildren(...now.childNodes);
  part.dataset.seen = html;
  for (const each of part.querySelectorAll("details[id]")) each.open = open.has(each.id);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  offer(part);
}

/** Somebody is typing or choosing in a live part: it stays as it is. */
function busy() {
  const at = document.activeElement;
  return at?.matches("input, select, textarea") && live().some((part) => part.contains(at));
}

async function keepLive() {
  for (;;) {
    const every = Math.min(...live().map((part) => Number(part.dataset.live)));
    await new Promise((wake) => setTimeout(wake, every));
    if (paused || document.hidden || busy()) continue;
    try {
      await refresh();
      lost.hidden = true;
    } catch {
      lost.hidden = false;
    }
  }
}

/** Show the buttons that only scripts can serve. */
function offer(within) {
  for (const button of within.querySelectorAll("[data-copy], [data-pause]")) button.hidden = false;
}

async function copy(button) {
  const text = button.parentElement.querySelector("pre, code, textarea").textContent;
  const label = button.firstChild;
  try {
    await navigator.clipboard.writeText(text);
    label.data = "Copied";
  } catch {
    const range = document.createRange(); // no secure context: it can still be copied by hand
    range.selectNodeContents(button.parentElement.querySelector("pre, code, textarea"));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    label.data = "Selected";
  }
  setTimeout(() => (label.data = "Copy"), 1500);
}

function pause(button) {
  paused = !paused;
  button.setAttribute("aria-pressed", String(paused));
}

/** What is pressed twice is done once: the answer is on its way. */
function once(event) {
  const form = event.target;
  if (form.getAttribute("method") !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 2000);
}

document.addEventListener("submit", once);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copy], [data-pause]");
  if (button) "copy" in button.dataset ? copy(button) : pause(button);
});
offer(document);
if (live().length) keepLive();
