// The form of the page: reads it, and says what is wrong with it in the words of settings/schema.ts.
import type { Rules, Settings } from '../config.ts';
import type { Bytes } from '../board.ts';
import type { Broker } from '../session.ts';
import type { HeardNetwork } from './ports.ts';
import type { Attempt } from './trial.ts';

/** The fields of the form, by their names of one letter each. */
export interface Form {
  /** Place in the list of networks. */
  n?: Bytes;
  /** Name of a network that is not in the list. */
  s?: Bytes;
  /** Its password. */
  p?: Bytes;
  /** Broker. */
  b?: Bytes;
  /** MQTT user name and password. */
  u?: Bytes;
  q?: Bytes;
  /** Name of the light. */
  l?: Bytes;
  /** Not empty: do not try the broker. */
  a?: Bytes;
}

/** Keys of `light.json` with their new values; an empty text removes a key. */
export type Changes = Record<string, unknown>;

/** A form that was understood. */
export interface Wanted {
  changes: Changes;
  attempt: Attempt;
}

/** Undoes the encoding of a form; what is no hex digit becomes a zero byte, which no setting accepts. */
function decode(text: Bytes): Bytes {
  return text
    .split('+')
    .join(' ')
    .split('%')
    .map(function (part, index) {
      return index ? String.fromCharCode(parseInt(part.substr(0, 2), 16) || 0) + part.substr(2) : part;
    })
    .join('');
}

/** Reads the body of a POST. */
export function readForm(body: Bytes): Form {
  const form: Record<string, Bytes> = {};
  body.split('&').forEach(function (pair) {
    if (pair[1] === '=') form[pair[0]!] = decode(pair.substr(2));
  });
  return form;
}

/** Gives a list's one item, or the list. */
function plain(items: Bytes[]): Bytes | Bytes[] {
  return items.length > 1 ? items : items[0]!;
}

/**
 * Checks a form.
 * @returns what is wrong with it, in words, or what it wants
 */
export function checkForm(form: Form, rules: Rules, networks: HeardNetwork[], settings: Settings): string | Wanted {
  const listed = networks[parseInt(form.n || '', 10)];
  const ssid = form.s || (listed ? listed.ssid : '');
  const password = form.p || (ssid === settings.wifi.ssid && settings.wifi.password) || '';
  const username = (form.u || '').trim();
  const name = (form.l || '').trim();
  const broker = plain(
    (form.b || '').split(',').map(function (item) {
      return item.trim();
    }),
  );
  const brokers = rules['broker']!(broker) as Broker[] | undefined;

  if (form.s && listed) return 'Choose a Wi-Fi network, or name another one: not both';
  if (!rules['wifi']!({ ssid: ssid })) return 'Wi-Fi network wants 1 to 31 bytes';
  if (!rules['wifi']!({ ssid: ssid, password: password }))
    return 'Wi-Fi password wants 8 to 63 bytes, or "" for an open network';
  if (!brokers) return 'MQTT broker wants HOST or HOST:PORT, or a list of up to 8 different ones';
  if (username && !rules['username']!(username)) return 'User name wants 1 to 128 bytes';
  if (form.q && !rules['password']!(form.q)) return 'MQTT password wants 1 to 128 bytes';
  if (!rules['name']!(name)) return 'Name wants 1 to 32 bytes without space / + # " \\';

  const changes: Changes = { broker: broker, username: username };
  // the page does not show the password that there is: an empty field keeps it for the same user
  const keepsPassword = !form.q && username === settings.username;
  if (!keepsPassword) changes['password'] = username ? form.q || '' : '';
  if (name !== settings.name) changes['name'] = name;
  return {
    changes: changes,
    attempt: {
      ssid: ssid,
      password: password,
      brokers: form.a ? [] : brokers,
      username: username,
      mqttPassword: keepsPassword ? settings.password : form.q,
    },
  };
}
