// What people do in the page, told to the window in Python as one event, "deed".
// The page is drawn in Python; here is only what must happen in the browser at once:
// what a key means, where the focus goes, what is under way, where a list scrolls.
(() => {
  "use strict";
  const TEXTS = "textarea, input[type=text], input[type=email], input[type=url]";
  const SETTLE = 250;
  const waiting = new Map();
  const settling = new Map();
  let number = 0;
  let lastFocus = null;

  const root = () => document.querySelector(".sandbox");

  function tell(act, data = {}) {
    for (const send of [...settling.values()]) send();
    const detail = { ...data, act, number: String(++number) };
    root().dispatchEvent(new CustomEvent("deed", { detail }));
    return detail.number;
  }

  function wait(on, act, data) {
    const mine = tell(act, data);
    waiting.set(mine, on);
    on?.setAttribute("aria-busy", "true");
    document.documentElement.dataset.busy = "true";
  }

  function done(ended) {
    const on = waiting.get(ended);
    on?.removeAttribute("aria-busy");
    if (on?.dataset.act === "submit")
      document.querySelector("dialog[open] [aria-invalid]")?.focus();
    waiting.delete(ended);
    if (!waiting.size) delete document.documentElement.dataset.busy;
  }

  // Text is kept a moment after the last key, and in any case before the next deed.
  function settle(on, send) {
    const now = () => {
      clearTimeout(timer);
      settling.delete(on);
      send();
    };
    clearTimeout(settling.get(on)?.timer);
    const timer = setTimeout(now, SETTLE);
    settling.set(on, Object.assign(now, { timer }));
  }

  function entered(on) {
    const data = { ...on.dataset };
    if (on.matches(".boxes")) {
      const chosen = [...on.querySelectorAll("input:checked")].map((box) => box.value);
      return { ...data, values: JSON.stringify(chosen) };
    }
    return { ...data, value: on.value };
  }

  function enter(on, told) {
    wait(null, "enter", { ...entered(on), quiet: told ? "" : "true" });
  }

  const tells = (on) => on.closest("[data-told]")?.dataset.told;

  function say(field) {
    const words = field.value;
    if (!words.trim()) return;
    field.value = "";
    const list = field.closest(".pane").querySelector("[data-scroll]");
    if (list) list.end = true;
    wait(field, "say", { ...field.dataset, value: words });
  }

  function restore(box, words) {
    const field = document.querySelector(`[data-box="${CSS.escape(box)}"]`);
    if (field && !field.value) field.value = words;
  }

  function typeInto(words) {
    const field = document.querySelector("[data-say=place]");
    field.value = words;
    field.focus();
  }

  // A reload finds the window where it was.
  const address = (query) =>
    history.replaceState(history.state, "", location.pathname + query);

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]"))
      if (menu !== except) menu.open = false;
  };

  // A menu that would end below what can be seen of its list opens upwards.
  function unfold(event) {
    const menu = event.target;
    if (!menu.matches?.("details.menu") || !menu.open) return;
    let frame = menu.parentElement;
    while (frame && !/auto|scroll/.test(getComputedStyle(frame).overflowY))
      frame = frame.parentElement;
    const end = frame ? frame.getBoundingClientRect().bottom : innerHeight;
    const items = menu.querySelector(".items").getBoundingClientRect();
    if (items.bottom > end) menu.dataset.up = "";
  }

  // What the app offers for what was typed, as buttons below the field.
  function offer(id, words) {
    const field = document.getElementById(id);
    const list = field?.parentElement.querySelector("[data-offers]");
    if (!list) return;
    const buttons = words.map((each, place) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "item", textContent: each });
      const { surface, key, block, action } = field.dataset;
      const address = { surface, key, block, action };
      Object.assign(button.dataset, { act: "pick", option: place, ...address });
      return button;
    });
    list.replaceChildren(...(buttons.length ? buttons : ["Nothing found"]));
  }

  // A link to a message of this workspace opens it in this window.
  function visit(event) {
    const link = event.target.closest("a[href]");
    const archives = root().dataset.archives;
    if (!link?.href.startsWith(archives) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const [path, query] = link.href.slice(archives.length).split("?");
    const [place, message] = path.split("/");
    const ts = (message ?? "").replace(/^p(\d+)(\d{6})$/, "$1.$2");
    const thread = new URLSearchParams(query).get("thread_ts") ?? ts;
    wait(null, "visit", { place, thread });
  }

  function jump(key) {
    const message = document.querySelector(`.place [data-message="${CSS.escape(key)}"]`);
    const list = message?.closest("[data-scroll]");
    if (!list) return;
    list.end = false;
    message.scrollIntoView({ block: "center" });
    message.focus({ preventScroll: true });
    for (const pins of document.querySelectorAll("details.pins")) pins.open = false;
  }

  function save(on) {
    const field = on.closest(".editor").querySelector("textarea");
    wait(on, "save", { ...on.dataset, value: field.value });
  }

  // Whether the inspector is open is this tab's own, whoever one is in it.
  const keepInspecting = (wanted) => sessionStorage.setItem("inspecting", wanted);

  const ACTS = {
    save,
    send: (on) => say(on.closest(".composer").querySelector("textarea")),
    type: (on) => typeInto(on.dataset.insert),
  };

  document.addEventListener("click", (event) => {
    const on = event.target.closest("[data-act]");
    closeMenus(event.target.closest("summary")?.parentElement);
    if (!on || on.getAttribute("aria-busy")) return;
    const act = on.dataset.act;
    if (ACTS[act]) ACTS[act](on);
    else wait(on, act, { ...on.dataset });
  });

  document.addEventListener("click", visit);
  document.addEventListener("toggle", unfold, true);

  document.addEventListener("keydown", (event) => {
    const on = event.target;
    if (event.key === "Escape") {
      if (on.matches("[data-edit]")) return wait(null, "edit", {});
      const menu = document.querySelector("details.menu[open]");
      if (!menu) return;
      event.preventDefault();
      closeMenus();
      menu.querySelector("summary").focus();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (on.matches("[data-edit]")) {
      event.preventDefault();
      save(on.closest(".editor").querySelector("[data-act=save]"));
    } else if (on.matches("[data-say]")) {
      event.preventDefault();
      say(on);
    } else if (on.matches("input[data-enter]")) {
      event.preventDefault();
      enter(on, tells(on));
      const submit = on.closest("dialog")?.querySelector("[data-act=submit]");
      if (!tells(on) && submit) submit.click();
    }
  });

  document.addEventListener("input", (event) => {
    const on = event.target;
    if (on.matches("[data-live]"))
      settle(on, () => wait(null, on.dataset.live, { value: on.value }));
    if (on.matches("[data-suggest]") && on.value.length >= Number(on.dataset.suggest))
      settle(on, () => wait(null, "suggest", { ...entered(on), field: on.id }));
    if (on.matches("[data-enter]") && on.matches(TEXTS))
      settle(on, () => enter(on, tells(on) === "character"));
  });

  document.addEventListener("change", (event) => {
    const on = event.target.closest("[data-enter]");
    if (!on) return;
    clearTimeout(settling.get(on)?.timer);
    settling.delete(on);
    if (!on.matches(TEXTS)) enter(on, true);
    else if (tells(on) !== "character") enter(on, false);
  });

  document.addEventListener("focusout", (event) => {
    if (event.target.matches("[data-say]"))
      tell("draft", { ...event.target.dataset, value: event.target.value });
  });

  document.addEventListener("focusin", (event) => {
    lastFocus = event.target;
  });

  // Escape: the window decides what closes, since the app may want to know.
  document.addEventListener(
    "cancel",
    (event) => {
      event.preventDefault();
      tell(event.target.dataset.cancels);
    },
    true,
  );

  // The browser may close a dialog on its own; then the window must hear of it.
  document.addEventListener(
    "close",
    (event) => {
      if (event.target.dataset.open) tell(event.target.dataset.cancels);
    },
    true,
  );

  const FIELDS = "input, select, textarea, .boxes input";

  // Of several radio buttons the one that is chosen, as a browser does by the Tab key.
  function firstField(dialog) {
    const first = dialog.querySelector(`.middle :is(${FIELDS})`);
    const group = first?.type === "radio" ? first.closest(".boxes") : null;
    return group?.querySelector(":checked") ?? first;
  }

  function focusIn(dialog) {
    const wanted =
      dialog.querySelector("[data-focus]") ??
      firstField(dialog) ??
      dialog.querySelector("[data-first]") ??
      dialog.querySelector("h2");
    wanted?.focus();
  }

  function openOrClose(dialog) {
    const wanted = Boolean(dialog.dataset.open);
    if (wanted && !dialog.open) dialog.showModal();
    if (!wanted && dialog.open) dialog.close();
    if (wanted) focusIn(dialog);
  }

  function keepFocus() {
    const editor = document.querySelector("[data-edit]");
    if (editor && !editor.begun) {
      editor.begun = true;
      editor.focus();
      editor.setSelectionRange(editor.value.length, editor.value.length);
    }
    const dialog = [...document.querySelectorAll("dialog[open]")].pop();
    const active = document.activeElement;
    if (dialog && (!dialog.contains(active) || active.matches("h2, dialog"))) {
      const wrong = dialog.querySelector("[aria-invalid]");
      if (wrong) wrong.focus();
      else focusIn(dialog);
      return;
    }
    if (active !== document.body || !lastFocus || lastFocus.isConnected) return;
    find(lastFocus)?.focus({ preventScroll: true });
  }

  // What was redrawn is found again by what it is for; else the message it stood in.
  function find(lost) {
    const same = (name) =>
      `[data-${name}="${CSS.escape(lost.dataset[name] ?? "")}"]`;
    const names = ["act", "key", "block", "action", "option", "place", "thread", "box"];
    const known = names.filter((name) => lost.dataset[name] !== undefined);
    const again = known.length && document.querySelector(known.map(same).join(""));
    if (again) return again;
    const key = CSS.escape(lost.dataset.key ?? "");
    return document.querySelector(`[data-message="${key}"]`);
  }

  function keepAtEnd() {
    for (const list of document.querySelectorAll("[data-scroll]")) {
      const at = list.dataset.scroll;
      if (at !== list.at) [list.at, list.end] = [at, true];
      // A page that was away on a phone comes back where it was.
      else if (list.away && list.clientHeight) list.scrollTop = list.place;
      list.away = !list.clientHeight;
      if (list.end) list.scrollTop = list.scrollHeight;
    }
  }

  document.addEventListener(
    "scroll",
    (event) => {
      const list = event.target;
      if (list.dataset?.scroll === undefined || !list.clientHeight) return;
      list.place = list.scrollTop;
      list.end = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
    },
    true,
  );

  // A picture that cannot be had is shown as its words.
  document.addEventListener(
    "error",
    (event) => {
      const image = event.target;
      if (image.tagName !== "IMG") return;
      const words = document.createElement("span");
      Object.assign(words, { className: "picture", textContent: image.alt });
      image.replaceWith(words);
    },
    true,
  );

  function watch(changes) {
    for (const change of changes)
      if (change.type === "attributes" && change.target.matches("dialog"))
        openOrClose(change.target);
    keepAtEnd();
    keepFocus();
  }

  function begin() {
    if (!root()) return setTimeout(begin, 10);
    const narrow = matchMedia("(max-width: 760px)");
    const look = () => tell("narrow", { value: narrow.matches ? "true" : "" });
    narrow.addEventListener("change", look);
    new MutationObserver(watch).observe(root(), {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ["data-open", "data-scroll", "data-stage"],
    });
    document.documentElement.dataset.ready = "true";
    document.querySelectorAll("dialog").forEach(openOrClose);
    keepAtEnd();
    look();
    if (sessionStorage.getItem("inspecting")) wait(null, "inspect", { wanted: "open" });
  }

  document.addEventListener("DOMContentLoaded", begin);
  window.sandboxHands = { address, done, jump, keepInspecting, offer, restore };
})();
