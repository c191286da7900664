// The page: plain HTML without a script. Everything that came over the air or from a form is escaped.
import type { Bytes } from '../board.ts';
import type { Settings } from '../config.ts';
import type { Mode } from './mode.ts';
import type { HeardNetwork } from './ports.ts';

/** Keeps the page below lwIP's send buffer of 5,744 bytes: whoever does not read it then holds no socket for long. */
const MOST_OPTION_BYTES = 2_000;

const STYLE =
  ':root{color-scheme:light dark}body{font:1.1em/1.4 sans-serif;max-width:26em;margin:0 auto;padding:0 1em 2em}' +
  'label{display:block;margin:1em 0}input,select,button{font:inherit;display:block;box-sizing:border-box;width:100%;padding:.5em}' +
  'button{margin:1em 0}button:first-of-type{background:#06c;color:#fff;border:0}' +
  'input[type=checkbox]{display:inline;width:auto}[role]{border-left:.4em solid #090;padding-left:.6em}[role=alert]{border-color:#d33}';

/** Makes a text harmless in HTML. */
function escapeHtml(text: Bytes): Bytes {
  return text
    .split('')
    .map(function (char) {
      return '&<>"\''.indexOf(char) < 0 ? char : '&#' + char.charCodeAt(0) + ';';
    })
    .join('');
}

/** Wraps a page. */
function wrap(title: Bytes, body: Bytes): Bytes {
  return (
    '<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width,initial-scale=1"><title>' +
    title +
    '</title><style>' +
    STYLE +
    '</style><main><h1>Set up ' +
    title +
    '</h1>' +
    body +
    '</main>'
  );
}

/** The page while settings are tried. It does not load itself again: the phone may be away from the access point just then. */
export function waitingPage(title: Bytes, ssid: Bytes): Bytes {
  return wrap(
    title,
    '<p role=status>Trying ' +
      escapeHtml(ssid) +
      '. Wait for half a minute.<p>Your phone may lose ' +
      title +
      ' meanwhile: join it again then.<form action="/"><button>Show the result</button></form>',
  );
}

/** The page that has nothing more to ask. */
export function lastPage(title: Bytes, message: Bytes): Bytes {
  return wrap(title, '<p role=status>' + escapeHtml(message));
}

/** A field with its label. @param attributes of the input, its name first */
function field(label: string, attributes: string, value: Bytes): Bytes {
  return (
    '<label>' +
    label +
    '<input autocapitalize=none autocorrect=off spellcheck=false ' +
    attributes +
    ' value="' +
    escapeHtml(value) +
    '"></label>'
  );
}

/** The networks to choose from; the one chosen last stays chosen. */
function options(networks: HeardNetwork[], chosen: Bytes): Bytes {
  let list = '<option value="">choose, or name another below</option>';
  networks.forEach(function (network, index) {
    const isChosen = network.ssid === chosen ? ' selected' : '';
    const lock = network.authMode === 'open' ? ' (open)' : '';
    if (list.length < MOST_OPTION_BYTES)
      list = list + '<option value=' + index + isChosen + '>' + escapeHtml(network.ssid) + lock + '</option>';
  });
  return list;
}

/** The form. */
export function formPage(mode: Mode, networks: HeardNetwork[], settings: Settings): Bytes {
  const form = mode.form;
  const listed = networks[parseInt(form.n || '', 10)];
  const brokers = settings.broker
    .map(function (broker) {
      return broker.host + (broker.port === 1883 ? '' : ':' + broker.port);
    })
    .join(', ');
  return wrap(
    mode.title,
    (mode.message ? '<p role=alert>' + escapeHtml(mode.message) : '') +
      '<form method=post action="/"><label>Wi-Fi network<select name=n>' +
      options(networks, form.s ? '' : listed ? listed.ssid : settings.wifi.ssid || '') +
      '</select></label>' +
      field('Name of another network', 'name=s maxlength=31', form.s || '') +
      field('Wi-Fi password', 'name=p maxlength=63 type=password', '') +
      field('MQTT broker', 'name=b required placeholder=192.168.1.10', form.b || brokers) +
      field(
        'User name on the broker, if it wants one',
        'name=u maxlength=128',
        form.b ? form.u || '' : settings.username || '',
      ) +
      field('MQTT password', 'name=q maxlength=128 type=password', '') +
      field('Name of this light', 'name=l required maxlength=32', form.l || settings.name) +
      '<label><input type=checkbox name=a value=1' +
      (form.a ? ' checked' : '') +
      '> Save even if the broker does not answer</label>' +
      '<button>Try and save</button><button formaction="/scan" formnovalidate>Look for networks again</button></form>',
  );
}
