// Keeps the app's files, and the counter's page as it is without anybody's data, so that the
// counter opens without a connection. Pages and answers are private and never kept; whatever is
// not named here goes its own way. assets/installed.mjs puts in FILES and VERSION.
/* global FILES, VERSION */
const NAME = `koshelok-${VERSION}`;
const SHELL = "/debtors/offline";
const PATIENCE = 4000;

const keepShell = async () => (await caches.open(NAME)).add(new Request(SHELL, { cache: "reload" }));

async function keep() {
  const cache = await caches.open(NAME);
  await Promise.all([cache.addAll(FILES), keepShell()]);
  await skipWaiting();
}

async function takeOver() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("koshelok-") && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
}

/** A file under its hashed name never changes: kept, it is not asked for again. */
async function file(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok && answer.status === 200) await cache.put(request, answer.clone());
  return answer;
}

const shell = async () => (await caches.open(NAME)).match(SHELL, { ignoreVary: true });

/** The page of the server if it comes in time; else the one that is kept. */
async function counter(request) {
  const answer = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const first = await Promise.race([answer, late]);
    if (first && first.status < 502) return first;
    return (await shell()) ?? (await answer);
  } catch {
    return (await shell()) ?? Response.error();
  }
}

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("message", (event) => event.waitUntil(keepShell().catch(() => {})));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/dist/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && url.pathname === "/debtors") event.respondWith(counter(request));
});
