/** `line 3, column 5`: where a text stops being JSON, without showing any of it. @returns undefined if it is JSON */
export function placeOfJsonError(text: string): string | undefined {
  if (messageOf(text) === undefined) return undefined;
  // The shortest beginning that nothing could make JSON any more: its last character is the one that is wrong.
  let [possible, hopeless] = [0, text.length + 1];
  while (hopeless - possible > 1) {
    const length = Math.floor((possible + hopeless) / 2);
    if (isHopeless(text.slice(0, length))) hopeless = length;
    else possible = length;
  }
  const lines = text.slice(0, hopeless - 1).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** Whether no text that begins so is JSON. */
function isHopeless(beginning: string): boolean {
  const message = messageOf(beginning);
  if (message === undefined || /end of JSON|Unterminated/.test(message)) return false;
  const position = /at position (\d+)/.exec(message)?.[1];
  // What is missed at its end could follow.
  return position === undefined || Number(position) < beginning.length;
}

/** What the engine says of it. @returns undefined if it is JSON */
function messageOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
