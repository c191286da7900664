// Home Assistant's MQTT discovery: one retained message that describes the device (home-assistant.io/integrations/mqtt).

/** Topic of the announcement. An empty message there removes the device from Home Assistant. */
export function discoveryTopic(name: string): string {
  // an object id is [a-zA-Z0-9_-]+
  const id = name.split('').map(function (char) {
    const isWord = (char >= '0' && char <= '9') || (char >= 'A' && char <= 'Z') || (char >= 'a' && char <= 'z');
    return isWord || char === '-' ? char : '_' + char.charCodeAt(0);
  });
  return 'homeassistant/device/' + id.join('') + '/config';
}

/**
 * The announcement, in Home Assistant's abbreviations: a light with the JSON schema, four diagnostic sensors, the state of updates,
 * two buttons, and what the lamp is when power returns.
 * @param name UTF-8 bytes without `"` and `\\`; it goes in behind JSON.stringify, which would escape the bytes one by one
 */
export function discoveryMessage(name: string, version: string, dimmable: boolean): string {
  function entity(platform: string, key: string, label: string, more: object): object {
    const common: object =
      platform === 'sensor'
        ? { ent_cat: 'diagnostic', stat_t: 'light/@/info', val_tpl: '{{value_json.' + key + '}}' }
        : { ent_cat: 'config', cmd_t: 'light/@/device', qos: 1 };
    return Object.assign(Object.assign(common, { p: platform, unique_id: '@-' + key, name: label }), more);
  }

  function components(): object {
    return {
      light: {
        p: 'light',
        unique_id: '@',
        name: null,
        schema: 'json',
        cmd_t: 'light/@/set',
        stat_t: 'light/@/state',
        brightness: dimmable,
        supported_color_modes: [dimmable ? 'brightness' : 'onoff'],
        flash: false, // its `flash` key would be a plain ON to us: it offers none, the effect blinks
        effect: true,
        fx_list: ['blink'],
        qos: 1,
      },
      rssi: entity('sensor', 'rssi', 'Signal', { unit_of_meas: 'dBm', dev_cla: 'signal_strength' }),
      uptime: entity('sensor', 'uptimeS', 'Uptime', { unit_of_meas: 's', dev_cla: 'duration' }),
      memory: entity('sensor', 'freeVariables', 'Free memory', { unit_of_meas: 'variables' }),
      restarts: entity('sensor', 'restarts', 'Restarts', {}),
      firmware: {
        p: 'update',
        unique_id: '@-firmware',
        name: 'Firmware',
        stat_t: 'light/@/firmware',
        dev_cla: 'firmware',
        ent_cat: 'diagnostic',
      },
      restart: entity('button', 'restart', 'Restart', { pl_prs: 'restart', dev_cla: 'restart' }),
      identify: entity('button', 'identify', 'Identify', { pl_prs: 'identify', dev_cla: 'identify' }),
      powerOn: entity('select', 'powerOn', 'Power-on', {
        ops: ['off', 'on', 'last'],
        stat_t: 'light/@/info',
        val_tpl: '{{value_json.powerOn}}',
      }),
    };
  }

  const message = JSON.stringify({
    dev: { ids: ['@'], name: '@', mf: 'espruino-light-node', mdl: 'ESP32 light', sw: version },
    o: { name: 'espruino-light-node', sw: version },
    avty_t: 'light/@/status',
    cmps: components(),
  });
  return message.split('@').join(name);
}
