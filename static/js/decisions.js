// What people decide about the entries of the outbox: only the counter asks them.
import { changed, edit, flush, pending, queue } from "./outbox.js";
import { account, answer } from "./store.js";

/** Put entries down, all or none; they are safe when this returns. An id stands for one entry. */
export async function add(...entries) {
  const mine = await account();
  if (!mine) throw new Error("whose entries are these?");
  await queue("readwrite", async (rows) => {
    for (const entry of entries) {
      const known = await answer(rows.index("id").count(entry.id));
      if (!known) rows.add({ ...entry, account: mine, state: "waiting" });
    }
  });
  changed();
}

/** Send an entry that waits for a decision again, changed or as it is. */
export async function resend(id, changes = {}) {
  await edit(id, (entry) => ({ ...entry, ...changes, state: "waiting", problem: undefined }));
  changed();
  return flush();
}

/**
 * Take an entry back, and what must come after it. One that was never under way just goes; the
 * answer to another may have been lost after it was written, so it is sent and then undone.
 */
export async function drop(id) {
  for (const entry of await pending()) if (entry.after === id) await drop(entry.id);
  await edit(id, (entry) => (entry.tried && entry.state === "waiting" ? { ...entry, cancelled: true } : null));
  changed();
  return flush();
}
