// Chance as an argument: twin of crates/forms/src/expression/random.rs. Not for secrets.

const MODULUS = 2_147_483_647;

/** Park and Miller's "minimal standard" (CACM 31, 1988). */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = 1 + (seed % (MODULUS - 1));
  }

  /** From 0 up to, not with, 1. */
  next(): number {
    this.state = (this.state * 16_807) % MODULUS;
    return (this.state - 1) / (MODULUS - 1);
  }

  digits(count: number): string {
    let digits = "";
    for (let index = 0; index < count; index += 1) digits += Math.trunc(this.next() * 16).toString(16);
    return digits;
  }

  /** In the shape of a random UUID (RFC 9562, version 4). */
  uuid(): string {
    const parts = [this.digits(8), this.digits(4), `4${this.digits(3)}`, this.digits(3), this.digits(12)];
    parts[3] = (8 + Math.trunc(this.next() * 4)).toString(16) + parts[3];
    return parts.join("-");
  }
}
