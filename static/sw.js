// Keeps the app's files, and the pages of the counter and of a new record as they are without
// anybody's data, so that both open without a connection. Pages and answers are private and never
// kept; whatever is not named here goes its own way. assets/installed.mjs puts in FILES and VERSION.
/* global FILES, VERSION */
const NAME = `koshelok-${VERSION}`;
const SHELLS = { "/debtors": "/debtors/offline", "/add": "/add/offline" };
const PATIENCE = 4000;

async function keepShells() {
  const cache = await caches.open(NAME);
  await cache.addAll(Object.values(SHELLS).map((shell) => new Request(shell, { cache: "reload" })));
}

async function keep() {
  const cache = await caches.open(NAME);
  await Promise.all([cache.addAll(FILES), keepShells()]);
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

const shellOf = async (path) => (await caches.open(NAME)).match(SHELLS[path], { ignoreVary: true });

/** The page of the server if it comes in time; else the one that is kept. */
async function page(request, path) {
  const answer = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const first = await Promise.race([answer, late]);
    if (first && first.status < 502) return first;
    return (await shellOf(path)) ?? (await answer);
  } catch {
    return (await shellOf(path)) ?? Response.error();
  }
}

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(takeOver()));
addEventListener("message", (event) => event.waitUntil(keepShells().catch(() => {})));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/static/dist/")) event.respondWith(file(request));
  else if (request.mode === "navigate" && url.pathname in SHELLS) event.respondWith(page(request, url.pathname));
});
