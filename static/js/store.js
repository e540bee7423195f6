// What the device keeps: the book of each account (a user in a workspace), what waits to be sent,
// and whose device it is now. A page says whose it is; the page that is kept for when there is no
// connection says nothing, and asks here.
const NAME = "koshelok";
const STORES = { books: {}, queue: { keyPath: "seq", autoIncrement: true }, meta: {} };
let opening;

function connect() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const { result: db, transaction } = request;
      for (const [name, options] of Object.entries(STORES)) db.createObjectStore(name, options);
      transaction.objectStore("queue").createIndex("id", "id", { unique: true });
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

export const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** Run `work(...stores)` in one transaction; what it comes to is known once that is on the disk. */
export async function within(names, mode, work) {
  const db = await connect();
  const durability = names.includes("queue") ? "strict" : "relaxed";
  const transaction = db.transaction(names, mode, { durability });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  const result = await work(...names.map((name) => transaction.objectStore(name)));
  await done;
  return result;
}

const told = document.querySelector('meta[name="account"]')?.content;

/** "user:workspace" of this page, or of whoever was signed in here last; "" after a sign-out. */
export const account = async () =>
  told ?? (await within(["meta"], "readonly", (meta) => answer(meta.get("account")))) ?? "";

/** The page says whose it is: nobody else's people stay on the device. */
export const enter = () =>
  within(["meta", "books"], "readwrite", async (meta, books) => {
    meta.put(told, "account");
    for (const key of await answer(books.getAllKeys())) {
      if (!told || key.split(":")[0] !== told.split(":")[0]) books.delete(key);
    }
  });

/** Forget everybody's people. What waits to be sent stays. */
export const forget = () =>
  within(["meta", "books"], "readwrite", (meta, books) => {
    meta.delete("account");
    books.clear();
  });

/** {people, as_of, tag, role} of an account, or undefined. */
export const readBook = (key) => within(["books"], "readonly", (books) => answer(books.get(key)));

export const writeBook = (key, book) => within(["books"], "readwrite", (books) => books.put(book, key));

/** Put one person's new sums into the book, or somebody new. */
export const writePerson = (key, person) =>
  within(["books"], "readwrite", async (books) => {
    const book = await answer(books.get(key));
    if (!book) return;
    const at = book.people.findIndex((one) => one.id === person.id);
    book.people.splice(at < 0 ? book.people.length : at, at < 0 ? 0 : 1, person);
    books.put(book, key);
  });

/** Take somebody who was made on this device out of the book. */
export const erasePerson = (key, client) =>
  within(["books"], "readwrite", async (books) => {
    const book = await answer(books.get(key));
    if (book) books.put({ ...book, people: book.people.filter((one) => one.client_id !== client) }, key);
  });

if (told !== undefined) (told ? enter() : forget()).catch(() => {});
