// Roles given to the account that stands in the address, all that is needed to show them, and the scope of each in words.
import { computed } from "vue";
import { useRoute, useRouter } from "vue-router";
import { load_accounts, state_of } from "./accounts";
import type { Scope } from "./roles";
import { api, ask, type Schema } from "../../../client/api";
import { load_areas, load_posts, type Area } from "../../territory/admin/posts";
import { use_query } from "../../../lib/query";
import { tr } from "../../../lib/words";

export type Assignment = Schema["AssignmentView"];

export function scope_words(scope: Scope, areas: readonly Area[], organisations: readonly Schema["OrganisationView"][]): string {
  switch (scope.kind) {
    case "district": return tr("全区", "The district");
    case "area": return areas.find((one) => one.path === scope.path)?.name ?? scope.path ?? "";
    case "unit": return organisations.find((one) => one.id === scope.organisation)?.name ?? tr("一个单位", "One organisation");
    case "own": return tr("本人", "Own");
  }
}

/** The account chosen on a screen of the security administrator, whom one may choose, and what the chosen one was given. */
export function use_chosen_account() {
  const [route, router] = [useRoute(), useRouter()];
  const account = computed({ get: () => String(route.query.account ?? ""), set: (id: string) => void router.replace({ query: { account: id || undefined } }) });
  const query = use_query(async () => {
    const [roles, accounts, areas, posts, organisations] = await Promise.all([
      ask(api.GET("/api/identity/roles")), load_accounts(), load_areas(), load_posts(), ask(api.GET("/api/territory/organisations")),
    ]);
    return { roles, accounts, areas, posts, organisations };
  });
  const given = use_query(async () => (account.value ? ask(api.GET("/api/identity/accounts/{account}/roles", { params: { path: { account: account.value } } })) : []), [account]);
  const people = computed(() => (query.data?.accounts ?? []).filter((one) => state_of(one) !== "closed").map((one) => ({ account: one.id, name: `${one.name} ${one.login ?? ""}`, phone: undefined, posts: [] })));
  return { account, query, given, people };
}
