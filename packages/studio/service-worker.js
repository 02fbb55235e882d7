// Keeps the studio for offline use, and gives pages the headers that wasm threads need where a plain file server does not.
// The build fills in the list of files. Weights are kept by the inference worker itself.
const FILES = "__FILES__";
const STORE = "scenograph-studio-__VERSION__";

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(STORE)
      .then((store) => store.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names.filter((n) => n.startsWith("scenograph-studio-") && n !== STORE).map((n) => caches.delete(n)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const ours = url.origin === location.origin && request.method === "GET";
  // weights, runs and what the server computes are none of this worker's business
  if (!ours || /\/(models|enlarge|runs|calls|data)\//.test(url.pathname)) return;
  event.respondWith(answer(request));
});

async function answer(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request, { ignoreSearch: true });
  const response = kept ?? (await fetch(request));
  return isolated(response);
}

function isolated(response) {
  if (response.status !== 200) return response;
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return new Response(response.body, { status: 200, statusText: response.statusText, headers });
}
