// Home Assistant's documented rules of MQTT device discovery, as far as this project uses them: keys, abbreviations, required options.

/** "Supported abbreviations in MQTT discovery messages", https://www.home-assistant.io/integrations/mqtt/ (anywhere but in dev and o). */
const ABBREVIATIONS: Record<string, string> = {
  avty_t: 'availability_topic',
  cmd_t: 'command_topic',
  cmps: 'components',
  dev: 'device',
  dev_cla: 'device_class',
  ent_cat: 'entity_category',
  fx_list: 'effect_list',
  o: 'origin',
  ops: 'options',
  p: 'platform',
  pl_avail: 'payload_available',
  pl_not_avail: 'payload_not_available',
  pl_prs: 'payload_press',
  stat_cla: 'state_class',
  stat_t: 'state_topic',
  sup_clrm: 'supported_color_modes',
  uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
};

/** "... for device registry configuration". */
const DEVICE_ABBREVIATIONS: Record<string, string> = {
  ids: 'identifiers',
  cns: 'connections',
  mf: 'manufacturer',
  mdl: 'model',
  sw: 'sw_version',
  sn: 'serial_number',
  hw: 'hw_version',
};

/** "... for origin info". */
const ORIGIN_ABBREVIATIONS: Record<string, string> = { sw: 'sw_version', url: 'support_url' };

const DEVICE_KEYS = [
  'identifiers',
  'connections',
  'manufacturer',
  'model',
  'name',
  'sw_version',
  'serial_number',
  'hw_version',
];
const ORIGIN_KEYS = ['name', 'sw_version', 'support_url'];

/** Options that the root of a device's message may share with its components. */
const SHARED_KEYS = [
  'availability_topic',
  'payload_available',
  'payload_not_available',
  'state_topic',
  'command_topic',
  'qos',
];
const ENTITY_KEYS = [...SHARED_KEYS, 'platform', 'unique_id', 'name', 'entity_category', 'enabled_by_default', 'icon'];

/** Required and optional keys of each platform, from the pages light.mqtt (JSON schema), sensor.mqtt and the like. */
const PLATFORMS: Record<string, { required: string[]; optional: string[] }> = {
  light: {
    required: ['command_topic', 'schema'],
    optional: [
      'brightness',
      'brightness_scale',
      'effect',
      'effect_list',
      'flash',
      'supported_color_modes',
      'transition',
      'retain',
    ],
  },
  sensor: {
    required: ['state_topic'],
    optional: ['value_template', 'unit_of_measurement', 'device_class', 'state_class', 'expire_after', 'force_update'],
  },
  update: {
    required: ['state_topic'],
    optional: ['device_class', 'value_template', 'title', 'release_url', 'release_summary', 'latest_version_topic'],
  },
  button: { required: ['command_topic'], optional: ['device_class', 'payload_press', 'command_template', 'retain'] },
  select: {
    required: ['command_topic', 'options'],
    optional: ['value_template', 'command_template', 'optimistic', 'retain'],
  },
};

/** Device classes of the platforms that measure nothing. */
const CLASSES: Record<string, string[]> = { update: ['firmware'], button: ['identify', 'restart', 'update'] };

/** Units that a device class of sensors may have. */
const CLASS_UNITS: Record<string, string[]> = {
  signal_strength: ['dB', 'dBm'],
  duration: ['d', 'h', 'min', 's', 'ms'],
};

type Options = Record<string, unknown>;

/** A message with every abbreviation spelt out. */
interface Discovery {
  device: Options;
  origin: Options;
  components: Record<string, Options>;
  [shared: string]: unknown;
}

function must(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Spells abbreviations out; refuses undocumented keys, which Home Assistant drops silently, or with the whole message. */
function expand(options: unknown, abbreviations: Record<string, string>, known: string[]): Options {
  must(
    options !== null && typeof options === 'object' && !Array.isArray(options),
    `not an object: ${JSON.stringify(options)}`,
  );
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => {
      const name = abbreviations[key] ?? key;
      must(known.includes(name), `unknown key ${key}`);
      return [name, value];
    }),
  );
}

function componentsOf(root: Options): Options {
  const components = root['components'];
  must(components !== null && typeof components === 'object' && Object.keys(components).length, 'no components');
  return components as Options;
}

function component(given: unknown): Options {
  const platform = (given as Options)['p'] ?? (given as Options)['platform'];
  const keys = PLATFORMS[String(platform)];
  must(keys, `platform ${String(platform)}`);
  const entity = expand(given, ABBREVIATIONS, [...ENTITY_KEYS, ...keys.required, ...keys.optional]);
  for (const key of ['unique_id', ...keys.required])
    must(typeof entity[key] === (key === 'options' ? 'object' : 'string'), `${key} is required`);
  if (platform === 'light') must(entity['schema'] === 'json', 'the schema is not json');
  const units = CLASS_UNITS[String(entity['device_class'])];
  const isClass = units ?? CLASSES[String(platform)]?.includes(String(entity['device_class']));
  must(entity['device_class'] === undefined || isClass, `device class ${String(entity['device_class'])}`);
  if (units) must(units.includes(String(entity['unit_of_measurement'])), 'a unit that the device class does not admit');
  if (platform === 'sensor')
    must((entity['entity_category'] ?? 'diagnostic') === 'diagnostic', 'a sensor configures nothing');
  return entity;
}

/**
 * Reads a device discovery message as strictly as the pages describe it.
 * @param payload one char per byte, as it is on the wire
 * @throws Error that names what is wrong
 */
export function readDiscovery(payload: string): Discovery {
  const given = JSON.parse(Buffer.from(payload, 'latin1').toString('utf8')) as unknown;
  const root = expand(given, ABBREVIATIONS, ['device', 'origin', 'components', ...SHARED_KEYS]);
  const device = expand(root['device'], DEVICE_ABBREVIATIONS, DEVICE_KEYS);
  const origin = expand(root['origin'], ORIGIN_ABBREVIATIONS, ORIGIN_KEYS);
  const identifiers = [device['identifiers'] ?? []].flat();
  must(identifiers.length && identifiers.every((id) => typeof id === 'string' && id), 'a device needs identifiers');
  must(typeof origin['name'] === 'string', 'an origin needs a name');
  const components = Object.entries(componentsOf(root)).map(([key, value]) => [key, component(value)]);
  const uniqueIds = components.map(([, entity]) => (entity as Options)['unique_id']);
  must(new Set(uniqueIds).size === components.length, 'two components have one unique_id');
  return { ...root, device, origin, components: Object.fromEntries(components) as Record<string, Options> };
}

/** `<discovery_prefix>/device/<object_id>/config`, the object id of letters, digits, underscores and hyphens. */
export const DISCOVERY_TOPIC = /^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/;
