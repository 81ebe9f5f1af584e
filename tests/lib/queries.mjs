// The statements of sql/queries as the programs hold them.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { root } from './stack.mjs';

const folder = path.join(root, 'sql/queries');
export const files = fs.readdirSync(folder).filter((f) => f.endsWith('.sql')).sort().map((f) => path.join(folder, f));

// What sql2c.awk writes is C whose strings are JSON too.
export function statements() {
  const c = execFileSync('awk', ['-v', 'out=c', '-f', path.join(root, 'sql/sql2c.awk'), ...files],
    { encoding: 'utf8', maxBuffer: 1 << 28 });
  return c.split(/\n(?= {4}\{ ")/).slice(1).map((entry) => {
    const strings = entry.match(/"(?:[^"\\]|\\.)*"/g).map((s) => JSON.parse(s));
    return { name: strings[0], sql: strings.slice(1).join('') };
  });
}
