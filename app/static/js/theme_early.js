// Runs before the first paint: the chosen theme and the folded sidebar, so that nothing flashes.
(() => {
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    if (localStorage.getItem("sidebar") === "narrow") document.documentElement.dataset.sidebar = "narrow";
  } catch {
    // Storage may be switched off in the browser: then the system's theme stands.
  }
})();
