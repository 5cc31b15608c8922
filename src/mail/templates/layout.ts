import type { MailContent, MailLanguage } from './mail-language.js';

/** Inherited colours where nothing else is said; mail programs that know of dark mode are told both. */
const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 24px 16px; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: #1f2328; background: #ffffff; }
main { max-width: 560px; margin: 0 auto; }
a { color: #0550ae; overflow-wrap: anywhere; }
a.action { display: inline-block; padding: 12px 20px; border-radius: 6px; background: #0550ae; color: #ffffff; font-weight: 600; text-decoration: none; }
th { padding: 0 16px 0 0; text-align: left; font-weight: 600; vertical-align: top; }
td { padding: 0; overflow-wrap: anywhere; }
footer { margin-top: 32px; font-size: 14px; color: #57606a; }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117; }
  a { color: #79b8ff; }
  a.action { background: #79b8ff; color: #0d1117; }
  footer { color: #9da7b1; }
}
`;

/** One mail in the words of its language, before it is laid out. */
export interface MailLayout {
  readonly content: MailContent;
  readonly language: MailLanguage;
  readonly name: string | null;
  readonly product: string;
}

export function layOutText({ content, language, name, product }: MailLayout): string {
  const { paragraphs, facts = [], action, remarks = [] } = content;
  return [
    language.greeting(name),
    ...paragraphs,
    ...(facts.length > 0 ? [facts.map(([label, value]) => `${label}: ${value}`).join('\n')] : []),
    // On a line of its own, so that mail programs make a link of it, and of nothing else.
    ...(action ? [`${action.label}:\n${action.link}`] : []),
    ...remarks,
    `-- \n${language.footer(product)}\n`,
  ].join('\n\n');
}

/** No images, nothing from elsewhere: opening the mail tells no one. */
export function layOutHtml({ content, language, name, product }: MailLayout): string {
  const { subject, paragraphs, facts = [], action, remarks = [] } = content;
  const lines = [
    paragraph(language.greeting(name)),
    ...paragraphs.map(paragraph),
    ...(facts.length > 0 ? [table(facts)] : []),
    ...(action ? actionLines(action, language.linkRemark) : []),
    ...remarks.map(paragraph),
    `<footer>${paragraph(language.footer(product))}</footer>`,
  ];
  return `<!doctype html>
<html lang="${escapeHtml(language.tag)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${lines.join('\n')}
</main>
</body>
</html>
`;
}

function actionLines({ label, link }: NonNullable<MailContent['action']>, remark: string): string[] {
  const href = escapeHtml(link);
  return [
    `<p><a class="action" href="${href}">${escapeHtml(label)}</a></p>`,
    `<p>${escapeHtml(remark)}<br><a href="${href}">${href}</a></p>`,
  ];
}

function table(facts: NonNullable<MailContent['facts']>): string {
  const rows = facts.map(
    ([label, value]) => `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table>${rows.join('')}</table>`;
}

function paragraph(text: string): string {
  return `<p>${escapeHtml(text)}</p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
