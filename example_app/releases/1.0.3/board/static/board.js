// The whole client. It knows nothing of the board: it reports what the visitor does, and puts
// what the server sends where the server says. So a new release never needs a new client.
"use strict";

let socket;
let sent = 0;
let opened = 0;
const loaded = new Date().toLocaleTimeString();

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/live`);
  socket.onopen = () => { opened += 1; say(); };
  socket.onmessage = (frame) => receive(JSON.parse(frame.data));
  socket.onclose = () => { say("the connection was lost, trying again…"); setTimeout(connect, 1000); };
}

function say(trouble) {
  const connections = opened === 1 ? "1 connection" : `${opened} connections`;
  put("connection", trouble || `page loaded at ${loaded}, ${connections} since then`);
}

function receive(message) {
  for (const [id, html] of Object.entries(message.html || {})) put(id, html);
  if (message.stylesheet) dress(message.stylesheet);
}

// Replace the inside of one element; whoever had the focus in there gets it back.
function put(id, html) {
  const element = document.getElementById(id);
  if (!element || element.innerHTML === html) return;
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus();
}

// Put the new stylesheet beside the old one, and take the old one away when the new one is there.
function dress(href) {
  const old = document.getElementById("stylesheet");
  if (old.getAttribute("href") === href) return;
  const link = old.cloneNode();
  link.href = href;
  link.onload = () => old.remove();
  old.id = "";
  old.after(link);
}

function send(event) {
  if (socket.readyState !== WebSocket.OPEN) return false;
  sent += 1;
  socket.send(JSON.stringify({ ...event, n: sent }));
  return true;
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (send({ event: form.dataset.event, ...Object.fromEntries(new FormData(form)) })) form.reset();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-event]");
  if (button) send({ ...button.dataset });
});

connect();
