// The entry of the map face.
import { start_face } from "../../kit/start";
import App from "./App.vue";
import { routes } from "./routes";

start_face("map", App, routes);
