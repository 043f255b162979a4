// [data-closes-for="origin"] tells the platform that its registration is over; only pages of that origin hear it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-closes-for]");
  if (!button) return;
  const page = window.opener || window.parent;
  page.postMessage({ subject: "org.imsglobal.lti.close" }, button.dataset.closesFor);
});
