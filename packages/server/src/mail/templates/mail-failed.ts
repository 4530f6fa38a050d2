import { shortName } from '../layout.ts';
import { frameOf, type Word } from '../words.ts';

/** R7: to the Owner, when a mail could not be delivered for good. */
export const mailFailed: Word<'mail_failed'> = async (wording, { recipient, subject, answer }) => ({
  ...frameOf(wording),
  subject: `A mail to ${shortName(recipient)} could not be delivered`,
  heading: `A mail to ${recipient} could not be delivered`,
  blocks: [
    { kind: 'paragraph', text: `Claviger could not deliver the mail “${subject}” to ${recipient} and has given up.` },
    { kind: 'paragraph', text: 'The last answer was:' },
    { kind: 'quotation', text: answer },
    {
      kind: 'steps',
      steps: [
        'Find out whether the address is right and its mailbox takes mail.',
        `Tell ${recipient} what the mail was about: it is not sent again. An invitation can be sent again.`,
        'Look whether other mails are held up too: administrators find them all in the list of undelivered mails.',
      ],
    },
    { kind: 'note', text: 'When several mails fail within an hour, you are told of the first one only.' },
  ],
  reason: 'You get this mail because you are the Owner of the account.',
});
