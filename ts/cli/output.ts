import Table from 'cli-table3';

import { visible } from '../visible';

/** A row of a table; numbers stand to the right. */
export type Row = readonly (string | number)[];

/** Prints what a command has to say: text for people or, with `--json`, one JSON value for programs. */
export class Output {
  constructor(private readonly asJson: boolean | undefined) {}

  /** Prints `value` as JSON, or else what `text` makes of it. */
  show<Value>(value: Value, text: (value: Value) => string): void {
    process.stdout.write(`${this.asJson === true ? JSON.stringify(value, null, 2) : text(value)}\n`);
  }
}

/** A table without lines inside. Names and reasons come from anywhere and are made visible. */
export function tableText(head: readonly string[], rows: readonly Row[]): string {
  const isNumeric = (column: number) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number');
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (isNumeric(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
    chars: NO_LINES,
  });
  table.push(...rows.map((row) => row.map((cell) => (typeof cell === 'string' ? visible(cell) : cell))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

const NO_LINES = Object.fromEntries(
  [
    ...['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'],
    ...['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'],
  ].map((name) => [name, '']),
);
