// Light, dark or as the machine has it: chosen before anything is drawn.
(() => {
  const kept = localStorage.getItem("elements-local-theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
})();
