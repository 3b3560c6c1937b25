/** How many tiles stand beside and above each other, so that they are as large as can be and nothing scrolls. */

export interface GridSpace {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

export interface GridFit {
  readonly columns: number;
  readonly rows: number;
}

/** All lengths in one unit; `ratio` is the width of a good tile by its height. */
export interface TileShape {
  readonly leastWidth: number;
  readonly leastHeight: number;
  readonly ratio: number;
}

/** At least one column and one row, even where there is no room; `columns × rows` may be less than `count`: the rest is another page. */
export function fitGrid(count: number, { width, height, gap }: GridSpace, { leastWidth, leastHeight, ratio }: TileShape): GridFit {
  const mostColumns = Math.max(1, Math.floor((width + gap) / (leastWidth + gap)));
  const mostRows = Math.max(1, Math.floor((height + gap) / (leastHeight + gap)));
  if (count >= mostColumns * mostRows) return { columns: mostColumns, rows: mostRows };
  let best: GridFit = { columns: mostColumns, rows: mostRows };
  let bestSize = 0;
  for (let columns = 1; columns <= Math.min(mostColumns, Math.max(1, count)); columns += 1) {
    const rows = Math.max(1, Math.ceil(count / columns));
    if (rows > mostRows) continue;
    const tileWidth = (width - gap * (columns - 1)) / columns;
    const tileHeight = (height - gap * (rows - 1)) / rows;
    const size = Math.min(tileWidth / ratio, tileHeight);
    if (size > bestSize) {
      best = { columns, rows };
      bestSize = size;
    }
  }
  return best;
}
