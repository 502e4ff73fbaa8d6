// Keys of every page of the register on the desk: the search is a key away, as on the pages of cases.
import { useRouter } from "vue-router";
import { use_keys } from "../../../lib/keys";
import { tr } from "../../../lib/words";

export function use_desk_keys(): void {
  const router = useRouter();
  use_keys(() => [{ key: "/", what: tr("搜索", "Search"), act: () => void router.push("/register") }]);
}
