// Visit rules and what they ask of the grids: the rules in force, and a trial that keeps nothing.
import { api, ask, type Schema } from "../../../../client/api";
import { figure } from "../../../../lib/time";
import { told, tr } from "../../../../lib/words";
import type { GridLoad } from "../campaigns/LoadBars.vue";

export type VisitRules = Schema["VisitRulesView"];
export type VisitRule = Schema["RuleView"];
export type Trial = Schema["PlanTrialView"];

const MINUTES_OF_HOUR = 60;

export const list_visit_rules = (): Promise<VisitRules> => ask(api.GET("/api/fieldwork/visit-rules"));

/** `hours`: of a worker for visits in a week; none: those of the catalogue. */
export const try_plan = (area: string, hours: number | undefined): Promise<Trial> => ask(api.POST("/api/fieldwork/tasks/plan/dry-run", {
  body: { ...(area && { area }), ...(hours !== undefined && { minutes_per_week: Math.round(hours * MINUTES_OF_HOUR) }) },
}));

export function every_words(every: VisitRule["every"]): string {
  switch (every) {
    case "week": return tr("每周一次", "once a week");
    case "month": return tr("每月一次", "once a month");
    case "quarter": return tr("每季度一次", "once a quarter");
    case "once": return tr("一次", "once");
  }
}

export const hours_of = (minutes: number): number => Math.round((minutes / MINUTES_OF_HOUR) * 10) / 10;

/** The load of each grid as bars; what is not planned stands under its bar in words. The name beside a grid says whom to talk to. */
export function loads_of(trial: Trial, rules: readonly VisitRule[]): GridLoad[] {
  const names = new Map(trial.workers.map((one) => [one.account, one.name]));
  return trial.grids.map((grid) => {
    const homes = grid.rules.reduce((sum, one) => sum + one.visits, 0);
    return {
      area_path: grid.path,
      name: grid.name,
      worker: grid.worker ? names.get(grid.worker) : undefined,
      count: tr(`${figure(homes)} 户次`, `${figure(homes)} visits`),
      minutes: grid.asked,
      minutes_max: grid.minutes,
      is_beyond: grid.over,
      left_out: grid.rules.filter((one) => !one.fits && one.visits > 0).map((one) => left_out_words(one, rules)),
    };
  });
}

function left_out_words(load: Trial["grids"][number]["rules"][number], rules: readonly VisitRule[]): string {
  const rule = rules.find((one) => one.key === load.key);
  const name = rule ? told(rule.words) : load.key;
  return tr(`排不下：${name}，${figure(load.visits)} 户，平均每周 ${figure(load.minutes)} 分钟`, `Not planned: ${name}, ${figure(load.visits)} homes, ${figure(load.minutes)} min in an average week`);
}
