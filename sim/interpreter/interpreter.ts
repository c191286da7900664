// The real interpreter: Espruino built for Linux, booting the bundle from its flash file. It has no Wi-Fi, no pins and always the same
// serial number, so a preamble supplies these; everything else is what runs on the chip.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What the ESP32 has in 25 kB, with pointers of 4 bytes, needs some 64 here, and more for libc and the environment. */
const STACK_KB = 100;

/** Shown where the interpreter is missing. */
export const INTERPRETER_HINT =
  'needs the Espruino interpreter for Linux: build it by its own README_Building.md and name it in ESPRUINO or put it on PATH as espruino-linux';

/** What the board under the bundle is. */
export interface InterpreterOptions {
  /** The program text that goes to `.bootcde`. */
  bundle: string;
  /** Written to `light.json`. */
  settings?: object;
  /** More files of its flash; one char per byte. */
  files?: Record<string, string>;
  /** What `getSerial()` says; default `00000000-0001`. */
  serial?: string;
  /** How much faster than the wall its timers run; default 1. */
  speed?: number;
  /** Whether it boots again when its program ends it, as `E.reboot()` does; default false. */
  restarts?: boolean;
  /** More program before the bundle. */
  preamble?: string;
}

/** A process that behaves like a board on a bench. */
export interface Interpreter {
  /** Console lines since the first power-on, without prompts and pin reports. */
  readonly console: string[];
  /** Duty 0-1 of each write to a pin, oldest first. */
  readonly pinWrites: { pin: string; duty: number }[];
  /** Boots from flash. */
  powerOn(): void;
  /** Cuts the power; the kernel closes the sockets. */
  powerOff(): Promise<void>;
  /** Reads a file of the flash, while it runs. */
  read(name: string): Promise<string>;
  /** Types a line at the prompt. */
  type(line: string): void;
  /**
   * Waits for a console line from index `from` on.
   * @throws Error with the console in it when none comes in time
   */
  waitFor(pattern: RegExp, timeoutMs?: number, from?: number): Promise<string>;
  /** Cuts the power and removes the board's files. */
  dispose(): Promise<void>;
}

/** The interpreter's path: the environment variable ESPRUINO, or `espruino-linux` on PATH; undefined when there is none. */
export function interpreterPath(): string | undefined {
  if (process.env.ESPRUINO) return process.env.ESPRUINO;
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, 'espruino-linux')).find((path) => existsSync(path));
}

/** Wi-Fi that is up at once, pins that report, a serial number of its own, time at a different speed. */
function preambleFor({ serial = '00000000-0001', speed = 1, preamble = '' }: InterpreterOptions): string {
  return `
global.getSerial=function(){return ${JSON.stringify(serial)}};
Pin.prototype.write=function(v){print("\\nPIN",this,v?1:0)};
global.analogWrite=function(p,v){print("\\nPIN",p,v)};
${speed === 1 ? '' : scaledTime(speed)}
Modules.addCached("Wifi",function(){
  var ip="127.0.0.1",ap="AP",isThere=true;
  exports.connect=function(s,o,cb){
    if(isThere)setTimeout(function(){ip="127.0.0.1";cb(null);exports.emit("connected",{ip:ip})},10);
  };
  exports.getIP=function(){return {ip:ip}};
  exports.getStatus=function(){return ip=="0.0.0.0"?{mode:ap||"NULL"}:{mode:ap+"STA",rssi:-58}};
  exports.stopAP=function(cb){ap="";if(cb)setTimeout(cb,10)};
  exports.disconnect=function(cb){
    if(ip!="0.0.0.0")exports.emit("disconnected",{msg:"ASSOC_LEAVE"});
    ip="0.0.0.0";
    if(cb)setTimeout(cb,10);
  };
  exports.fake=function(next){isThere=next!="0.0.0.0";ip=next;exports.emit(next=="0.0.0.0"?"disconnected":"connected",{ip:ip,msg:"BEACON_TIMEOUT"})};
});
${preamble}
`;
}

