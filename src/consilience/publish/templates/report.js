"use strict";
(() => {
  const bodies = () => document.querySelectorAll("details");
  const reveal = () => {
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    const own = target.querySelector(":scope > details");
    if (own) own.open = true;
    for (let box = target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...bodies()].filter((box) => !box.open);
    opened.forEach((box) => { box.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((box) => { box.open = false; }));
  document.getElementById("open-all")?.addEventListener("click", () => {
    document.querySelectorAll("details.body").forEach((box) => { box.open = true; });
  });
  const filter = document.getElementById("filter");
  filter?.addEventListener("input", () => {
    const words = filter.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    document.querySelectorAll("tr[data-incident]").forEach((row) => {
      const text = row.textContent.toLocaleLowerCase();
      const fits = words.every((word) => text.includes(word));
      row.hidden = !fits;
      document.getElementById(row.dataset.incident).hidden = !fits;
      shown += fits;
    });
    document.getElementById("filtered").textContent = words.length ? `${shown} shown` : "";
  });
})();
