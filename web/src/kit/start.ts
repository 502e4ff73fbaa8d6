// Starts a face: its root component on the shell the server sent, with its addresses below /face.
import { createApp, type Component } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { find_me, session } from "../lib/session";

/** How often a page that is left open asks whether its session still stands. */
const LOOK_MS = 5 * 60_000;

export function start_face(name: string, root: Component, routes: RouteRecordRaw[]): void {
  const router = createRouter({ history: createWebHistory(`/${name}`), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } });
  const title = document.title;
  // A new screen is said and begins at its heading, as a new page would.
  router.afterEach((to, from) => {
    if (to.path === from.path) return;
    const words = to.meta.title;
    document.title = typeof words === "function" ? `${(words as () => string)()} · ${title}` : title;
    if (from.matched.length > 0) requestAnimationFrame(() => document.getElementById("main")?.focus({ preventScroll: true }));
  });
  createApp(root).use(router).mount("#app");
  setInterval(() => {
    if (session.standing === "in" && document.visibilityState === "visible") void find_me();
  }, LOOK_MS);
}
