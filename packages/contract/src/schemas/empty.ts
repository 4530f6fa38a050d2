import { z } from 'zod';

/** The body of a call that needs none: `{}` or no body at all. */
export const emptyBody = z.strictObject({}).meta({ id: 'EmptyBody', description: 'Nothing: `{}` or no body at all.' });
