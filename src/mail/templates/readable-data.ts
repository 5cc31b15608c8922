import type { MailData, MailTemplate } from '../mail.js';

const NAME_MAX_LENGTH = 64;
const TEXT_MAX_LENGTH = 254;
/** Control characters, line separators, and those that turn the direction of text. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu;
/** Mail programs make links of such text: nobody gets to send links to strangers by registering under one. */
const LINK_LIKE = /[/\\@:]|\p{L}\.\p{L}/u;

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
  return text === '' || text.length > NAME_MAX_LENGTH || LINK_LIKE.test(text) ? null : text;
}

function oneLine(text: string): string {
  return text.replaceAll(INVISIBLE, ' ').trim().slice(0, TEXT_MAX_LENGTH);
}
