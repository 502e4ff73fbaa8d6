// The entry of the admin face.
import { start_face } from "../../kit/start";
import App from "./App.vue";
import { routes } from "./routes";

start_face("admin", App, routes);
