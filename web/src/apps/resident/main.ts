// The resident entry: finds the data-… hooks of the page and lets each module enhance its own. Without it every page still works.
import { enhance_report } from "../../capabilities/cases/resident/report";
import { enhance_photos } from "../../capabilities/cases/resident/photos";
import { clear_draft_when_filed } from "../../capabilities/cases/resident/draft";
import { enhance_notices } from "../../capabilities/messages/resident/notices";
import { enhance_grid_finder } from "../../capabilities/territory/resident/finder";
import { watch_hands } from "../../lib/steady";
import { enhance_paper, enhance_tools } from "./tools";

watch_hands();
enhance_tools();
enhance_paper();
clear_draft_when_filed();
for (const field of document.querySelectorAll<HTMLElement>("[data-photos]")) enhance_photos(field);
const report = document.querySelector<HTMLFormElement>("form[data-report]");
if (report) enhance_report(report);
const finder = document.querySelector<HTMLElement>("[data-grid-finder]");
if (finder) enhance_grid_finder(finder);
const notices = document.querySelector<HTMLElement>("[data-notices]");
if (notices) enhance_notices(notices);
