// What a message must not wait for: code is read from flash wherever it is passed by, also where it does not run.

/** Every message runs through them: made anew each time as functions inside their callers, they would be read twice. */
export const EVERY_MESSAGE = new Set(['decode', 'obey', 'onPublish', 'parseCommand', 'readPublish', 'receive']);

/** Called by those, and seldom: inside them they would be read by every message, and run by few. */
export const FEW_MESSAGES = new Set(['onConnack', 'onSuback', 'parseJson', 'readAck']);
