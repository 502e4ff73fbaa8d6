// The addresses of the map face.
import type { RouteRecordRaw } from "vue-router";

export const routes: RouteRecordRaw[] = [];
