// Home Assistant's MQTT discovery: one retained message that describes the device (home-assistant.io/integrations/mqtt).

/** What is announced. */
export interface Device {
  /** Its name, of which the identifiers are made. */
  name: string;
  version: string;
  dimmable: boolean;
  /** `light/<name>`: the parent of set, state, status and info. */
  topic: string;
}

/** Where the announcement goes; an empty message there takes the device out of Home Assistant. */
export function discoveryTopic(name: string): string {
  // an object id is [a-zA-Z0-9_-]+
  const id = name.split('').map(function (char) {
    const isWord = (char >= '0' && char <= '9') || (char >= 'A' && char <= 'Z') || (char >= 'a' && char <= 'z');
    return isWord || char === '-' ? char : '_';
  });
  return 'homeassistant/device/' + id.join('') + '/config';
}

/** The announcement, in Home Assistant's abbreviations: a light with the JSON schema, and four diagnostic sensors. */
export function discoveryMessage(device: Device): string {
  function sensor(key: string, name: string, more: object): object {
    return Object.assign(more, {
      p: 'sensor',
      unique_id: device.name + '-' + key,
      name: name,
      stat_t: device.topic + '/info',
      val_tpl: '{{value_json.' + key + '}}',
      ent_cat: 'diagnostic',
    });
  }

  return JSON.stringify({
    dev: { ids: [device.name], name: device.name, mf: 'espruino-light-node', mdl: 'ESP32 light', sw: device.version },
    o: { name: 'espruino-light-node', sw: device.version },
    avty_t: device.topic + '/status',
    cmps: {
      light: {
        p: 'light',
        unique_id: device.name,
        name: null,
        schema: 'json',
        cmd_t: device.topic + '/set',
        stat_t: device.topic + '/state',
        brightness: device.dimmable,
        effect: true,
        fx_list: ['blink'],
        qos: 1,
      },
      rssi: sensor('rssi', 'Signal', { unit_of_meas: 'dBm', dev_cla: 'signal_strength' }),
      uptime: sensor('uptimeS', 'Uptime', { unit_of_meas: 's', dev_cla: 'duration' }),
      memory: sensor('freeVariables', 'Free memory', { unit_of_meas: 'variables' }),
      restarts: sensor('restarts', 'Restarts', {}),
    },
  });
}
