// Where a light announces itself to Home Assistant, as src/homeAssistant.ts has it.

/**
 * Gives the topic; its object id is the light's name, where what is no letter or digit gets its number.
 * @param name of the light, one char per byte
 */
export const announcementOf = (name: string): string =>
  `homeassistant/device/${name.replace(/[^A-Za-z0-9-]/g, (byte) => `_${byte.charCodeAt(0)}`)}/config`;
