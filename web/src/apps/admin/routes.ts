// The addresses of the admin face.
import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [];
