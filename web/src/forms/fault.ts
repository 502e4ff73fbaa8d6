// Why an expression is not read or gives nothing: the code is the one of crates/forms, the detail is for whoever writes the form.

export class ExpressionFault extends Error {
  constructor(
    readonly code: string,
    readonly detail = "",
  ) {
    super(detail ? `${code}: ${detail}` : code);
  }
}

export function fail(what: string, detail = ""): never {
  throw new ExpressionFault(`expression.${what}`, detail);
}
