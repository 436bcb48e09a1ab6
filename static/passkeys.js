// A passkey that was cancelled or is not there is told on the page (#passkey_failed), not in the console alone.
document.addEventListener("allauth.error", (event) => {
  const told = document.getElementById("passkey_failed");
  if (!told) return;
  event.preventDefault();
  told.hidden = false;
});