function scaledTime(speed: number): string {
  return `
(function(timeout,interval,time){
  global.setTimeout=function(f,ms){return timeout(f,ms/${speed})};
  global.setInterval=function(f,ms){return interval(f,ms/${speed})};
  global.getTime=function(){return time()*${speed}};
})(setTimeout,setInterval,getTime);`;
}

/** A text for a program that is written in UTF-8. */
const literal = (bytes: string): string =>
  JSON.stringify(bytes).replace(/[\x7f-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);

/** Writes the flash with a first run of the interpreter. */
function install(path: string, folder: string, options: InterpreterOptions): void {
  const files: Record<string, string> = { '.bootcde': preambleFor(options) + options.bundle, ...options.files };
  if (options.settings) files['light.json'] = JSON.stringify(options.settings);
  const writes = Object.entries(files).map(
    ([name, data]) => `require("Storage").write(${JSON.stringify(name)},${literal(data)});`,
  );
  writeFileSync(join(folder, 'install.js'), [...writes, 'print("INSTALLED");quit();'].join('\n'));
  const run = spawnSync(path, ['install.js'], { cwd: folder, timeout: 10_000, killSignal: 'SIGKILL' });
  if (!run.stdout?.includes('INSTALLED')) throw new Error(`the interpreter did not store the bundle: ${run.stdout}`);
}

/** Creates a board without power; throws where there is no interpreter. */
export function createInterpreter(options: InterpreterOptions): Interpreter {
  const path = interpreterPath();
  if (!path) throw new Error(INTERPRETER_HINT);
  const folder = mkdtempSync(join(tmpdir(), 'light-'));
  const lines: string[] = [];
  const pinWrites: { pin: string; duty: number }[] = [];
  const waiters = new Set<() => void>();
  let child: ChildProcess | undefined;
  let partial = '';
  install(path, folder, options);

  function onLine(line: string): void {
    const text = line
      .replace(/\x1b\[\w/g, '')
      .replace(/[\r\x07\x08]/g, '')
      .replace(/^(=undefined)?>*/, '')
      .trim();
    const pin = /^PIN (\w+) (.+)$/.exec(text);
    if (pin) pinWrites.push({ pin: pin[1]!, duty: Number(pin[2]) });
    else if (text && text !== '=undefined') lines.push(text);
    for (const waiter of [...waiters]) waiter();
  }

  function powerOn(): void {
    const command = `ulimit -s ${STACK_KB} && exec "$0" -e 1`;
    const started = spawn('sh', ['-c', command, path!], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
    child = started;
    started.once('close', () => child === started && options.restarts && powerOn()); // as E.reboot() ends it
    child.stdout!.setEncoding('latin1').on('data', (text: string) => {
      const parts = (partial + text).split('\n');
      partial = parts.pop()!;
      parts.forEach(onLine);
    });
  }

  function powerOff(): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      running.once('close', () => resolve());
      running.kill('SIGKILL'); // it ignores SIGTERM
    });
  }

  function waitFor(pattern: RegExp, timeoutMs = 10_000, from = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiters.delete(look);
        reject(new Error(`no ${pattern} within ${timeoutMs} ms on the console:\n${lines.join('\n')}`));
      }, timeoutMs);
      function look(): void {
        const found = lines.slice(from).find((line) => pattern.test(line));
        if (found === undefined) return;
        clearTimeout(timer);
        waiters.delete(look);
        resolve(found);
      }
      waiters.add(look);
      look();
    });
  }

  const type = (line: string): void => void child?.stdin?.write(line + '\n');

  async function read(name: string): Promise<string> {
    const from = lines.length;
    type(`print("\\nREAD",btoa(require("Storage").read(${JSON.stringify(name)})||""))`);
    const line = await waitFor(/^READ/, undefined, from);
    return Buffer.from(line.slice(5), 'base64').toString('latin1');
  }

  return {
    ...{ console: lines, pinWrites, powerOn, powerOff, type, waitFor, read },
    async dispose() {
      await powerOff();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
