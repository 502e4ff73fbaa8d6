// Drafts in the stories: waiting until what was typed lies on the phone, and until it stands in its field again.
const LOOK_MS = 300;
/** A draft is written 200 ms after the last key: this many looks in a row that find the same one mean that nothing is on its way. */
const SAME_LOOKS = 4;

/** Waits until the phone has kept a draft and writes nothing more: only then may the story reload. */
export async function wait_until_kept(page, ms_max = 20_000) {
  const give_up = Date.now() + ms_max;
  let latest = 0;
  for (let same = 0; same < SAME_LOOKS; ) {
    if (Date.now() > give_up) throw new Error(`no draft came to rest within ${ms_max / 1000} s`);
    await page.waitForTimeout(LOOK_MS);
    const found = await page.evaluate(latest_draft);
    same = found > 0 && found === latest ? same + 1 : 0;
    latest = found;
  }
}

/** Waits until a field holds a value: drafts are read and opened after the screen stands. */
export async function wait_for_value(page, selector, value) {
  const holds = ([found, wanted]) => document.querySelector(found)?.value === wanted;
  await page.waitForFunction(holds, [selector, value]).catch(async () => {
    throw new Error(`${selector} holds “${await page.locator(selector).inputValue()}” and not “${value}”`);
  });
}

/** Runs inside the page: when the youngest draft was last written, 0 where there is none. */
async function latest_draft() {
  const got = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const database = await got(indexedDB.open(`mulin.worker.${localStorage.getItem("mulin.account")}`));
  const drafts = await got(database.transaction("drafts").objectStore("drafts").getAll());
  database.close();
  return Math.max(0, ...drafts.map((draft) => draft.at));
}
