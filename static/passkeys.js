// A passkey that was cancelled or is not there is told on the page (#passkey_failed), not in the console alone.
document.addEventListener("allauth.error", (event) => {
  const notice = document.getElementById("passkey_failed");
  if (!notice) return;
  event.preventDefault();
  notice.hidden = false;
});
