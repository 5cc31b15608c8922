import { durationInWords } from '../../common/duration-in-words.js';
import type { MailTemplate } from '../mail.js';
import { ENGLISH } from './english.js';
import { GERMAN } from './german.js';
import { layOutHtml, layOutText, type MailLayout } from './layout.js';
import type { MailContent, MailLanguage, MailWords } from './mail-language.js';
import { type MailRequest, MailTemplates, type RenderedMail } from './mail-templates.js';

/** Templates made of the words of each language and one layout for all. */
export class StandardMailTemplates extends MailTemplates {
  private readonly words: readonly MailLanguage[];

  /** @param words take the place of those of the same language, or add to them */
  constructor(...words: readonly MailLanguage[]) {
    super();
    const tags = new Set(words.map(({ tag }) => tag));
    this.words = [...[ENGLISH, GERMAN].filter(({ tag }) => !tags.has(tag)), ...words];
  }

  get languages(): readonly string[] {
    return this.words.map(({ tag }) => tag);
  }

  render<Template extends MailTemplate>(request: MailRequest<Template>): RenderedMail {
    const { data, product } = request;
    const language = this.wordsIn(request.language);
    const letter = { content: contentOf(language, request), language, name: data.name, product };
    return { subject: letter.content.subject, text: this.text(letter), html: this.html(letter) };
  }

  /** The mail as plain text. */
  protected text(letter: MailLayout): string {
    return layOutText(letter);
  }

  /** The same as HTML. */
  protected html(letter: MailLayout): string {
    return layOutHtml(letter);
  }

  private wordsIn(language: string): MailLanguage {
    const found = this.words.find(({ tag }) => tag === language);
    if (!found) throw new Error(`There are no mails in ${language}.`);
    return found;
  }
}

function contentOf<Template extends MailTemplate>(
  language: MailLanguage,
  { template, data, product }: MailRequest<Template>,
): MailContent {
  const words: MailWords = {
    product,
    duration: (milliseconds) => durationInWords(milliseconds, language.tag),
    time: (at) => {
      const style = { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' } as const;
      return `${new Intl.DateTimeFormat(language.tag, style).format(at)} UTC`;
    },
  };
  return language.contents[template](data, words);
}
