"use strict";
(() => {
  const { checks, exchanges } = JSON.parse(document.getElementById("data").textContent);
  const body = document.querySelector("tbody");
  const rows = [...body.rows];
  const worst = ["error", "fail", "warning", "skip", "omit", "pass", "not run"];
  const ofRequirement = new Map();
  for (const check of checks)
    for (const id of check.requirements) ofRequirement.set(id, [...(ofRequirement.get(id) || []), check]);
  const words = document.getElementById("words");
  const level = document.getElementById("level");
  const area = document.getElementById("area");
  const order = document.getElementById("order");
  const verdicts = [...document.querySelectorAll("button.verdict")];
  const texts = new Map(rows.map((row) => [row, haystack(row)]));

  function haystack(row) {
    const found = ofRequirement.get(row.id) || [];
    return [row.textContent, ...found.map((check) => check.id + " " + check.reason)].join(" ").toLowerCase();
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = new Set(verdicts.filter((one) => one.getAttribute("aria-pressed") === "true").map((one) => one.dataset.verdict));
    let shown = 0;
    for (const row of rows) {
      const fits =
        (!chosen.size || chosen.has(row.dataset.verdict)) &&
        (!level.value || row.dataset.level === level.value) &&
        (!area.value || row.dataset.area === area.value) &&
        wanted.every((word) => texts.get(row).includes(word));
      row.hidden = !fits;
      const details = detailsOf(row);
      if (details) details.hidden = !fits || row.querySelector(".open").getAttribute("aria-expanded") !== "true";
      shown += fits;
    }
    document.getElementById("shown").textContent =
      shown === rows.length ? `${shown} requirements` : `${shown} of ${rows.length} requirements`;
  }

  function sort() {
    const by = {
      list: (a, b) => rows.indexOf(a) - rows.indexOf(b),
      verdict: (a, b) => worst.indexOf(a.dataset.verdict) - worst.indexOf(b.dataset.verdict) || by.list(a, b),
      seconds: (a, b) => b.dataset.seconds - a.dataset.seconds || by.list(a, b),
    };
    for (const row of [...rows].sort(by[order.value])) {
      const details = detailsOf(row);
      body.append(row, ...(details ? [details] : []));
    }
  }

  function detailsOf(row) {
    return document.getElementById("details-" + row.id);
  }

  function toggle(button) {
    const row = button.closest("tr");
    const opens = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", opens);
    let details = detailsOf(row);
    if (!details) {
      details = element("tr", { class: "details", id: "details-" + row.id });
      details.append(element("td", { colspan: 6 }, ...worstFirst(ofRequirement.get(row.id) || []).map(checkShown)));
      row.after(details);
      button.setAttribute("aria-controls", details.id);
    }
    details.hidden = !opens;
  }

  function worstFirst(found) {
    return [...found].sort((a, b) => worst.indexOf(a.verdict) - worst.indexOf(b.verdict));
  }

  function checkShown(check) {
    const badge = element("span", { class: "badge is-" + check.verdict }, check.verdict);
    const shown = element("div", { class: "check" }, element("h3", {}, check.id + " ", badge));
    if (check.reason) shown.append(element("p", {}, check.reason));
    shown.append(element("p", {}, `${(check.seconds * 1000).toFixed(0)} ms; shows ${check.requirements.join(", ")}`));
    const bad = ["fail", "error", "warning"].includes(check.verdict);
    const evidence = check.evidence.map((number) => exchanges[number]).filter(Boolean);
    evidence.forEach((exchange, place) => shown.append(exchangeShown(exchange, bad && place === evidence.length - 1)));
    return shown;
  }

  function exchangeShown(exchange, open) {
    const { request, response } = exchange;
    const title = `${request.method} ${short(request.url)} → ${response.status} (${exchange.milliseconds.toFixed(0)} ms)`;
    const shown = element("details", { class: "exchange" }, element("summary", {}, title));
    const fill = () => {
      if (shown.childElementCount > 1) return;
      const copy = element("button", { type: "button", class: "copy" }, "Copy command");
      copy.addEventListener("click", () => copied(copy, exchange.curl));
      shown.append(
        element("pre", { tabindex: 0, role: "region", "aria-label": "command" }, exchange.curl),
        copy,
        element("div", { class: "pair" }, side("Request", request, `${request.method} ${request.url}`), side("Response", response, response.status)),
      );
    };
    shown.addEventListener("toggle", fill);
    if (open) {
      fill();
      shown.open = true;
    }
    return shown;
  }

  function short(url) {
    const path = url.replace(/^https?:\/\/[^/]+/, "");
    return path.length > 110 ? path.slice(0, 110) + "…" : path;
  }

  function side(name, message, first) {
    const headers = Object.entries(message.headers).map(([key, value]) => `${key}: ${value}`);
    const text = [first, ...headers, "", pretty(message.body)].join("\n").trimEnd();
    const size = message.bytes > message.body.length ? ` (${message.bytes} bytes, the beginning)` : "";
    const block = element("pre", { tabindex: 0, role: "region", "aria-label": name.toLowerCase() }, text);
    return element("div", {}, element("h4", {}, name + size), block);
  }

  function pretty(text) {
    try {
      return JSON.stringify(JSON.parse(text), null, 1);
    } catch {
      return text;
    }
  }

  async function copied(button, text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = element("textarea", {}, text);
      button.after(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = "Copy command"), 1500);
  }

  function clear() {
    words.value = level.value = area.value = "";
    verdicts.forEach((one) => one.setAttribute("aria-pressed", "false"));
    filter();
  }

  function go(id) {
    clear();
    const row = document.getElementById(id);
    const button = row && row.querySelector(".open");
    if (!button) return;
    if (button.getAttribute("aria-expanded") !== "true") toggle(button);
    button.focus();
    row.scrollIntoView({ block: "center" });
  }

  document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
  for (const field of [words, level, area]) field.addEventListener("input", filter);
  order.addEventListener("input", sort);
  for (const one of verdicts)
    one.addEventListener("click", () => {
      one.setAttribute("aria-pressed", one.getAttribute("aria-pressed") !== "true");
      filter();
    });
  body.addEventListener("click", (event) => {
    const button = event.target.closest(".open");
    if (button) toggle(button);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".go");
    if (button) go(button.dataset.go);
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing) {
      event.preventDefault();
      words.focus();
    } else if (event.key === "Escape") clear();
  });
  const named = () => location.hash.length > 1 && go(decodeURIComponent(location.hash.slice(1)));
  addEventListener("hashchange", named);
  named();
})();
