import { type Row, type Span, span, type Tone } from './paint.ts';

/** Bits of the eight dots in one braille character, by column and row. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

const EMPTY_BRAILLE = 0x2800;

/** Screen cells of two by four dots each. A cell that a line crosses shows nothing but the line. */
export class BrailleCanvas {
  readonly width: number;
  readonly height: number;
  readonly #columns: number;
  readonly #bits: Uint8Array;
  readonly #lines: Uint8Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.width = columns * 2;
    this.height = rows * 4;
    this.#bits = new Uint8Array(columns * rows);
    this.#lines = new Uint8Array(columns * rows);
  }

  /** `x` from the left, `y` from the top, whole dots; what lies outside is not drawn. */
  dot(x: number, y: number): void {
    const cell = this.#cellOf(x, y);
    if (cell !== undefined && this.#lines[cell] === 0) this.#set(cell, x, y);
  }

  line(fromX: number, fromY: number, toX: number, toY: number): void {
    const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
    for (let step = 0; step <= steps; step += 1) {
      const share = step / steps;
      const x = Math.round(fromX + (toX - fromX) * share);
      const y = Math.round(fromY + (toY - fromY) * share);
      const cell = this.#cellOf(x, y);
      if (cell === undefined) continue;
      if (this.#lines[cell] === 0) this.#bits[cell] = 0;
      this.#lines[cell] = 1;
      this.#set(cell, x, y);
    }
  }

  /** One row of cells, in as few spans as its tones allow. */
  row(index: number, lineTone: Tone, dotTone: Tone): Row {
    const spans: Span[] = [];
    let text = '';
    let tone: Tone = dotTone;
    for (let column = 0; column < this.#columns; column += 1) {
      const cell = index * this.#columns + column;
      const cellTone = this.#lines[cell] === 1 ? lineTone : dotTone;
      if (cellTone !== tone) {
        if (text !== '') spans.push(span(text, tone));
        text = '';
        tone = cellTone;
      }
      const bits = this.#bits[cell] ?? 0;
      text += bits === 0 ? ' ' : String.fromCharCode(EMPTY_BRAILLE + bits);
    }
    spans.push(span(text, tone));
    return spans;
  }

  #cellOf(x: number, y: number): number | undefined {
    if (!(x >= 0 && x < this.width && y >= 0 && y < this.height)) return undefined;
    return (y >> 2) * this.#columns + (x >> 1);
  }

  #set(cell: number, x: number, y: number): void {
    this.#bits[cell] = (this.#bits[cell] ?? 0) | (DOTS[x & 1]?.[y & 3] ?? 0);
  }
}
