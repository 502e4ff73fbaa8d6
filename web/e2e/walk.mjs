// The main job, played through HTTP as four people. Each step tells who did what, who has the next step, and until when.
// `make walk` starts a small demo for it; MULIN_BASE and MULIN_ACCOUNTS name another. The server decides what may be done; this only asks.
import { call, everybody, keep_photo } from "./staff.mjs";

const WORDS = "门口路边的水管爆了，水流了一路。";
const PHONE = "19900000042";
/** Who does what, in this order. What a step needs is given along; the reporter's steps carry the follow code's proof. */
const STEPS = [
  { who: "unit_desk", action: "take", why: "takes the case: from now on its name stands on it" },
  { who: "unit_desk", action: "finish", note: "换了一段管子，路面已经冲洗干净。", photo: true, why: "has done the work and proves it with a photo" },
  { who: "grid_worker", action: "verify", note: "到现场看过，不漏了。", why: "looks at the spot" },
  { who: "reporter", action: "confirm", why: "says that it is really solved" },
  { who: "reporter", action: "rate", rating: 5, why: "rates how it was handled" },
];
const NAMES = { reporter: "居民 Resident", grid_worker: "网格员 Grid worker", unit_desk: "供水公司 Water company", dispatcher: "区网格中心 Dispatcher", subdistrict_desk: "街道窗口 Subdistrict desk" };

const staff = new Map((await everybody()).map((one) => [one.role, one]));
let step = 0;

const { lon, lat, grid } = await choose_place();
const receipt = await report({ lon, lat });
const reporter = { headers: { "mulin-follow": await follow(receipt) } };
for (const one of STEPS) await act(one);
await tell_history();
