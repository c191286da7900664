// A label for the lamp: its name, and the QR code with which a phone joins the access point of its set-up mode.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import QRCode from 'qrcode';
import { escaped } from '../markup.ts';
import { failure } from './exits.ts';

/** What stands on a label. */
interface LabelTexts {
  /** The light's name. */
  name: string;
  /** The name of its own access point. */
  ssid: string;
  password: string;
}

/** A usual size for label printers, in millimetres. */
const [WIDTH_MM, HEIGHT_MM] = [62, 29];
const MARGIN_MM = 2;

/** The quiet zone that scanners want, in modules. */
const QUIET_MODULES = 4;

const FONT_MM = 4.2;

/** Average width of a char, as a part of the font's size. */
const CHAR_WIDTH = 0.62;

/** The page of the set-up mode. */
const SETUP_PAGE = 'http://192.168.4.1';

/** Only its owner reads the file: the password stands in it. */
const FILE_MODE = 0o600;

const TEXT_X_MM = HEIGHT_MM + MARGIN_MM;
const TEXT_WIDTH_MM = WIDTH_MM - TEXT_X_MM - MARGIN_MM;

/**
 * Writes the text of a Wi-Fi QR code.
 * Source: https://github.com/zxing/zxing/wiki/Barcode-Contents#wi-fi-network-config-android-ios-11
 */
export function wifiText({ ssid, password }: Pick<LabelTexts, 'ssid' | 'password'>): string {
  const [name, secret] = [ssid, password].map((text) => text.replace(/[\\;,:"]/g, '\\$&'));
  return `WIFI:T:WPA;S:${name};P:${secret};;`;
}

/** Draws a QR code as a square with a side of the label's height. */
function qrCode(text: string): string {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: 'M' });
  const side = modules.size + 2 * QUIET_MODULES;
  const dark = Array.from(modules.data).flatMap((isDark, at) => {
    const [x, y] = [at % modules.size, Math.floor(at / modules.size)];
    return isDark ? [`M${x + QUIET_MODULES} ${y + QUIET_MODULES}h1v1h-1z`] : [];
  });
  return `<path shape-rendering="crispEdges" transform="scale(${HEIGHT_MM / side})" d="${dark.join('')}"/>`;
}

/** Writes a line of text, smaller when it is long. */
function line(text: string, y: number, weight = 'normal'): string {
  const size = Math.min(FONT_MM, TEXT_WIDTH_MM / CHAR_WIDTH / Math.max(1, [...text].length));
  return `<text x="${TEXT_X_MM}" y="${y}" font-size="${size.toFixed(2)}" font-weight="${weight}">${escaped(text)}</text>`;
}

/** Draws a label as SVG. */
export function labelOf(texts: LabelTexts): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH_MM}mm" height="${HEIGHT_MM}mm" viewBox="0 0 ${WIDTH_MM} ${HEIGHT_MM}" font-family="sans-serif">`,
    `<rect width="${WIDTH_MM}" height="${HEIGHT_MM}" fill="white"/>`,
    qrCode(wifiText(texts)),
    line(texts.name, 7, 'bold'),
    line(texts.ssid, 13.5),
    line(texts.password, 19),
    line(SETUP_PAGE, 25.5),
    '</svg>\n',
  ].join('\n');
}

/**
 * Writes a label.
 * @param file where to
 * @param serial of one board among several: then it goes into the file's name
 * @throws Failure badArguments
 */
export function writeLabel(file: string, texts: LabelTexts, serial?: string): string {
  const { dir, name, ext } = path.parse(file);
  const target = serial === undefined ? file : path.join(dir, `${name}-${serial.replace('-', '')}${ext}`);
  try {
    writeFileSync(target, labelOf(texts), { mode: FILE_MODE });
  } catch (error) {
    throw failure('badArguments', `--label ${target} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  return target;
}
