// Starts a face: its root component on the shell the server sent, with its addresses below /face.
import { createApp, watchEffect, type Component } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { find_me, session } from "../lib/session";

/** How often a page in use asks whether its session still stands. One that nobody touches asks nothing, or no session would ever be idle. */
const LOOK_MS = 5 * 60_000;

export function start_face(name: string, root: Component, routes: RouteRecordRaw[]): void {
  const router = createRouter({ history: createWebHistory(`/${name}`), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } });
  const title = document.title;
  // What a screen is called may come with who one is: said again when that is known.
  watchEffect(() => {
    const words = router.currentRoute.value.meta.title;
    document.title = typeof words === "function" ? `${(words as () => string)()} · ${title}` : title;
  });
  // A new screen begins at its heading, as a new page would.
  router.afterEach((to, from) => {
    if (to.path === from.path) return;
    if (from.matched.length > 0) requestAnimationFrame(() => document.getElementById("main")?.focus({ preventScroll: true }));
  });
  createApp(root).use(router).mount("#app");
  let touched_at = 0;
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { touched_at = Date.now(); }, { passive: true });
  setInterval(() => {
    if (session.standing === "in" && Date.now() - touched_at < LOOK_MS) void find_me();
  }, LOOK_MS);
}
