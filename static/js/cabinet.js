/*
 * The cabinet beyond links and forms: moments by the reader's own clock, a
 * button that waits until its form is whole. Without this file all still works.
 */
"use strict";
(function () {
  const $ = (selector, from) => (from || document).querySelector(selector);
  const $$ = (selector, from) => Array.from((from || document).querySelectorAll(selector));
  const two = (n) => String(n).padStart(2, "0");

  /* ---- DD-MM-YYYY HH:MM of this computer --------------------------------- */

  const tellTimes = (part) => $$("time[data-local]", part).forEach((t) => {
    const at = new Date(t.dateTime);
    if (Number.isNaN(at.getTime())) return;
    t.textContent = `${two(at.getDate())}-${two(at.getMonth() + 1)}-${at.getFullYear()} ` +
      `${two(at.getHours())}:${two(at.getMinutes())}`;
  });
  tellTimes(document);
  const zone = $(".zone");
  if (zone) zone.textContent = zone.dataset.here;

  /* ---- forms ---------------------------------------------------------------- */

  /* What was typed goes along to the page of the letter. */
  const forgotten = $("#forgotten");
  if (forgotten) {
    const email = $("#email");
    const lead = () => {
      forgotten.href = `/cabinet/recovery${email.value ? `?email=${encodeURIComponent(email.value)}` : ""}`;
    };
    email.addEventListener("input", lead);
    lead();
  }

  /* Grey until every field of its form is as it must be. */
  function whenValid(button) {
    const form = button.form;
    const email = $("input[type=email]", form);
    const look = () => {
      button.disabled = !form.checkValidity() || Boolean(email && !/^[^@\s]+@[^@\s]+\.[^@\s.]{2,}$/.test(email.value)) ||
        !phoneIsWhole(form);
    };
    form.addEventListener("input", look);
    look();
  }
  function phoneIsWhole(form) {
    if (form.dataset.phone === undefined) return true;
    const digits = (name) => form.elements[name].value.replace(/\D/g, "").length;
    const russian = form.elements.country.value.replace(/\D/g, "") === "7";
    if (russian) return digits("operator") === 3 && digits("number") === 7;
    const all = digits("country") + digits("operator") + digits("number");
    return digits("country") > 0 && digits("operator") > 0 && digits("number") >= 5 && all >= 10 && all <= 15;
  }
  $$("button[data-when-valid]").forEach(whenValid);

  /* The rules of cabinet_password_faults() in lib/model/cabinet.c. */
  const rules = {
    length: (s) => [...s].length >= 8,
    capital: (s) => /[A-ZА-ЯЁ]/.test(s),
    small: (s) => /[a-zа-яё]/.test(s),
    digit: (s) => /[0-9]/.test(s),
  };
  const form = $("form[data-password]");
  if (form) {
    const [first, second, button] = [form.elements.password, form.elements.again, $("button[type=submit]", form)];
    const look = () => {
      const met = $$("[data-rule]", form).map((li) => {
        const is = rules[li.dataset.rule](first.value);
        li.classList.toggle("met", is);
        const done = $("[data-done]", li);
        if (Boolean(done.textContent) !== is) done.textContent = is ? done.dataset.done : "";
        return is;
      });
      const fits = met.every(Boolean);
      const same = fits && first.value === second.value;
      first.classList.toggle("good", fits);
      second.classList.toggle("good", same);
      button.disabled = !same;
    };
    form.addEventListener("input", look);
    look();
  }

  /* ---- notifications, as they come ------------------------------------------ */

  /*
   * Asked each second while somebody looks, rarely when nobody has moved for
   * five minutes, never of a hidden page. It keeps no sign-in alive.
   */
  const news = $("#news");
  const WATCHED_MS = 300000, OFTEN_MS = 1000, RARELY_MS = 10000;
  let word = news ? news.dataset.news || "0" : "";
  let timer = 0, moved = Date.now(), asking = false;

  const ask = (address) => fetch(address, { headers: { "Lazur-Background": "1" }, redirect: "manual" });
  const plan = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(look, ms);
  };
  async function look() {
    if (asking || document.hidden) return;
    asking = true;
    let wait = Date.now() - moved < WATCHED_MS ? OFTEN_MS : RARELY_MS;
    try {
      const answer = await ask(`/cabinet/notifications/news?v=${encodeURIComponent(word)}`);
      if (answer.status === 200) await tell(await answer.text());
      else if (answer.status === 401) wait = 0; /* signed out: there is nothing to ask */
      else if (answer.status !== 204) wait = RARELY_MS;
    } catch {
      wait = RARELY_MS;
    }
    asking = false;
    if (wait) plan(wait);
  }
  async function tell(told) {
    const [was, n] = [parseInt(word, 10), parseInt(told, 10)];
    const first = !word.includes(".");
    if ($("#told") && !(first && was === n)) await renew();
    word = told;
    $$(".count").forEach((b) => {
      b.textContent = n;
      b.hidden = n === 0;
    });
    if (n > was) news.textContent = `${news.dataset.say} ${n}`;
  }
  async function renew() {
    const answer = await ask(location.href);
    if (answer.status !== 200) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [old, part] = [$("#told"), $("#told", page)];
    if (!part) return;
    const held = old.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    tellTimes(part);
    old.replaceWith(document.adoptNode(part));
    if (held) ($$("[aria-label]", part).find((e) => e.getAttribute("aria-label") === held) || $("main")).focus();
  }
  if (news) {
    ["pointermove", "pointerdown", "keydown", "scroll", "focus"].forEach((event) => addEventListener(event, () => {
      const away = Date.now() - moved >= WATCHED_MS;
      moved = Date.now();
      if (away) plan(0);
    }, { passive: true }));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) { moved = Date.now(); plan(0); } });
    plan(OFTEN_MS);
  }
})();
