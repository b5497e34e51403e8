// Makes the page's own links change the view without loading the page anew, and opens a clicked mark.
(() => {
  const lang = "{lang}";
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  const here = new URL(location.href);
  if (here.searchParams.get("lang") !== lang) {
    here.searchParams.set("lang", lang);
    history.replaceState(history.state, "", here);
  }
  window.targetTrackerWords = {words};
  if (window.targetTrackerLinks) return;
  window.targetTrackerLinks = true;
  // A record that is closed leads back to the view it was opened from, not on to the same view once more.
  const push = history.pushState.bind(history);
  const sorted = (address) => {
    const url = new URL(address, location.href);
    url.searchParams.sort();
    return url.href;
  };
  history.pushState = (state, title, url) => {
    if (url && history.state?.from === sorted(url)) history.back();
    else push(state, title, url);
  };
  const runAgain = () => dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  const app = () => document.querySelector("[data-testid=stApp]")?.dataset;
  const go = (url) => {
    // While the page runs, Streamlit may set the address back for a moment to where an earlier click led, and on again.
    if (url.href === location.href && app()?.testScriptState === "notRunning") return;
    if (url.href !== location.href) push(url.searchParams.has("record") ? { from: sorted(location.href) } : {}, "", url);
    runAgain();
  };
  // A link may name a part of the page, as after "#": it is brought into view at once if it is there, and again when the
  // page has run, unless the reader has moved on. It does not stay in the address, with which Streamlit would not run.
  let sought = "";
  const seek = (id) => {
    sought = id;
    let calm = 0, left = 150;
    const bring = () => {
      const part = document.getElementById(id);
      if (!part) return;
      for (const earlier of document.querySelectorAll("[data-sought]")) delete earlier.dataset.sought;
      part.dataset.sought = "";
      part.tabIndex = -1;
      part.focus({ preventScroll: true });
      part.scrollIntoView();
    };
    const wait = () => {
      if (sought !== id || !left--) return;
      const still = app()?.testScriptState === "notRunning" && !document.querySelector("[role=dialog]");
      const part = document.getElementById(id);
      calm = still && part ? calm + 1 : 0;
      if (calm === 3) left = Math.min(left, 20);  // what stands there may be about to be replaced
      if (calm >= 3 && !("sought" in part.dataset && part === document.activeElement)) bring();
      setTimeout(wait, 100);
    };
    bring();
    wait();
  };
  const name = (url) => {
    const id = url.hash.slice(1);
    url.hash = "";
    try { return decodeURIComponent(id); } catch { return id; }
  };
  for (const moved of ["wheel", "touchmove", "keydown", "pointerdown"]) addEventListener(moved, () => { sought = ""; }, true);
  const landed = new URL(location.href);
  if (landed.hash) {
    const id = name(landed);
    history.replaceState(history.state, "", landed);
    seek(id);
  }
  // Streamlit loses the key that closes a record while its run has not ended, or where the focus has been lost.
  const opened = () => new URLSearchParams(location.search).get("record");
  document.addEventListener("keydown", (event) => {
    const record = opened();
    if (event.key !== "Escape" || !record || !document.querySelector("[role=dialog]")) return;
    let left = 20;
    const close = () => {
      if (opened() !== record || !left--) return;
      if (app()?.testScriptState === "notRunning") document.querySelector("[role=dialog] > button")?.click();
      setTimeout(close, 200);
    };
    setTimeout(close, 300);
  }, true);
  // Streamlit has its own words in English only. They are heard, and seen by who skips to the main part.
  const ours = (text) => {
    const found = window.targetTrackerWords.find(([theirs]) => text === theirs || (/[ ：]$/.test(theirs) && text.startsWith(theirs)));
    return found && found[1] + text.slice(found[0].length);
  };
  const translate = () => {
    for (const named of document.querySelectorAll("[aria-label]")) {
      const said = ours(named.getAttribute("aria-label"));
      if (said) named.setAttribute("aria-label", said);
    }
    const seen = [document.querySelector("[data-testid=stSkipToContent]"), ...document.querySelectorAll("[role=listbox]")];
    for (const element of seen) {
      const text = element && document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();
      const said = text && ours(text.nodeValue);
      if (said) text.nodeValue = said;
    }
  };
  addEventListener("focusin", translate, true);
  addEventListener("input", () => setTimeout(translate, 50), true);
  setInterval(translate, 1000);
  // The page follows the data files by itself: while it is looked at it asks for the data's mark, and runs
  // again when that is not the mark it shows; for one mark at most every 15 s, should it not be able to follow.
  const tried = { mark: "", at: 0 };
  const follow = async () => {
    const shown = document.querySelector("[data-state]")?.dataset.state;
    if (!shown || document.hidden || app()?.testConnectionState !== "CONNECTED") return;
    const answer = await fetch("data/state", { cache: "no-store" });
    const mark = answer.ok ? await answer.text() : shown;
    if (mark === shown || (mark === tried.mark && Date.now() - tried.at < 15000)) return;
    Object.assign(tried, { mark, at: Date.now() });
    // A page that had no data yet does not know which page it is: it is loaded anew.
    if (document.querySelector("[data-foot]")) runAgain();
    else location.reload();
  };
  const followQuietly = () => follow().catch(() => {});
  setInterval(followQuietly, 3000);
  document.addEventListener("visibilitychange", followQuietly);
  document.addEventListener("click", (event) => {
    // On a phone the filters lie over the page: their last line puts them away.
    const away = event.target.closest?.("a[data-away]") && document.querySelector("[data-testid=stSidebarCollapseButton] button");
    if (away) {
      event.preventDefault();
      away.click();
    }
    const link = event.target.closest?.("a[data-view]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const url = new URL(link.href), part = name(url);
    go(url);
    if (part) seek(part);
  });
  const open = (event) => {
    const asked = new URLSearchParams(event.points[0]?.customdata);
    if (!asked.size) return;
    const url = new URL(asked.has("record") ? location.href : "records" + location.search, location.href);
    for (const name of new Set(asked.keys())) {
      // A mark counts only what the filters let through.
      const chosen = url.searchParams.getAll(name), values = asked.getAll(name);
      const both = values.filter((value) => chosen.includes(value));
      url.searchParams.delete(name);
      for (const value of both.length ? both : values) url.searchParams.append(name, value);
    }
    go(url);
  };
  const plots = (event) => event.event.target.closest(".js-plotly-plot");
  const point = (event) => plots(event)?.classList.add("opens");
  const unpoint = (event) => plots(event)?.classList.remove("opens");
  const wire = (event) => {
    const plot = event.target.closest?.(".js-plotly-plot");
    if (!plot?.on) return;
    for (const [name, act] of Object.entries({ plotly_click: open, plotly_hover: point, plotly_unhover: unpoint })) {
      plot.removeListener(name, act);
      plot.on(name, act);
    }
  };
  document.addEventListener("input", (event) => {
    const over = event.target.closest("[data-testid=stForm]")?.querySelector("[data-over]");
    if (over) over.hidden = event.target.value.length <= Number(over.dataset.over);
  }, true);
  document.addEventListener("pointerover", wire, true);
  document.addEventListener("pointerdown", wire, true);
})();
