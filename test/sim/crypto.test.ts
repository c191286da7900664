// The chip's crypto module: as the real interpreter has it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHouse } from '../../sim/house.ts';
import { interpreter, NO_INTERPRETER, runOnInterpreter } from '../support/interpreter.ts';

/** Prints what the module gives, and how it fails. */
const PROGRAM = `
var c = require("crypto"), key = "0123456789abcdef0123456789abcdef", iv = "ABCDEFGHIJKLMNOP", out = [];
function hex(buffer) {
  var bytes = new Uint8Array(buffer), text = "";
  for (var i = 0; i < bytes.length; i++) text += (bytes[i] + 256).toString(16).substr(1);
  return text;
}
function attempt(name, f) {
  var result;
  try { result = f(); result = result === undefined ? "nothing" : hex(result); } catch (e) { result = "throws"; }
  print("RESULT " + name + " " + result);
}
attempt("sha256", function () { return c.SHA256("abc\\xff\\0"); });
attempt("hmac", function () { return c.PBKDF2(key, "text\\0\\xff\\x80", { keySize: 8, iterations: 1, hasher: "SHA256" }); });
attempt("long", function () { return c.PBKDF2(key + key + key, "text", { keySize: 8, iterations: 1, hasher: "SHA256" }); });
attempt("defaults", function () { return c.PBKDF2("k", "m"); });
attempt("hasher", function () { return c.PBKDF2("k", "m", { hasher: "sha256" }); });
attempt("encrypt", function () { return c.AES.encrypt("0123456789abcdef0123456789abcdef", key, { iv: iv, mode: "CBC" }); });
attempt("decrypt", function () { return c.AES.decrypt("0123456789abcdef0123456789abcdef", key, { iv: iv, mode: "CBC" }); });
attempt("ECB", function () { return c.AES.encrypt("0123456789abcdef", key, { mode: "ECB" }); });
attempt("length", function () { return c.AES.decrypt("0123", key, { iv: iv, mode: "CBC" }); });
attempt("key", function () { return c.AES.decrypt("0123456789abcdef", "short", { iv: iv, mode: "CBC" }); });
attempt("iv", function () { return c.AES.decrypt("0123456789abcdef", key, { iv: "ABC", mode: "CBC" }); });
attempt("OFB", function () { return c.AES.encrypt("0123456789abcdef", key, { iv: iv, mode: "OFB" }); });
attempt("mode", function () { return c.AES.encrypt("0123456789abcdef", key, { iv: iv, mode: "XYZ" }); });
print("DONE");
`;

const results = (lines: string[]): string[] => lines.filter((line) => line.startsWith('RESULT'));

test(
  'hashes, signs, decrypts and fails as the real interpreter',
  { skip: !interpreter && NO_INTERPRETER },
  async (t) => {
    const house = createHouse();
    t.after(house.dispose);
    const board = house.board({ firmware: PROGRAM });
    await board.waitFor('DONE');
    const real = results(await runOnInterpreter(`${PROGRAM}\nquit();`));
    assert.equal(real.length, 13);
    assert.deepEqual(results(board.console), real);
  },
);
