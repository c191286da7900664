// The light that people write first: Espruino's tinyMQTT module and a dozen lines. It is the measure of what ours costs.

/** Where it takes its commands. */
export const SHARED_TOPIC = 'home/bedroom/light';

/**
 * The program, with the module as the uploader puts it into the flash.
 * @param tinyMqtt the text of the module
 */
export const bareLight = (tinyMqtt: string, port: number): string => `
Modules.addCached("tinyMQTT",function(){${tinyMqtt}
});
var mqtt=require("tinyMQTT").create("127.0.0.1",{port:${port}});
mqtt.on("connected",function(){mqtt.subscribe("${SHARED_TOPIC}")});
mqtt.on("message",function(m){digitalWrite(D5,m.message.toLowerCase()=="on")});
mqtt.on("disconnected",function(){mqtt.connect()});
require("Wifi").connect("Home",{password:"secret-password"},function(){mqtt.connect()});
`;
