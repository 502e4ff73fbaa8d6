// The addresses of the desk face.
import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [];
