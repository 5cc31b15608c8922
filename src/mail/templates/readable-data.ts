import type { MailData, MailTemplate } from '../mail.js';

const NAME_MAX_LENGTH = 64;
const TEXT_MAX_LENGTH = 254;
/** Control characters, line separators, and those that turn the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu;
/** Mail programs make links of such text: no one gets to send links to strangers by registering under one. */
const LINK_LIKE = /[/\\@:]|www|[\p{L}\p{N}\p{M}\p{S}_-][.\u3002][\p{L}\p{N}\p{M}\p{S}_-]/iu;

/** The data as a template may show it: texts in one line, and a name only if it is one. */
export function readableData<Template extends MailTemplate>(data: MailData[Template]): MailData[Template] {
  const texts = Object.entries(data)
    .filter(([key, value]) => key !== 'link' && typeof value === 'string')
    .map(([key, value]) => [key, oneLine(value as string)]);
  const clean = Object.fromEntries(texts) as Partial<MailData[Template]>;
  return { ...data, ...clean, name: readableName(data.name) };
}

function readableName(name: string | null): string | null {
  const text = oneLine(name ?? '');
  return text === '' || text.length > NAME_MAX_LENGTH || isLinkLike(text) ? null : text;
}

/** Also as browsers read it, who take full-width and other forms of a dot, a colon or a slash for these (UTS 46). */
function isLinkLike(text: string): boolean {
  return LINK_LIKE.test(text) || LINK_LIKE.test(text.normalize('NFKC'));
}

function oneLine(text: string): string {
  return text.replaceAll(INVISIBLE, ' ').trim().slice(0, TEXT_MAX_LENGTH);
}
