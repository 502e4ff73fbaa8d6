// What the shell of a face says about the house it belongs to.

function data(): DOMStringMap {
  return document.getElementById("app")?.dataset ?? {};
}

export const district_name = (): string => data().district ?? "";
export const district_code = (): string => data().code ?? "";
export const hotline = (): string => data().hotline ?? "12345";
export const is_demo = (): boolean => data().demo === "true";
/** An integrator's district, where everything is invented. */
export const is_sandbox = (): boolean => data().sandbox === "true";
export const icon_sheet = (): string => data().icons ?? "";
export const is_elder = (): boolean => document.documentElement.dataset.elder === "true";
/** Whether the shell came with a session: without one nobody need be asked who this is. */
export const has_session = (): boolean => data().session !== "false";
