/** A fault: what answered is not the API. A proxy in between, a wrong address, or a server that broke half-way. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly status: number;

  constructor(status: number, what: string) {
    super(`the answer with status ${status} ${what}; is this the address of a Claviger server?`);
    this.status = status;
  }
}
