// Exchanges a ticket for the session cookie, or gives the session back; then
// loads the page again, so that address and filters stay as they were.
const used = new Set();

async function say(parentElement, response) {
  let text = "Signing in did not work. Reload the page and try again.";
  try {
    const { message, hint } = await response.json();
    text = `${message} ${hint}`;
  } catch {
    // The first sentence says it.
  }
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent = text;
  parentElement.replaceChildren(line);
}

export default async function ({ data, parentElement }) {
  // It is called at every redrawing; a ticket is good for one exchange.
  if (!data || used.has(data.once)) return;
  used.add(data.once);
  const response = await fetch("/api/session", {
    method: data.ticket ? "POST" : "DELETE",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: data.ticket ? JSON.stringify({ ticket: data.ticket }) : undefined,
  });
  if (data.ticket && !response.ok) {
    await say(parentElement, response);
  } else if (data.ticket) {
    window.location.reload();
  } else {
    window.location.assign("/");
  }
}
