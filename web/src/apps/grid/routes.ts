// The addresses of the grid face.
import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [];
