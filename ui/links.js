// Makes the page's own links change the view without loading the page anew, and opens a clicked mark.
(() => {
  const lang = "{lang}";
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  const here = new URL(location.href);
  if (here.searchParams.get("lang") !== lang) {
    here.searchParams.set("lang", lang);
    history.replaceState(history.state, "", here);
  }
  if (window.targetTrackerLinks) return;
  window.targetTrackerLinks = true;
  const go = (url) => {
    if (url.href === location.href) return;
    history.pushState({}, "", url);
    dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-view]");
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(new URL(link.href));
  });
  const open = (event) => {
    const asked = new URLSearchParams(event.points[0]?.customdata);
    if (!asked.size) return;
    const url = new URL(asked.has("record") ? location.href : "records" + location.search, location.href);
    for (const [name, value] of asked) url.searchParams.set(name, value);
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
